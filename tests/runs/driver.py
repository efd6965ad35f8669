"""Runs a benchmark with slow systems, for tests that kill it: `python driver.py FOLDER PAUSE [cache]`."""

import os
import sys
from pathlib import Path

from faulty import Drawing
from faulty import Faulty

from bench.benchmark import Plan
from bench.benchmark import benchmark
from bench.benchmark import summary_cache
from bench.corpus import open_corpus
from bench.metrics import REGISTRY
from bench.runs.execute import Policy
from bench.systems import Context
from bench.systems import build
from bench.weights import Store


def main(folder: str, pause: str, cache: str = "") -> None:
    """Run `random` and two systems that take `pause` seconds over each summary of the twelve articles.

    One of them draws two of each.
    """
    os.environ["FAULTY_PAUSE"] = pause
    store = Store.default(offline=True, quiet=True)
    systems = [build("random"), Drawing(name="drawn", samples=2), Faulty(name="slow")]
    policy = Policy(cache=summary_cache(store) if cache else None)
    metrics = {"rouge": REGISTRY["rouge"]()}
    benchmark(Plan("t", 3, open_corpus("references"), systems, metrics, Context(7, store), Path(folder), policy))


if __name__ == "__main__":
    main(*sys.argv[1:])
