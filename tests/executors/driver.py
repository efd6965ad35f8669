"""Runs a benchmark with slow systems, for tests that kill it: `python driver.py FOLDER PAUSE [cache]`."""

import os
import sys
from pathlib import Path

from faulty import Drawing
from faulty import Faulty

from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.jobs.plan import Plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.run import run as carry_out
from sumbench.metrics import REGISTRY
from sumbench.runs.cache import summary_cache
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.weights import Store


def main(folder: str, pause: str, cache: str = "") -> None:
    """Run `random` and two systems that take `pause` seconds over each summary of twelve articles.

    One of them draws two of each.
    """
    os.environ["FAULTY_PAUSE"] = pause
    store = Store.default(offline=True, quiet=True)
    systems = [build_system("random"), Drawing(name="drawn", samples=2), Faulty(name="slow")]
    policy = Policy(cache=summary_cache(store.home) if cache else None)
    metrics = [REGISTRY["rouge"]()]
    corpus = open_corpus("references", Selection(limit=12))
    carry_out(Plan("t", 3, corpus, systems, metrics, Context(7, store), Path(folder), policy))


if __name__ == "__main__":
    main(*sys.argv[1:])
