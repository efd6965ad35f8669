"""Paired tests of every pair of systems on the documents that both have."""

from collections.abc import Hashable
from collections.abc import Sequence
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias
from typing import Unpack

import numpy as np

from sumbench.stats.arrays import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import differences
from sumbench.stats.arrays import sides
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import Options
from sumbench.stats.bootstrap import bootstrapped
from sumbench.stats.permutations import EXTREME
from sumbench.stats.permutations import Alternative
from sumbench.stats.permutations import Ends
from sumbench.stats.permutations import count_extreme
from sumbench.stats.permutations import every_pattern
from sumbench.stats.permutations import random_patterns
from sumbench.stats.units import WORKING_BYTES
from sumbench.stats.units import Aggregate
from sumbench.stats.units import Grid
from sumbench.stats.units import mean
from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import present
from sumbench.stats.units import totals_by_unit
from sumbench.stats.units import with_presence

Kind: TypeAlias = Literal["exact", "random"]

PERMUTATIONS = 10_000
EXACT_UNITS = 14
"""Up to this many units that differ, all 2**units sign patterns are gone through."""

_ROUNDING = 1e-10


class Randomization(NamedTuple):
    """A paired randomization test of row `left` against row `right`.

    `difference` is left minus right on the `documents` (in `units` units) that both have, None when there is none.
    `patterns` is how many sign patterns were gone through: all of them (`exact`) or random ones.
    """

    left: int
    right: int
    difference: float | None
    p: float
    documents: int
    units: int
    kind: Kind
    patterns: int


class PairedBootstrap(NamedTuple):
    """A paired bootstrap test of row `left` against row `right`, with the interval of their difference."""

    left: int
    right: int
    difference: float | None
    interval: Interval | None
    p: float
    documents: int
    units: int


class _Sides(NamedTuple):
    """Both sides of each pair on their common documents: rows of `totals`, each kept once however many pairs use it."""

    totals: Grid
    left: IntArray
    right: IntArray
    documents: IntArray
    units: IntArray


