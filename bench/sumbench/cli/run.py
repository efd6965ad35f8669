"""`sumbench run`: runs the benchmark."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.cli import given
from sumbench.cli import selecting
from sumbench.cli import statistics
from sumbench.cli.exits import INCOMPLETE

if TYPE_CHECKING:
    from sumbench.jobs.requests import Request
    from sumbench.jobs.summarize import Policy
    from sumbench.weights import Store

WITH_RESUME = frozenset(
    {
        *("resume", "no_cache", "timeout", "memory_limit", "fail_fast", "dry_run"),
        *("offline", "trust_remote_code", "format", "quiet"),
    }
)
"""The arguments that go with --resume: how the run is carried out, not what it is."""

HELP = "run systems on a corpus, score their summaries against the references, print the table"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("suite", nargs="?", default="default", metavar="SUITE", help="a suite's name or .toml file")
    parser.add_argument(
        "--corpus", metavar="CORPUS", help="a folder, a table, hub:NAME or a preset (see `sumbench corpora`)"
    )
    parser.add_argument(
        "--systems",
        metavar="A,B",
        help="systems by name or ./FILE.py:CLASS, options behind: lead,sentences=2,textrank",
    )
    parser.add_argument("--metrics", metavar="A,B", help="metrics by name (see `sumbench metrics`) or ./FILE.py:CLASS")
    selecting.add_arguments(parser)
    statistics.add_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder (default: a new one in results/)")
    parser.add_argument("--sentences", type=int, metavar="N", help="length budget in sentences (default: the suite's)")
    parser.add_argument("--words", type=int, metavar="N", help="length budget in words, of whole sentences")
    parser.add_argument("--seed", type=int, metavar="N", help="governs every random draw (default: the suite's)")
    parser.add_argument("--batch-size", metavar="N", help="documents that a model takes at once (default: auto)")
    parser.add_argument(
        "--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, or balanced over all GPUs (default: auto)"
    )
    parser.add_argument(
        "--format", default="terminal", metavar="FORMAT", help="terminal, markdown, csv, latex, html, json, model-index"
    )
    parser.add_argument(
        "--trust-remote-code",
        action="append",
        default=[],
        metavar="MODEL",
        help="run the code that this model's checkpoint brings along (may be given for several)",
    )
    parser.add_argument("--offline", action="store_true", help="fetch nothing; missing weights are an error")
    parser.add_argument(
        "--resume", type=Path, metavar="RUN", help="go on with the run in this folder, as it was asked for"
    )
    parser.add_argument("--no-cache", action="store_true", help="reuse no summary of an earlier run, and keep none")
    selecting.add_no_texts(parser)
    parser.add_argument("--timeout", type=float, metavar="S", help="the seconds that a document may take")
    parser.add_argument("--memory-limit", type=float, metavar="GB", help="the memory that a system's process may use")
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    parser.add_argument("--quiet", action="store_true", help="print the table and nothing else")
    given.remember(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmark, print its table, and return 3 when anything failed."""
    from sumbench.errors import UsageError
    from sumbench.jobs.preview import preview
    from sumbench.jobs.requests import request_of_run
    from sumbench.jobs.requests import task_requests
    from sumbench.jobs.summarize import Policy
    from sumbench.runs.cache import summary_cache
    from sumbench.tables import FORMATS
    from sumbench.weights import Store

    if arguments.resume is not None and (idle := given.others(arguments, WITH_RESUME)):
        raise UsageError(f"{idle[0]} does not go with --resume, which goes on with the run as it was begun")
    render = FORMATS[arguments.format]
    store = Store.default(offline=arguments.offline, quiet=arguments.quiet, trusted=arguments.trust_remote_code)
    policy = Policy(
        timeout=arguments.timeout,
        memory_limit=None if arguments.memory_limit is None else int(arguments.memory_limit * 1e9),
        fail_fast=arguments.fail_fast,
        cache=None if arguments.no_cache else summary_cache(store.home),
    )
    out = arguments.resume or arguments.out
    tasks = (
        task_requests(_request(arguments))
        if arguments.resume is None
        else [request_of_run(arguments.resume, store.trusted)]
    )
    if arguments.dry_run:
        sys.stdout.write("\n".join(render(preview(request, store, policy)) for request in tasks))
        return 0
    code = 0
    for number, request in enumerate(tasks, 1):
        sys.stdout.write("\n" if number > 1 else "")
        home = out if out is None or len(tasks) == 1 else out / _label(request)
        code = max(code, _carry_out(request, store, home, policy, arguments))
    return code


def _label(request: "Request") -> str:
    return (request.task or "").replace(",config=", "-").replace("/", "-")


def _carry_out(
    request: "Request", store: "Store", out: Path | None, policy: "Policy", arguments: argparse.Namespace
) -> int:
    from sumbench.jobs.plan import plan
    from sumbench.jobs.run import run as carry_out
    from sumbench.progress import on_stderr

    planned = plan(request, store, out, policy)
    made = carry_out(planned, on_stderr(quiet=arguments.quiet))
    sys.stdout.write(made.render(arguments.format))
    if not arguments.quiet:
        sys.stderr.write(f"run folder: {planned.folder}\n")
    return INCOMPLETE if made.failed else 0


def _request(arguments: argparse.Namespace) -> "Request":
    from sumbench.jobs.requests import Request
    from sumbench.plugins import split_specs

    return Request(
        suite=arguments.suite,
        corpus=selecting.corpus(arguments),
        systems=None if arguments.systems is None else split_specs(arguments.systems),
        metrics=None if arguments.metrics is None else split_specs(arguments.metrics),
        limit=arguments.limit,
        sample=arguments.sample,
        ids=arguments.ids,
        filters=arguments.filter,
        sentences=arguments.sentences,
        words=arguments.words,
        seed=arguments.seed,
        device=arguments.device,
        batch_size=arguments.batch_size,
        statistics=statistics.chosen(arguments),
        texts=not arguments.no_texts,
    )
