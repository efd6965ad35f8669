"""Flags that say where models' weights are fetched from and whose code is run, and the store that they make."""

import argparse
from typing import TYPE_CHECKING

from sumbench.cli.parsing import ArgumentGroup

if TYPE_CHECKING:
    from sumbench.weights import Store


def add_arguments(group: ArgumentGroup) -> None:
    """Declare the flags."""
    group.add_argument(
        "--weights-from",
        metavar="ADDRESS",
        help="a store of weights that machines share, asked before hub and packages (default: $SUMBENCH_WEIGHTS_FROM)",
    )
    group.add_argument(
        "--offline", action="store_true", help="fetch neither weights nor the hub's data sets: missing is an error"
    )
    group.add_argument(
        "--trust-remote-code",
        action="append",
        default=[],
        metavar="MODEL",
        help="run the code that this model's checkpoint brings along, or of this metric of the hub (may be given for "
        "several)",
    )


def store(arguments: argparse.Namespace) -> "Store":
    """Return the user's store of weights, used as the flags say; `arguments` without `quiet` show progress."""
    from sumbench.weights import Store

    return Store.default(
        offline=arguments.offline,
        quiet=getattr(arguments, "quiet", False),
        trusted=arguments.trust_remote_code,
        shared=arguments.weights_from,
    )
