"""Paired tests of every pair of systems on the documents that both have."""

from collections.abc import Hashable
from collections.abc import Sequence
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import differences
from sumbench.stats.arrays import sides
from sumbench.stats.permutations import EXTREME
from sumbench.stats.permutations import Alternative
from sumbench.stats.permutations import Ends
from sumbench.stats.permutations import count_extreme
from sumbench.stats.permutations import every_pattern
from sumbench.stats.permutations import random_patterns
from sumbench.stats.units import WORKING_BYTES
from sumbench.stats.units import Grid
from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import present
from sumbench.stats.units import totals_by_unit

RandomizationKind: TypeAlias = Literal["exact", "random"]

PERMUTATIONS = 10_000
EXACT_UNITS = 14
"""Up to this many units that differ, all 2**units sign patterns are gone through."""


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
    kind: RandomizationKind
    patterns: int


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
    clusters: Sequence[Hashable] | None = None,
    permutations: int = PERMUTATIONS,
    alternative: Alternative = "two-sided",
    working_bytes: int = WORKING_BYTES,
) -> list[Randomization]:
    """Test each pair by approximate randomization: under the null, the two outputs of a document may be exchanged.

    The statistic is the difference of the means. With at most `EXACT_UNITS` units on which the
    two differ, every exchange is gone through and p is the share as extreme as the one observed, which is among them;
    otherwise p = (1 + as extreme) / (1 + permutations), which keeps the size of the test (Phipson & Smyth 2010,
    "Permutation p-values should never be zero"). Identical systems, and systems without a common document,
    have p = 1. The test is that of Noreen (1989); for summaries and translations see Riezler & Maxwell (2005).

    Args:
        scores: Shape (rows, documents), NaN where a system failed.
        pairs: The row numbers of the two sides of each test.
        rng: Where the exchanges come from; all pairs share the same ones.
        clusters: One label a document; documents with the same label are exchanged together.
        permutations: How many random exchanges to draw.
        alternative: What counts as extreme: any difference ("two-sided"), or left below right ("less").
        working_bytes: The size of the largest intermediate array; it changes no result.

    Returns:
        One test a pair, in order.

    Raises:
        ValueError: If there is not one label a document, or fewer than one permutation is asked for.
    """
    if permutations < 1:
        raise ValueError(f"{permutations} permutations: 1 or more are needed")
    both = _common(scores, pairs, clusters)
    totals = both.totals.values[..., 0]
    differing = totals[both.left] != totals[both.right]
    exact = differing.sum(axis=1) <= EXACT_UNITS
    extreme, patterns = np.zeros(len(pairs), np.int64), np.where(exact, 2 ** (differing.sum(axis=1) * exact), 0)
    _, units = totals.shape
    # What rounding to the grid can do is no difference.
    slack = 2 * units * float(both.totals.step[0])
    for pair in np.flatnonzero(exact):
        few = totals[[both.left[pair], both.right[pair]]]
        moved, kept = few[:, differing[pair]], few[:, ~differing[pair]].sum(axis=1, keepdims=True)
        extreme[pair] = count_extreme(
            np.concatenate([moved, kept], axis=1),
            Ends(np.array([0]), np.array([1])),
            [every_pattern(moved.shape[1])],
            EXTREME[alternative],
            slack,
        )[0]
    if not exact.all():
        rows = max(1, working_bytes // (8 * max(units, len(pairs))))
        extreme[~exact] = count_extreme(
            totals,
            Ends(both.left[~exact], both.right[~exact]),
            random_patterns(rng, permutations, units, rows),
            EXTREME[alternative],
            slack,
        )
        patterns[~exact] = permutations
    p = np.where(exact, extreme / np.maximum(patterns, 1), (extreme + 1) / (permutations + 1))
    apart = differences(scores, pairs)
    return [
        Randomization(
            left,
            right,
            float(np.nanmean(apart[at])) if both.documents[at] else None,
            float(p[at]),
            int(both.documents[at]),
            int(both.units[at]),
            "exact" if exact[at] else "random",
            int(patterns[at]),
        )
        for at, (left, right) in enumerate(pairs)
    ]


def _common(scores: FloatArray, pairs: Pairs, clusters: Sequence[Hashable] | None) -> _Sides:
    """Sum both sides of each pair by unit, over the documents that both have."""
    statistics = scores[..., None]
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
