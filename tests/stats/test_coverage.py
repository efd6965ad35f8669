"""Simulations: intervals hold the true mean as often as they say, tests and gates err no more often than they may.

The tolerances are three standard errors of the number of draws. The populations have the shapes of ROUGE scores;
`python -m tests.speed.coverage` prints the whole tables, over real scores where there are some.
"""

import numpy as np
import pytest

from sumbench.scores import FloatArray
from sumbench.stats.bootstrap import estimates
from sumbench.stats.gate import Outcome
from sumbench.stats.gate import decided
from sumbench.stats.gate import one_sided
from sumbench.stats.sign_flips import paired_flips

DRAWS = 600


def rouge1(rng: np.random.Generator, *shape: int) -> FloatArray:
    return rng.beta(4, 9, size=shape)


def rouge2(rng: np.random.Generator, *shape: int) -> FloatArray:
    """A quarter zeros, and a long tail."""
    return np.where(rng.random(shape) < 0.25, 0.0, rng.beta(1.3, 9, size=shape))


ROUGE1_MEAN, ROUGE2_MEAN = 4 / 13, 0.75 * 1.3 / 10.3


def within(share: float, aim: tuple[float, float]) -> bool:
    """Whether a share over DRAWS draws is compatible with a true one between the two ends."""
    error = 3 * np.sqrt(0.05 * 0.95 / DRAWS)
    return bool(aim[0] - error <= share <= aim[1] + error)


@pytest.mark.parametrize(("documents", "aim"), [(12, (0.92, 0.97)), (30, (0.94, 0.97)), (100, (0.94, 0.97))])
def test_intervals_of_means_cover(documents: int, aim: tuple[float, float]) -> None:
    """95 % intervals of ROUGE-1 and ROUGE-2 hold the true mean in 92 to 97 % at 12 documents, 94 to 97 % beyond."""
    rng = np.random.default_rng(documents)
    for draw, mean in ((rouge1, ROUGE1_MEAN), (rouge2, ROUGE2_MEAN)):
        rows = estimates(draw(rng, DRAWS, documents), rng)
        shown = [row.interval for row in rows if row.interval is not None]
        assert len(shown) > 0.9 * DRAWS
        assert within(float(np.mean([each.low <= mean <= each.high for each in shown])), aim)


@pytest.mark.parametrize("documents", [12, 30, 100])
def test_intervals_of_differences_cover(documents: int) -> None:
    """95 % intervals of the difference of two systems hold the true one as often."""
    rng = np.random.default_rng(documents)
    aim = (0.92, 0.97) if documents == 12 else (0.94, 0.97)
    held = []
    for _ in range(DRAWS):
        pair = np.stack([rouge2(rng, documents) + 0.02, rouge2(rng, documents)])
        (flips,) = paired_flips(pair, [(0, 1)], rng, permutations=2000)
        interval = flips.interval()
        assert interval is not None
        held.append(interval.low <= 0.02 <= interval.high)
    assert within(float(np.mean(held)), aim)


def test_intervals_of_clustered_documents_cover() -> None:
    """Documents that share sources have intervals that hold the true mean: those of single documents would not."""
    rng = np.random.default_rng(7)
    labels = np.repeat(np.arange(30), 4)
    levels = rouge1(rng, DRAWS, 30)
    scores = levels[:, labels] + rng.normal(0, 0.03, (DRAWS, 120))
    rows = estimates(scores, rng, clusters=labels.tolist())
    held = [row.interval.low <= ROUGE1_MEAN <= row.interval.high for row in rows if row.interval]
    assert len(held) == DRAWS
    assert within(float(np.mean(held)), (0.94, 0.97))
    single = [row.interval.low <= ROUGE1_MEAN <= row.interval.high for row in estimates(scores, rng) if row.interval]
    assert np.mean(single) < 0.85


def test_a_system_at_the_margin_is_rarely_worse_or_not_worse() -> None:
    """Worse by exactly the margin, it is called worse, and not worse, in no more than 5 % each."""
    rng = np.random.default_rng(3)
    outcomes = []
    for _ in range(DRAWS):
        before = rouge1(rng, 40)
        after = before - 0.02 + 0.1 * rng.normal(size=40)
        (flips,) = paired_flips(np.stack([after, before]), [(0, 1)], rng, permutations=1000)
        outcomes.append(decided(*one_sided(flips, 0.02), 0.05))
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)
    assert outcomes.count(Outcome.WORSE) / DRAWS <= most
    assert outcomes.count(Outcome.NOT_WORSE) / DRAWS <= most
    assert outcomes.count(Outcome.UNDECIDED) / DRAWS >= 1 - 2 * most
