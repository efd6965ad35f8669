"""The speed of the statistics, alone and beside sacrebleu's paired tests: `python -m tests.speed.statistics`."""

import resource
import sys
import time
from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.significance import PairedTest

from sumbench.stats import compare
from sumbench.stats.arrays import FloatArray
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import holm
from sumbench.stats.effects import effects
from sumbench.stats.paired import paired_bootstrap
from sumbench.stats.paired import randomization

SYSTEMS, DOCUMENTS, METRICS = 10, 11_334, 4
SENTENCES, OTHERS = 2_000, 3
PERMUTATIONS, RESAMPLES = 10_000, 1_000
ROUNDS = 3


class Counted(BLEU):
    """sacrebleu's BLEU with its statistics counted before the clock starts."""

    def __init__(self, outputs: Sequence[Sequence[str]], references: Sequence[str]) -> None:
        """Count the statistics of every system's outputs."""
        super().__init__(references=[references], force=True)
        extract = super()._extract_corpus_statistics
        self.counted = {id(texts): extract(texts, None) for texts in outputs}

    def _extract_corpus_statistics(self, hypotheses: Sequence[str], _references: object) -> list[list[int]]:
        counted: list[list[int]] = self.counted[id(hypotheses)]
        return counted


def scores() -> dict[str, FloatArray]:
    """Return made-up scores: documents of different difficulty, systems a little apart."""
    rng = np.random.default_rng(1)
    difficulty = rng.beta(2, 7, size=DOCUMENTS)
    skill = np.linspace(0, 0.01, SYSTEMS)[:, None]
    noise = 0.1 * rng.normal(size=(METRICS, SYSTEMS, DOCUMENTS))
    return {f"metric {at}": difficulty + skill + noise[at] for at in range(METRICS)}


def translations() -> tuple[list[list[str]], list[str]]:
    """Return outputs that lose about a third of the reference's words at random, and the references."""
    rng = np.random.default_rng(1)
    references = [[f"w{word}" for word in rng.integers(0, 500, 25)] for _ in range(SENTENCES)]
    outputs = [
        [" ".join("x" if rng.random() < 0.3 + 0.005 * at else word for word in words) for words in references]
        for at in range(OTHERS + 1)
    ]
    return outputs, [" ".join(words) for words in references]


def bleu(sums: FloatArray) -> FloatArray:
    """Return BLEU from sacrebleu's statistics, summed."""
    brevity = np.exp(np.minimum(0.0, 1 - sums[..., 1] / sums[..., 0]))
    precision: FloatArray = np.exp(np.log(sums[..., 2:6] / sums[..., 6:10]).mean(axis=-1))
    return 100 * brevity * precision


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
        found = randomization(rows, pairs, np.random.default_rng(1), permutations=PERMUTATIONS)
        return holm([test.p for test in found])

    jobs: dict[str, Callable[[], object]] = {
        f"intervals, BCa, {RESAMPLES:,} resamples": lambda: estimates(rows, np.random.default_rng(1)),
        "differences and d_z with their intervals": lambda: effects(rows, pairs, np.random.default_rng(1)),
        f"randomization, {PERMUTATIONS:,} permutations, Holm": tests,
        "`compare`: all of it, with letters": lambda: compare(by_metric, np.random.default_rng(1)),
    }
    lines = [f"{SYSTEMS} systems x {DOCUMENTS:,} documents x {METRICS} metrics, {len(pairs)} pairs: passed, worked"]
    lines += [f"| {name} | {min(timed(job) for _ in range(ROUNDS))} |" for name, job in jobs.items()]
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return [*lines, f"| peak memory of the process | {peak:.0f} MiB |"]


def beside_sacrebleu() -> list[str]:
    """Time both programs on the same BLEU statistics: systems against a baseline."""
    outputs, references = translations()
    metric = Counted(outputs, references)
    named: list[tuple[str, Sequence[str]]] = [(f"system {at}", texts) for at, texts in enumerate(outputs)]
    counts = np.array([metric.counted[id(texts)] for texts in outputs], dtype=np.float64)
    pairs = [(0, other) for other in range(1, OTHERS + 1)]
    theirs = {
        kind: PairedTest(named, {"BLEU": metric}, None, test_type=kind, n_samples=draws)
        for kind, draws in (("ar", PERMUTATIONS), ("bs", RESAMPLES))
    }
    ours = {
        "ar": lambda: randomization(counts, pairs, np.random.default_rng(1), aggregate=bleu, permutations=PERMUTATIONS),
        "bs": lambda: paired_bootstrap(
            counts, pairs, np.random.default_rng(1), aggregate=bleu, resamples=RESAMPLES, method="percentile"
        ),
    }
    names = {"ar": f"randomization, {PERMUTATIONS:,} permutations", "bs": f"paired bootstrap, {RESAMPLES:,} resamples"}
    lines = [f"{SENTENCES:,} sentences, {OTHERS} systems against a baseline: ours, sacrebleu, ratio worked"]
    for kind, name in names.items():
        rounds = [(timed(ours[kind]), timed(theirs[kind])) for _ in range(ROUNDS)]
        mine, their = (min(times) for times in zip(*rounds, strict=True))
        lines.append(f"| {name} | {mine} | {their} | x {their.worked / mine.worked:.0f} |")
    return lines


if __name__ == "__main__":
    sys.stdout.write("\n".join([*alone(), *beside_sacrebleu()]) + "\n")
