"""`sumbench run`: runs the benchmark."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench.cli import fetching
from sumbench.cli import flags
from sumbench.cli import following
from sumbench.cli import given
from sumbench.cli import selecting
from sumbench.cli import statistics
from sumbench.cli import streams
from sumbench.cli.examples import Example
from sumbench.cli.exits import INCOMPLETE
from sumbench.cli.parsing import ArgumentGroup

if TYPE_CHECKING:
    from sumbench.jobs.finish import Finished
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.requests import Request
    from sumbench.weights import Store

WITH_RESUME = frozenset(
    {
        *("resume", "no_cache", "executor", "workers", "ray_address", "gpus_per_worker"),
        *("timeout", "load_timeout", "memory_limit", "fail_fast", "dry_run"),
        *("weights_from", "offline", "trust_remote_code", "format", "quiet"),
    }
)
"""The arguments that go with --resume: how the run is carried out, not what it is."""

HELP = "run systems on a corpus, score their summaries against the references, print the table"

EXAMPLES = (
    Example("three systems on the articles that ship", "sumbench run --systems lead,textrank,luhn"),
    Example(
        "your own articles (article.txt, reference-1.txt), with a model of the catalog",
        "sumbench run --corpus my-articles --systems lead,bart-large-cnn,long=chunk",
    ),
    Example("200 documents of a suite's first corpus", "sumbench run news --corpus cnn_dailymail --sample 200"),
    Example("what that would fetch, and how long it would take", "sumbench run news --dry-run"),
    Example("the third of eight parts, on one of eight machines", "sumbench run news --shard 3/8 --out results/news-3"),
    Example("go on with a run that was broken off", "sumbench run --resume results/my-run"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    flags.add_format(add_request(parser))
    add_models(parser)
    _add_execution(parser)
    given.remember(parser)


def add_request(
    parser: argparse.ArgumentParser, place: str = "the run's folder, or its address: s3://bucket/run"
) -> ArgumentGroup:
    """Declare the flags that say what is run, and where it is kept, a `place`; return the group of the output."""
    what = parser.add_argument_group("what is run")
    what.add_argument(
        "suite", nargs="?", default="default", metavar="SUITE", help="a suite's name (`sumbench suites`) or .toml file"
    )
    what.add_argument(
        "--systems",
        metavar="A,B",
        help="systems or models by name (see `sumbench systems`) or ./FILE.py:CLASS, options behind: "
        "lead,sentences=2,textrank,bart-large-cnn",
    )
    what.add_argument(
        "--metrics", metavar="A,B", help="metrics by name (see `sumbench metrics`), ./FILE.py:CLASS, or all"
    )
    what.add_argument("--sentences", type=int, metavar="N", help="length budget in sentences (default: the suite's)")
    what.add_argument("--words", type=int, metavar="N", help="length budget in words, of whole sentences")
    what.add_argument("--seed", type=int, metavar="N", help="governs every random draw (default: the suite's)")
    corpus = parser.add_argument_group("corpus selection")
    corpus.add_argument(
        "--corpus",
        metavar="CORPUS",
        help="a folder, a table (- for standard input), a run's folder, hub:NAME or a preset (`sumbench corpora`)",
    )
    selecting.add_arguments(corpus)
    corpus.add_argument(
        "--shard", metavar="I/N", help="only the I-th of N parts of these documents (`sumbench merge` joins the runs)"
    )
    statistics.add_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out",
        metavar="DIR",
        help=f"{place} (default: a new one in results/)",
    )
    flags.add_no_texts(output)
    flags.add_quiet(output)
    return output


def add_models(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that say where models run, and what of their weights is fetched."""
    models = parser.add_argument_group("models and their weights")
    models.add_argument(
        "--device",
        default="auto",
        help="auto, cpu, cuda, cuda:1, mps, balanced over all GPUs, or several (cuda:0,cuda:1), which share the "
        "documents (default: auto)",
    )
    models.add_argument("--batch-size", metavar="N", help="documents that a model takes at once (default: auto)")
    fetching.add_arguments(models)


