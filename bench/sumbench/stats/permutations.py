"""What a paired randomization test counts: exchanges of the two sides that are as extreme as the data."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray

Alternative: TypeAlias = Literal["two-sided", "less"]
Extreme: TypeAlias = Callable[[FloatArray, FloatArray, float], NDArray[np.bool_]]
"""Whether drawn differences are as extreme as the observed ones, up to a slack within which they count as tied."""


class Ends(NamedTuple):
    """The rows on both sides of each pair."""

    left: IntArray
    right: IntArray


def count_extreme(
    totals: FloatArray, pairs: Ends, patterns: Iterable[FloatArray], extreme: Extreme, slack: float
) -> IntArray:
    """Count the patterns whose difference is as extreme as the observed one.

    `totals` has shape (rows, units), the result one count a pair. A pattern is a row of zeros and ones; one means that
    the unit's two sides are exchanged; units beyond the pattern's stay. The sums of the exchanged units are a matrix
    product of patterns and totals, from which every pair's new totals follow. Differences that lie `slack` apart tie.
    """
    left, right = pairs
    columns = np.ascontiguousarray(totals.T)
    whole = totals.sum(axis=1)
    observed = whole[left] - whole[right]
    count = np.zeros(len(observed), np.int64)
    for pattern in patterns:
        exchanged = pattern @ columns[: pattern.shape[1]]
        gained = exchanged[:, right] - exchanged[:, left]
        drawn = (whole[left] + gained) - (whole[right] - gained)
        count += extreme(drawn, observed, slack).sum(axis=0)
    return count


def _two_sided(drawn: FloatArray, observed: FloatArray, slack: float) -> NDArray[np.bool_]:
    return np.abs(drawn) >= np.abs(observed) - slack


def _less(drawn: FloatArray, observed: FloatArray, slack: float) -> NDArray[np.bool_]:
    return drawn <= observed + slack


EXTREME: Mapping[Alternative, Extreme] = {"two-sided": _two_sided, "less": _less}


def every_pattern(units: int) -> FloatArray:
    """Return all 2**units patterns of as many units, a row each."""
    return (np.arange(2**units)[:, None] >> np.arange(units) & 1).astype(np.float64)


def random_patterns(rng: np.random.Generator, permutations: int, units: int, rows: int) -> Iterator[FloatArray]:
    """Yield random patterns, a row a permutation, `rows` at a time; a pattern lasts until the next are asked for.

    A unit takes one bit of a 64-bit draw, the least significant first, so that `rows` changes no draw.
    """
    words = -(-units // 64)
    bits_of_byte = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.float64)
    space = np.empty((min(rows, permutations), words * 8, 8))
    for start in range(0, permutations, rows):
        chunk = min(rows, permutations - start)
        drawn = rng.integers(0, 1 << 64, size=(chunk, words), dtype=np.uint64).astype("<u8", copy=False)
        bits_of_byte.take(drawn.view(np.uint8), axis=0, out=space[:chunk], mode="clip")
        yield space[:chunk].reshape(chunk, -1)[:, :units]
