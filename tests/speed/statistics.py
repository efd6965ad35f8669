"""The speed of the statistics: `python -m tests.speed.statistics`."""

import resource
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats import compare_systems
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import holm
from sumbench.stats.sign_flips import PERMUTATIONS
from sumbench.stats.sign_flips import paired_flips

SYSTEMS, DOCUMENTS, METRICS = 10, 11_334, 4
RESAMPLES = 1_000
ROUNDS = 3


def scores() -> dict[str, FloatArray]:
    """Return made-up scores: documents of different difficulty, systems a little apart."""
    rng = np.random.default_rng(1)
    difficulty = rng.beta(2, 7, size=DOCUMENTS)
    skill = np.linspace(0, 0.01, SYSTEMS)[:, None]
    noise = 0.1 * rng.normal(size=(METRICS, SYSTEMS, DOCUMENTS))
    return {f"metric {at}": difficulty + skill + noise[at] for at in range(METRICS)}


class Timing(NamedTuple):
    """Seconds that passed, and seconds that all processors together were at work."""

    passed: float
    worked: float

    def __str__(self) -> str:
        """Both, as cells of a table."""
        return f"{self.passed:.2f} s | {self.worked:.2f} s"


def timed(job: Callable[[], object]) -> Timing:
    """Time one call."""
    start, at_work = time.perf_counter(), time.process_time()
    job()
    return Timing(time.perf_counter() - start, time.process_time() - at_work)


def alone() -> list[str]:
    """Time the whole comparison of the issue and its parts."""
    by_metric = scores()
    rows = np.concatenate(list(by_metric.values()))
    pairs = [(at * SYSTEMS + one, at * SYSTEMS + other) for at in range(METRICS) for one, other in every_pair(SYSTEMS)]

    def tests() -> FloatArray:
        return holm([flips.p() for flips in paired_flips(rows, pairs, np.random.default_rng(1))])

    def differences() -> list[object]:
        return [flips.interval() for flips in paired_flips(rows, pairs, np.random.default_rng(1))]

    jobs: dict[str, Callable[[], object]] = {
        f"intervals of means, studentised, {RESAMPLES:,} resamples": lambda: estimates(rows, np.random.default_rng(1)),
        f"tests by {PERMUTATIONS:,} sign patterns, Holm": tests,
        "intervals of differences from as many": differences,
        "a run's table: means, tests, letters": lambda: compare_systems(by_metric, 1, with_effects=False),
        "`compare`: all of it, with intervals, d_z, detectable differences": lambda: compare_systems(by_metric, 1),
    }
    lines = [f"{SYSTEMS} systems x {DOCUMENTS:,} documents x {METRICS} metrics, {len(pairs)} pairs: passed, worked"]
    lines += [f"| {name} | {min(timed(job) for _ in range(ROUNDS))} |" for name, job in jobs.items()]
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return [*lines, f"| peak memory of the process | {peak:.0f} MiB |"]


if __name__ == "__main__":
    sys.stdout.write("\n".join(alone()) + "\n")