def _add_execution(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that say how a run is carried out, and not what it is."""
    how = parser.add_argument_group("how it is carried out")
    how.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")
    how.add_argument(
        "--resume", metavar="RUN", help="go on with the run in this folder, or at this address, as it was asked for"
    )
    flags.add_no_cache(how)
    how.add_argument("--executor", default="local", choices=("local", "ray"), help="this machine, or a Ray cluster")
    flags.add_workers(how, " (ray: 2)")
    how.add_argument(
        "--ray-address", metavar="A", help="auto or HOST:PORT (default: a cluster on this machine, for this run)"
    )
    how.add_argument("--gpus-per-worker", type=float, metavar="X", help="of each of Ray's workers with a model")
    flags.add_timeout(how)
    how.add_argument(
        "--load-timeout",
        type=float,
        metavar="S",
        help="the seconds that loading may take (10 × --timeout or 30; else 3600)",
    )
    how.add_argument("--memory-limit", type=float, metavar="GB", help="the memory that a system's process may use")
    how.add_argument("--fail-fast", action="store_true", help="stop at the first failure")


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmark, print its table, and return 3 when anything failed."""
    from sumbench.errors import UsageError
    from sumbench.jobs.policy import Policy
    from sumbench.jobs.policy import checked_limits
    from sumbench.jobs.policy import checked_workers
    from sumbench.jobs.policy import chosen_cluster
    from sumbench.jobs.preview import preview
    from sumbench.jobs.requests import request_of_run
    from sumbench.jobs.requests import task_requests
    from sumbench.runs.cache import summary_cache
    from sumbench.storage import reading_run
    from sumbench.storage import writing
    from sumbench.tables import FORMATS

    if arguments.resume is not None and (idle := given.others(arguments, WITH_RESUME)):
        raise UsageError(f"{idle[0]} does not go with --resume, which goes on with the run as it was begun")
    render = FORMATS[arguments.format]
    store = fetching.store(arguments)
    policy = Policy(
        **checked_limits(arguments.timeout, arguments.load_timeout, arguments.memory_limit),
        fail_fast=arguments.fail_fast,
        workers=checked_workers(1 if arguments.workers is None else arguments.workers),
        cluster=chosen_cluster(arguments.executor, arguments.ray_address, arguments.workers, arguments.gpus_per_worker),
        cache=None if arguments.no_cache else summary_cache(store.home),
    )
    out = arguments.resume or arguments.out
    tasks = (
        task_requests(requested(arguments))
        if arguments.resume is None
        else [request_of_run(reading_run(arguments.resume), store.trusted)]
    )
    if arguments.dry_run:
        sys.stdout.write("\n".join(render(preview(request, store, policy)) for request in tasks))
        return 0
    finished: list[tuple[Path, Finished]] = []
    for number, request in enumerate(tasks, 1):
        sys.stdout.write("\n" if number > 1 else "")
        home = out if out is None or len(tasks) == 1 else f"{out.rstrip('/')}/{task_label(request)}"
        folder = None if home is None else writing(home)
        finished.append(_carry_out(request, store, folder, policy, arguments))
    if not arguments.quiet:
        following.print_next(finished, resumable=True)
    return INCOMPLETE if any(made.failed for _, made in finished) else 0


def task_label(request: "Request") -> str:
    """Return the name of a task's folder among those of its suite."""
    return (request.task or "").replace(",config=", "-").replace("/", "-")


def _carry_out(
    request: "Request", store: "Store", out: Path | None, policy: "Policy", arguments: argparse.Namespace
) -> "tuple[Path, Finished]":
    """Make a run and print its table; return its folder and what it holds."""
    from sumbench.jobs.plan import plan
    from sumbench.jobs.run import run as carry_out
    from sumbench.progress import on_stderr

    planned = plan(request, store, out, policy)
    made = carry_out(planned, on_stderr(quiet=arguments.quiet))
    sys.stdout.write(made.render(arguments.format))
    if not arguments.quiet:
        streams.say(f"run folder: {planned.folder}")
    return planned.folder, made


def requested(arguments: argparse.Namespace) -> "Request":
    """Return the request that the flags of `add_request` and `add_models` make."""
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
        shard=arguments.shard,
    )