def randomization(  # noqa: PLR0913 - the settings of a test
    scores: FloatArray,
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    aggregate: Aggregate | None = None,
    clusters: Sequence[Hashable] | None = None,
    permutations: int = PERMUTATIONS,
    alternative: Alternative = "two-sided",
    working_bytes: int = WORKING_BYTES,
) -> list[Randomization]:
    """Test each pair by approximate randomization: under the null, the two outputs of a document may be exchanged.

    The statistic is the difference of the means (or of the aggregates). With at most `EXACT_UNITS` units on which the
    two differ, every exchange is gone through and p is the share as extreme as the one observed, which is among them;
    otherwise p = (1 + as extreme) / (1 + permutations), which keeps the size of the test (Phipson & Smyth 2010,
    "Permutation p-values should never be zero"). Identical systems, and systems without a common document,
    have p = 1. The test is that of Noreen (1989); for summaries and translations see Riezler & Maxwell (2005).

    Args:
        scores: Shape (rows, documents), NaN where a system failed; with an `aggregate`, statistics of shape
            (rows, documents, statistics).
        pairs: The row numbers of the two sides of each test.
        rng: Where the exchanges come from; all pairs share the same ones.
        aggregate: The corpus's figure from summed statistics, for metrics that are no mean over documents.
        clusters: One label a document; documents with the same label are exchanged together.
        permutations: How many random exchanges to draw.
        alternative: What counts as extreme: any difference, left above right ("greater"), or below it ("less").
        working_bytes: The size of the largest intermediate array; it changes no result.

    Returns:
        One test a pair, in order.

    Raises:
        ValueError: If there is not one label a document, or fewer than one permutation is asked for.
    """
    if permutations < 1:
        raise ValueError(f"{permutations} permutations: 1 or more are needed")
    statistics = scores[..., None] if aggregate is None else scores
    both = _common(statistics, pairs, clusters)
    figure = aggregate or _only
    differing = (both.totals.values[both.left] != both.totals.values[both.right]).any(axis=-1)
    exact = differing.sum(axis=1) <= EXACT_UNITS
    extreme, patterns = np.zeros(len(pairs), np.int64), np.where(exact, 2 ** (differing.sum(axis=1) * exact), 0)
    slack = _slack(both, figure, means=aggregate is None)
    for pair in np.flatnonzero(exact):
        few = both.totals.values[[both.left[pair], both.right[pair]]]
        moved, kept = few[:, differing[pair]], few[:, ~differing[pair]].sum(axis=1, keepdims=True)
        extreme[pair] = count_extreme(
            np.concatenate([moved, kept], axis=1),
            Ends(np.array([0]), np.array([1]), slack[[pair]]),
            [every_pattern(moved.shape[1])],
            figure,
            EXTREME[alternative],
        )[0]
    if not exact.all():
        _, units, kinds = both.totals.values.shape
        rows = max(1, working_bytes // (8 * max(units, kinds * len(pairs))))
        extreme[~exact] = count_extreme(
            both.totals.values,
            Ends(both.left[~exact], both.right[~exact], slack[~exact]),
            random_patterns(rng, permutations, units, rows),
            figure,
            EXTREME[alternative],
        )
        patterns[~exact] = permutations
    p = np.where(exact, extreme / np.maximum(patterns, 1), (extreme + 1) / (permutations + 1))
    observed = _observed(scores, pairs, both, aggregate)
    return [
        Randomization(
            left,
            right,
            observed[at],
            float(p[at]),
            int(both.documents[at]),
            int(both.units[at]),
            "exact" if exact[at] else "random",
            int(patterns[at]),
        )
        for at, (left, right) in enumerate(pairs)
    ]


def paired_bootstrap(
    scores: FloatArray,
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    aggregate: Aggregate | None = None,
    **options: Unpack[Options],
) -> list[PairedBootstrap]:
    """Test each pair by the paired bootstrap: resampled differences, moved to the null.

    p = (1 + number of resamples whose difference is at least as far from the observed difference as that is from 0)
    / (1 + resamples): the two-sided test with translated differences (Efron & Tibshirani 1993, section 16.4), paired
    as in Koehn (2004). Fewer than two common units cannot be resampled and give p = 1 without an interval.

    Arguments are those of `randomization` and of `bootstrap.estimates`; the two sides of a pair, and all pairs, share
    the same resamples.
    """
    if aggregate is None:
        statistics = with_presence(differences(scores, pairs))
        figure: Aggregate = mean
    else:
        left, right = sides(pairs)
        statistics = np.concatenate([scores[left], scores[right]], axis=-1)
        figure = _difference_of(aggregate, scores.shape[-1])
    sums, rows = bootstrapped(statistics, figure, rng, **options)
    p = _bootstrap_p(sums.values(figure), sums.value(figure), np.array(sums.units))
    return [
        PairedBootstrap(left, right, row.value, row.interval, float(p[at]), row.documents, row.units)
        for at, ((left, right), row) in enumerate(zip(pairs, rows, strict=True))
    ]


def _common(statistics: FloatArray, pairs: Pairs, clusters: Sequence[Hashable] | None) -> _Sides:
    """Sum both sides of each pair by unit, over the documents that both have."""
    masks, which = np.unique(present(statistics), axis=0, return_inverse=True)
    left, right = sides(pairs)
    numbers = numbered(clusters, statistics.shape[1])
    kept: dict[tuple[int, int, int], int] = {}
    places = np.zeros((2, len(pairs)), np.int64)
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        first, second = sorted((int(which[one]), int(which[other])))
        for side, row in enumerate((int(one), int(other))):
            places[side, at] = kept.setdefault((row, first, second), len(kept))
    keys = np.array(list(kept), dtype=np.int64).reshape(-1, 3)
    common = masks[keys[:, 1]] * masks[keys[:, 2]]
    totals = totals_by_unit(np.where(common[..., None] > 0, statistics[keys[:, 0]], 0.0), numbers)
    units = (totals_by_unit(common[..., None], numbers) > 0).sum(axis=(1, 2))
    documents = common.sum(axis=1).astype(np.int64)
    return _Sides(on_grid(totals), places[0], places[1], documents[places[0]], units[places[0]])


def _only(sums: FloatArray) -> FloatArray:
    only: FloatArray = sums[..., 0]
    return only


def _difference_of(aggregate: Aggregate, kinds: int) -> Aggregate:
    def difference(sums: FloatArray) -> FloatArray:
        return aggregate(sums[..., :kinds]) - aggregate(sums[..., kinds:])

    return difference


def _slack(both: _Sides, figure: Aggregate, *, means: bool) -> FloatArray:
    """Return how far two differences may lie apart and count as tied: what rounding to the grid can do."""
    if means:
        units = both.totals.values.shape[1]
        return np.full(len(both.left), 2 * units * float(both.totals.step[0]))
    whole = both.totals.values.sum(axis=1)
    return _ROUNDING * (np.abs(figure(whole[both.left])) + np.abs(figure(whole[both.right])))


def _observed(scores: FloatArray, pairs: Pairs, both: _Sides, aggregate: Aggregate | None) -> list[float | None]:
    if aggregate is None:
        apart = differences(scores, pairs)
        return [float(np.nanmean(row)) if there else None for row, there in zip(apart, both.documents, strict=True)]
    whole = both.totals.values.sum(axis=1)
    values = aggregate(whole[both.left]) - aggregate(whole[both.right])
    return [float(value) if there else None for value, there in zip(values, both.documents, strict=True)]


def _bootstrap_p(drawn: FloatArray, observed: FloatArray, units: IntArray) -> FloatArray:
    scale = _ROUNDING * np.abs(np.nan_to_num(drawn)).max(axis=0, initial=0.0)
    with np.errstate(invalid="ignore"):
        extreme = np.sum(np.abs(drawn - observed) >= np.abs(observed) - scale, axis=0)
    p: FloatArray = (extreme + 1) / (len(drawn) + 1)
    return np.where((units > 1) & ~np.isnan(observed), p, 1.0)
