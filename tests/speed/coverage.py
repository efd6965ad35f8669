"""How far the verdicts can be trusted, by simulation: `python -m tests.speed.coverage [--corpus SCORED.jsonl]`.

Prints, with standard errors, how often 95 % intervals hold the true figure, how often tests and the gate err, and the
power that the numbers of documents promise. Populations are shapes of scores and, with `--corpus`, the ROUGE scores of
real systems: a table with `references` (a list) and `systems` (name to summary) on every line.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sumbench.rouge import RougeScorer
from sumbench.scores import FloatArray
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import holm
from sumbench.stats.gate import Outcome
from sumbench.stats.gate import decided
from sumbench.stats.gate import few_differ
from sumbench.stats.gate import one_sided
from sumbench.stats.power import power_at
from sumbench.stats.power import units_needed
from sumbench.stats.power import units_of
from sumbench.stats.sign_flips import paired_flips
from sumbench.stats.units import numbered

SIZES = (6, 8, 12, 30, 100, 300)
TYPES = ("rouge1", "rouge2")


def shapes(rng: np.random.Generator) -> dict[str, FloatArray]:
    """Return made-up populations of scores."""
    size = 20_000
    return {
        "normal": rng.normal(size=size),
        "skewed (log-normal)": rng.lognormal(size=size),
        "80 % zeros": np.where(rng.random(size) < 0.8, 0.0, rng.exponential(0.1, size)),
        "two values, half": (np.arange(size) % 2).astype(float),
        "two values, a tenth": (np.arange(size) % 10 == 0).astype(float),
    }


def real(corpus: Path) -> dict[str, dict[str, FloatArray]]:
    """Return the scores of the systems in a corpus by ROUGE type and system, against the first reference."""
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    scorer = RougeScorer(list(TYPES), use_stemmer=True)
    found: dict[str, dict[str, list[float]]] = {rouge: {} for rouge in TYPES}
    for row in rows:
        for system, text in row["systems"].items():
            scores = scorer.score(target=row["references"][0], prediction=text)
            for rouge in TYPES:
                found[rouge].setdefault(system, []).append(scores[rouge].fmeasure)
    return {
        rouge: {system: np.array(values) for system, values in systems.items() if len(values) == len(rows)}
        for rouge, systems in found.items()
    }


def share(held: list[bool], trials: int) -> str:
    """Return a share in per cent with its standard error, and how many of the trials it is of."""
    if len(held) < trials / 50:
        return f"none ({100 * len(held) / trials:.0f} % shown)"
    rate = float(np.mean(held))
    error = np.sqrt(rate * (1 - rate) / len(held))
    shown = "" if len(held) == trials else f" ({100 * len(held) / trials:.0f} % shown)"
    return f"{100 * rate:.1f} ± {100 * error:.1f}{shown}"


def of_mean(population: FloatArray, size: int, trials: int, rng: np.random.Generator) -> str:
    """Return the coverage of the interval of a mean."""
    rows = estimates(population[rng.integers(0, len(population), (trials, size))], rng)
    truth = population.mean()
    return share([row.interval.low <= truth <= row.interval.high for row in rows if row.interval], trials)


def of_difference(apart: FloatArray, size: int, trials: int, rng: np.random.Generator) -> tuple[str, str]:
    """Return the coverage of the interval of a difference, and how often its test rejects the truth at 5 %."""
    held, rejected = [], []
    for _ in range(trials):
        sample = apart[rng.integers(0, len(apart), size)]
        (flips,) = paired_flips(np.stack([sample, np.zeros(size)]), [(0, 1)], rng)
        interval = flips.interval()
        if interval is not None:
            held.append(interval.low <= apart.mean() <= interval.high)
        rejected.append(flips.p(float(apart.mean())) <= 0.05)
    return share(held, trials), share(rejected, trials)


def of_gate(apart: FloatArray, size: int, trials: int, rng: np.random.Generator) -> str:
    """Return how often a system is called worse, and not worse, that is worse by just the margin."""
    found = []
    margin = -float(apart.mean())
    for _ in range(trials):
        sample = apart[rng.integers(0, len(apart), size)]
        (flips,) = paired_flips(np.stack([sample, np.zeros(size)]), [(0, 1)], rng)
        outcome = decided(*one_sided(flips, margin), 0.05)
        few = outcome == Outcome.NOT_WORSE and few_differ(units_of(sample, numbered(None, size)))
        found.append(Outcome.UNDECIDED if few else outcome)
    return " / ".join(share([each == one for each in found], trials) for one in (Outcome.WORSE, Outcome.NOT_WORSE))


def at_margin(apart: FloatArray) -> FloatArray:
    """Return differences moved so that the new system is worse by 0.3 of their standard deviations."""
    moved: FloatArray = apart - apart.mean() - 0.3 * apart.std()
    return moved


def rare_losses(rng: np.random.Generator) -> dict[str, FloatArray]:
    """Return differences of a system that loses nothing but on a share of the documents, and there much."""
    size = 20_000
    return {
        f"loses on {share_:.0%} of the documents": np.where(rng.random(size) < share_, -rng.uniform(0.2, 0.6, size), 0)
        for share_ in (0.05, 0.1, 0.2)
    }


def of_power(apart: FloatArray, rng: np.random.Generator) -> Iterator[str]:
    """Yield for some differences how many documents are said to show them, and the power that these then have."""
    units = units_of(apart, numbered(None, len(apart)))
    for alpha in (0.05, 0.05 / 45):
        for effect in (0.2, 0.5, 1.0):
            wanted = effect * float(apart.std())
            needed = units_needed(units, wanted, rng, alpha=alpha)
            if needed is not None:
                reached = [power_at(units, needed, wanted, rng, alpha=alpha) for _ in range(5)]
                yield f"| {effect} | {alpha:.4f} | {needed} | {100 * np.mean(reached):.1f} |"


def family(systems: dict[str, FloatArray], size: int, trials: int, rng: np.random.Generator) -> str:
    """Return how often any pair of systems with one true mean is told apart, Holm over all pairs."""
    centred = np.stack([scores - scores.mean() for scores in systems.values()])
    pairs, wrong = every_pair(len(centred)), []
    for _ in range(trials):
        sample = centred[:, rng.integers(0, centred.shape[1], size)]
        p = [flips.p() for flips in paired_flips(sample, pairs, rng)]
        wrong.append(bool((holm(p) <= 0.05).any()))
    return share(wrong, trials)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--trials", type=int, default=600)
    arguments = parser.parse_args()
    rng, trials = np.random.default_rng(1), arguments.trials
    scored = real(arguments.corpus) if arguments.corpus else {}
    populations = {f"{system}, {rouge}": row for rouge, rows in scored.items() for system, row in rows.items()}
    populations |= shapes(rng)
    heads = " | ".join(f"n = {size}" for size in SIZES)
    rule = "|---" * (len(SIZES) + 1) + "|"
    print(f"coverage of 95 % intervals of means\n\n| population | {heads} |\n{rule}")
    for name, population in populations.items():
        print(f"| {name} | " + " | ".join(of_mean(population, size, trials, rng) for size in SIZES) + " |", flush=True)
    gaps = {
        f"{one} - {other}, {rouge}": rows[one] - rows[other]
        for rouge, rows in scored.items()
        for one, other in list(zip(rows, list(rows)[1:], strict=False))
    } | {f"{name}, centred": population - population.mean() for name, population in shapes(rng).items()}
    print(
        f"\ncoverage of 95 % intervals of differences; true means rejected at 5 %\n\n| population | {heads} |\n{rule}"
    )
    for name, apart in gaps.items():
        cells = ["; ".join(of_difference(apart, size, trials, rng)) for size in SIZES]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\na system worse by just the margin: called worse / not worse\n\n| population | {heads} |\n{rule}")
    worse = {name: at_margin(apart) for name, apart in list(gaps.items())[:4]} | rare_losses(rng)
    for name, apart in worse.items():
        print(f"| {name} | " + " | ".join(of_gate(apart, size, trials, rng) for size in SIZES) + " |", flush=True)
    for rouge, rows in scored.items():
        cells = [family(rows, size, trials, rng) for size in SIZES]
        print(f"\nany of {len(every_pair(len(rows)))} equal pairs told apart, {rouge}: " + "; ".join(cells), flush=True)
    apart = next(iter(gaps.values()))
    print("\nthe power of the documents needed\n\n| difference (sd) | level | documents | power % |\n|---|---|---|---|")
    for line in of_power(apart, rng):
        print(line, flush=True)


if __name__ == "__main__":
    main()
