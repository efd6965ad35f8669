"""Sign flips of paired differences: their test and their interval, which are one thing.

Under the null that a mean difference is δ, the sign of each unit's d - δ may be flipped. A pattern that flips the
subset S turns the sum T(δ) into T(δ) - 2 Σ_S (d - δ), so it is as extreme on one side exactly when the mean of d over S
is at most δ: the means of all subsets cut the line into parts that are equally likely to hold the true mean (Hartigan
1969, "Using subsample values as typical values", JASA 64). So p-values at any δ are counts of subset means, and the
interval of the values that the test does not reject lies between two of them. With random subsets each comes with its
complement, which keeps test and interval in agreement to the last count.
"""

from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import sides
from sumbench.stats.intervals import LEVEL
from sumbench.stats.intervals import Interval
from sumbench.stats.intervals import Shape
from sumbench.stats.subsets import EXACT_UNITS
from sumbench.stats.subsets import SubsetSums
from sumbench.stats.subsets import subset_sums
from sumbench.stats.units import WORKING_BYTES
from sumbench.stats.units import Grid
from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import present
from sumbench.stats.units import totals_by_unit

PERMUTATIONS = 10_000


@dataclass(frozen=True, eq=False)
class SignFlips:
    """The sign flips of one row of differences, on the `documents` (in `units` units) that both sides have.

    `mean` is the mean difference, None without a document. `means` are the means over the subsets that hold a
    document, `empty` how many subsets hold none; `patterns`, `given` and `exact` are those of the subsets. What lies
    closer together than `tolerance` ties.
    """

    mean: float | None
    documents: int
    units: int
    means: FloatArray
    empty: int
    patterns: int
    given: int
    exact: bool
    tolerance: float
    shape: Shape

    def p(self, shift: float = 0.0) -> float:
        """Return the two-sided p-value of the null that the true mean is `shift`; 1 without a document.

        Exact: the share of all patterns as extreme as the data, which are among them. Random: (1 + as extreme) /
        (1 + draws), which keeps the size of the test (Phipson & Smyth 2010, "Permutation p-values should never be
        zero").
        """
        if self.mean is None or abs(self.mean - shift) <= self.tolerance:
            return 1.0
        beyond = self._at_most(shift) if self.mean > shift else self._at_least(shift)
        return min(1.0, (self.given + 2 * (self.empty + beyond)) / self.patterns)

    def p_below(self, bound: float) -> float:
        """Return the one-sided p-value of the null that the true mean is `bound` or more."""
        if self.mean is None:
            return 1.0
        whole = int(self.exact and self.mean >= bound - self.tolerance)
        return min(1.0, (1 + whole + self.empty + self._at_least(bound)) / self.patterns)

    def p_above(self, bound: float) -> float:
        """Return the one-sided p-value of the null that the true mean is `bound` or less."""
        if self.mean is None:
            return 1.0
        whole = int(self.exact and self.mean <= bound + self.tolerance)
        return min(1.0, (1 + whole + self.empty + self._at_most(bound)) / self.patterns)

    def interval(self, level: float = LEVEL) -> Interval | None:
        """Return the interval of all means that the two-sided test at 1 - `level` does not reject.

        None where the test could reject nothing (fewer than 6 units at 95 %), or where too few documents differ from
        the most frequent difference for an interval to keep its level.
        """
        if self.mean is None or not self.shape.varied:
            return None
        rank = self._least_kept(round(1 - level, 12)) - self.empty
        if rank < 1 or rank > self.means.size:
            return None
        ends = np.partition(self.means, (rank - 1, self.means.size - rank))
        low, high = (self._snapped(float(ends[at])) for at in (rank - 1, self.means.size - rank))
        return Interval(low, high, level)

    def _least_kept(self, alpha: float) -> int:
        """Return the least number of subset means beyond a shift with which its p-value is above `alpha`."""
        rank = max(0, int((alpha * self.patterns - self.given) / 2) - 1)
        while (self.given + 2 * rank) / self.patterns <= alpha:
            rank += 1
        return rank

    def _at_most(self, shift: float) -> int:
        return int(np.count_nonzero(self.means <= shift + self.tolerance))

    def _at_least(self, shift: float) -> int:
        return int(np.count_nonzero(self.means >= shift - self.tolerance))

    def _snapped(self, end: float) -> float:
        return 0.0 if abs(end) <= self.tolerance else end


def smallest_p(units: int, draws: int = PERMUTATIONS) -> float:
    """Return the smallest two-sided p-value that so many units can give."""
    return min(1.0, 2 / 2**units) if units <= EXACT_UNITS else 1 / (draws + draws % 2 + 1)


