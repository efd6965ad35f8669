"""`sumbench weights`: lists, fetches and verifies model weights."""

import argparse
import sys

from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import USAGE
from sumbench.visible import screen_line

HELP = "list, fetch and verify model weights"

EXAMPLES = (
    Example("the models, and which are at hand", "sumbench weights"),
    Example("fetch two, one of them under terms", "sumbench weights pull minilm gemma-3-270m --accept-license Gemma"),
    Example("put one where other machines fetch it", "sumbench weights push minilm --to s3://bucket/sumbench"),
    Example("check every file of what is kept", "sumbench weights verify"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and what each takes."""
    parser.set_defaults(action=_list)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    listing = actions.add_parser("list", help="list the models that can be fetched, and those at hand (the default)")
    listing.set_defaults(action=_list)
    pull = actions.add_parser("pull", help="fetch models into the store")
    what = pull.add_argument_group("what is fetched")
    what.add_argument("names", metavar="NAME", nargs="+", help="a model of the list, or OWNER/NAME on the hub")
    terms = pull.add_argument_group("what is agreed to")
    terms.add_argument(
        "--accept-license",
        action="append",
        default=[],
        metavar="NAME",
        help="accept the terms of a licence, such as Gemma; the store remembers it",
    )
    terms.add_argument(
        "--trust-remote-code",
        action="append",
        default=[],
        metavar="MODEL",
        help="fetch the code that this model's checkpoint brings along, too",
    )
    output = pull.add_argument_group("output")
    output.add_argument("--quiet", action="store_true", help="show no progress")
    pull.set_defaults(action=_pull)
    pull.add_argument_group("where from").add_argument(
        "--from", dest="shared", metavar="ADDRESS", help="a shared store, asked first (default: $SUMBENCH_WEIGHTS_FROM)"
    )
    push = actions.add_parser("push", help="put models of the store into a shared one")
    put = push.add_argument_group("what is put, and where")
    put.add_argument("names", metavar="NAME", nargs="+", help="models in the store")
    put.add_argument(
        "--to", required=True, metavar="ADDRESS", help="the shared store: s3://bucket/sumbench, or a folder"
    )
    push.set_defaults(action=_push)
    verify = actions.add_parser("verify", help="check every file of kept models by its sha256")
    kept = verify.add_argument_group("what is checked")
    kept.add_argument("names", metavar="NAME", nargs="*", help="models in the store (default: all)")
    verify.set_defaults(action=_verify)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the chosen action."""
    return int(arguments.action(arguments))


def _list(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - every action takes them
    from sumbench.tables.terminal import render
    from sumbench.tables.weights import weights_table
    from sumbench.weights import Store
    from sumbench.weights.listing import list_models

    store = Store.default()
    sys.stdout.write(render(weights_table(list_models(store), store.home)))
    return 0


def _pull(arguments: argparse.Namespace) -> int:
    from sumbench.weights import Store

    store = Store.default(quiet=arguments.quiet, trusted=arguments.trust_remote_code, shared=arguments.shared)
    for licence in arguments.accept_license:
        store.accept(licence)
    for name in arguments.names:
        streams.show(f"{name}: {store.pull(name)}")
    return 0


def _push(arguments: argparse.Namespace) -> int:
    from sumbench.weights import Store
    from sumbench.weights.shared import push_model

    store = Store.default(offline=True)
    for name in arguments.names:
        store.verify(name)
        streams.show(f"{name}: {push_model(arguments.to, store.model_folder(name))}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from sumbench.weights import Store
    from sumbench.weights.listing import find_damaged_models

    store = Store.default()
    faults = find_damaged_models(store, arguments.names)
    for fault in faults:
        streams.say(f"sumbench: {screen_line(fault)}")
    if not faults:
        streams.show(f"{', '.join(arguments.names or store.names()) or 'nothing'}: whole")
    return USAGE if faults else 0
