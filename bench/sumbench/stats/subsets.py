"""Subsets of a corpus, all of them or random ones with their complements: the sign flips of a paired test."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.units import WORKING_BYTES

EXACT_UNITS = 14
"""Up to this many units, all subsets are gone through."""


class SubsetSums(NamedTuple):
    """Sums over subsets of the units: `sums` has shape (rows, subsets).

    Where they are `exact`, the subsets are all but the empty one and the whole; else random ones, each followed by its
    complement. `patterns` is how many sign patterns they stand for, the data themselves included.
    """

    sums: FloatArray
    exact: bool
    patterns: int

    @property
    def given(self) -> int:
        """How many patterns are as extreme as the data whatever these are: the data, and if exact, their mirror."""
        return 2 if self.exact else 1


def subset_sums(
    totals: FloatArray, rng: np.random.Generator, draws: int, working_bytes: int = WORKING_BYTES
) -> SubsetSums:
    """Sum totals of shape (rows, units) over subsets of the units, the same for every row.

    Args:
        totals: What is summed; on a grid, the sums are exact, whatever is held in memory at once.
        rng: Where random subsets come from: they depend on the number of units and draws alone.
        draws: How many random subsets, complements included; an odd number is raised by one.
        working_bytes: The size of the largest intermediate array; it changes no result.
    """
    rows, units = totals.shape
    columns = np.ascontiguousarray(totals.T)
    if units <= EXACT_UNITS:
        return SubsetSums(np.ascontiguousarray((every_subset(units)[1:-1] @ columns).T), exact=True, patterns=2**units)
    half = max(1, -(-draws // 2))
    whole = totals.sum(axis=1, keepdims=True)
    sums = np.empty((rows, 2, half))
    at = 0
    for subsets in random_subsets(rng, half, units, max(1, working_bytes // (8 * units))):
        sums[:, 0, at : at + len(subsets)] = (subsets @ columns).T
        at += len(subsets)
    sums[:, 1] = whole - sums[:, 0]
    return SubsetSums(sums.reshape(rows, 2 * half), exact=False, patterns=2 * half + 1)


def every_subset(units: int) -> FloatArray:
    """Return all 2**units subsets, a row each with a 1 for every member: the empty one first, the whole last."""
    return (np.arange(2**units)[:, None] >> np.arange(units) & 1).astype(np.float64)


def random_subsets(rng: np.random.Generator, subsets: int, units: int, rows: int) -> Iterator[FloatArray]:
    """Yield random subsets, a row each, `rows` at a time; the array is reused for the next ones.

    A unit takes one bit of a 64-bit draw, the least significant first, so that `rows` changes no draw.
    """
    words = -(-units // 64)
    bits_of_byte = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.float64)
    space = np.empty((min(rows, subsets), words * 8, 8))
    for start in range(0, subsets, rows):
        chunk = min(rows, subsets - start)
        drawn = rng.integers(0, 1 << 64, size=(chunk, words), dtype=np.uint64).astype("<u8", copy=False)
        bits_of_byte.take(drawn.view(np.uint8), axis=0, out=space[:chunk], mode="clip")
        yield space[:chunk].reshape(chunk, -1)[:, :units]