def paired_flips(  # noqa: PLR0913 - the settings of a test
    scores: FloatArray,
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    permutations: int = PERMUTATIONS,
    working_bytes: int = WORKING_BYTES,
) -> Iterator[SignFlips]:
    """Yield the sign flips of each pair's differences, left minus right, all from the same subsets.

    A flipped sign is an exchange of the two outputs of a document: this is the paired randomization test of Noreen
    (1989), for summaries and translations Riezler & Maxwell (2005).

    Args:
        scores: Shape (rows, documents), NaN where a system has no score.
        pairs: The row numbers of the two sides of each test.
        rng: Where random subsets come from; all pairs share the same ones.
        clusters: One label a document; documents with the same label are flipped together.
        permutations: How many random sign patterns to draw, where not all are gone through.
        working_bytes: The size of the largest intermediate array; it changes no result.

    Raises:
        ValueError: If there is not one label a document, or fewer than one permutation is asked for.
    """
    if permutations < 1:
        raise ValueError(f"{permutations} permutations: 1 or more are needed")
    both = _common(scores, pairs, clusters)
    rows = len(both.totals.values)
    drawn = subset_sums(np.concatenate([both.totals.values, both.weights]), rng, permutations, working_bytes)
    # What rounding to the grid can do is no difference.
    slack = 2 * both.totals.values.shape[1] * float(both.totals.step)
    for left, right, weight in zip(both.left, both.right, both.weight, strict=True):
        apart = both.totals.values[left] - both.totals.values[right]
        sums = drawn.sums[left] - drawn.sums[right]
        yield _flips(apart, both.weights[weight], sums, drawn.sums[rows + weight], drawn, slack)


def ratio_flips(
    numerators: FloatArray,
    denominators: FloatArray,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    permutations: int = PERMUTATIONS,
) -> list[SignFlips | None]:
    """Return the sign flips of the ratio of two means for each row: at δ, of numerator - δ denominator.

    `numerators` and `denominators` have shape (rows, documents). A document that lacks one of them takes no part. None
    for a row of which some subset's denominator is not above 0: its documents do not say how large the unit is.
    """
    there = ~np.isnan(numerators + denominators)
    numbers = numbered(clusters, numerators.shape[1])
    tops, bottoms = (
        on_grid(totals_by_unit(np.where(there, each, 0.0)[..., None], numbers)) for each in (numerators, denominators)
    )
    rows = len(numerators)
    values = np.concatenate([tops.values[..., 0], bottoms.values[..., 0]])
    drawn = subset_sums(values, rng, permutations)
    slack = 2 * values.shape[1] * float(tops.step[0])
    return [
        _flips(values[row], values[rows + row], drawn.sums[row], drawn.sums[rows + row], drawn, slack)
        if there[row].any() and (drawn.sums[rows + row] > 0).all()
        else None
        for row in range(rows)
    ]


def _flips(  # noqa: PLR0913, PLR0917 - one row of all arrays
    totals: FloatArray, weights: FloatArray, sums: FloatArray, sizes: FloatArray, drawn: SubsetSums, slack: float
) -> SignFlips:
    whole = float(weights.sum())
    held = sizes != 0
    exact_zero = np.where(np.abs(sums[held]) <= slack, 0.0, sums[held])
    here = weights != 0
    return SignFlips(
        mean=float(totals.sum()) / whole if whole else None,
        documents=round(whole),
        units=int(here.sum()),
        means=exact_zero / sizes[held],
        empty=int(held.size - held.sum()) if here.any() else 0,
        patterns=drawn.patterns,
        given=drawn.given,
        exact=drawn.exact,
        tolerance=slack / abs(whole) if whole else 0.0,
        shape=Shape(totals[here] / weights[here]),
    )


class _Common(NamedTuple):
    """Both sides of each pair on their common documents.

    `totals` (rows, units) are kept once for all pairs that use them, `weights` count the common documents by unit;
    `left`, `right` and `weight` number the rows of each pair.
    """

    totals: Grid
    weights: FloatArray
    left: IntArray
    right: IntArray
    weight: IntArray


def _common(scores: FloatArray, pairs: Pairs, clusters: Sequence[Hashable] | None) -> _Common:
    """Sum both sides of each pair by unit, over the documents that both have."""
    statistics = scores[..., None]
    masks, which = np.unique(present(statistics), axis=0, return_inverse=True)
    left, right = sides(pairs)
    numbers = numbered(clusters, statistics.shape[1])
    kept: dict[tuple[int, int, int], int] = {}
    shared: dict[tuple[int, int], int] = {}
    rows = np.zeros((3, len(left)), np.int64)
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        first, second = sorted((int(which[one]), int(which[other])))
        for side, row in enumerate((int(one), int(other))):
            rows[side, at] = kept.setdefault((row, first, second), len(kept))
        rows[2, at] = shared.setdefault((first, second), len(shared))
    keys = np.array(list(kept), dtype=np.int64).reshape(-1, 3)
    common = masks[keys[:, 1]] * masks[keys[:, 2]]
    totals = on_grid(totals_by_unit(np.where(common[..., None] > 0, statistics[keys[:, 0]], 0.0), numbers))
    ends = np.array(list(shared), dtype=np.int64).reshape(-1, 2)
    weights = totals_by_unit((masks[ends[:, 0]] * masks[ends[:, 1]])[..., None], numbers)[..., 0]
    return _Common(Grid(totals.values[..., 0], totals.step[0]), weights, *rows)
