"""A benchmark with slow systems, for tests that kill it: a process that is forked from one that has all imported."""

import multiprocessing
import os
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from faulty import Drawing
from faulty import Faulty

from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.executors.inline import InlineExecutor
from sumbench.jobs import preload
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.run import run as carry_out
from sumbench.metrics import REGISTRY
from sumbench.runs.cache import summary_cache
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store

IMPORTED = ["sumbench.jobs.run", "sumbench.metrics.rouge", "jinja2", "langcodes", "sumy.utils", *preload.LATER]
"""What a run imports from its beginning to its end."""


def started(folder: Path, pause: float, *, cache: bool = False, here: bool = False) -> BaseProcess:
    """Start a run of `benchmark` with these arguments, and return its process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    process = context.Process(target=benchmark, args=(dict(os.environ), folder, pause, cache, here))
    process.start()
    return process


def benchmark(environment: Mapping[str, str], folder: Path, pause: float, cache: bool, here: bool) -> None:  # noqa: FBT001
    """Run `random` and two systems that take `pause` seconds over each summary of twelve articles.

    One of them draws two of each. They work in processes of their own, or `here`.
    """
    os.environ.update(environment, FAULTY_PAUSE=str(pause))
    store = Store.default(offline=True, quiet=True)
    systems = [build_system("random"), Drawing(name="drawn", samples=2), Faulty(name="slow")]
    policy = Policy(cache=summary_cache(store.home) if cache else None)
    metrics = [REGISTRY["rouge"]()]
    corpus = open_corpus("references", Selection(limit=12))
    plan = Plan("t", 3, corpus, systems, metrics, Context(7, store), folder, policy)
    carry_out(plan, through=lambda executor: InlineExecutor() if here else executor)
