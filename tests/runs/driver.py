"""Runs a benchmark with a slow system, for tests that kill it: `python driver.py FOLDER PAUSE [cache]`."""

import os
import sys
from pathlib import Path

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
    """Run `random` and a system that takes `pause` seconds over each of the twelve articles."""
    os.environ["FAULTY_PAUSE"] = pause
    store = Store.default(offline=True, quiet=True)
    systems = [build("random"), Faulty(name="slow")]
    policy = Policy(cache=summary_cache(store) if cache else None)
    metrics = {"rouge": REGISTRY["rouge"]()}
    benchmark(Plan("t", 3, open_corpus("references"), systems, metrics, Context(7, store), Path(folder), policy))


if __name__ == "__main__":
    main(*sys.argv[1:])
