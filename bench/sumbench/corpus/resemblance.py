"""Finds near-duplicate documents by bottom-k sketches of their five-word sequences (Broder 1997)."""

import zlib
from array import array
from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS: Final = 5
MIN_RESEMBLANCE: Final = 0.5

_SKETCH: Final = 64
_CROWDED: Final = 50
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class NearDuplicateFinder:
    """Finds texts that resemble each other among those that were added; it keeps half a kilobyte of each.

    The resemblance of two texts is the Jaccard index of their sets of five-word sequences (Broder 1997), estimated
    from the 64 smallest hashes of each. Sequences that occur in very many texts, such as a publisher's footer, do not
    make texts candidates.
    """

    def __init__(self) -> None:
        """Begin without texts."""
        self._hashes = array("Q")
        self._ends = array("q", [0])

    def add(self, text: str) -> None:
        """Add a text."""
        self._hashes.frombytes(_sketch(text).tobytes())
        self._ends.append(len(self._hashes))

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """Yield the indexes of two texts that resemble each other, the earlier first, and how much (0 to 1)."""
        if not self._hashes:
            return
        hashes, ends = np.frombuffer(self._hashes, np.uint64), np.frombuffer(self._ends, np.int64)
        for other, one in sorted(_candidates(hashes, ends), key=lambda pair: pair[::-1]):
            first, second = (hashes[ends[text] : ends[text + 1]] for text in (other, one))
            if (alike := _estimate(first, second)) >= MIN_RESEMBLANCE:
                yield other, one, alike


def _candidates(hashes: NDArray[np.uint64], ends: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Return the pairs of texts that have a hash in common; of texts with the same hash, the first few count."""
    texts = np.repeat(np.arange(len(ends) - 1, dtype=np.uint32), np.diff(ends))
    order = np.argsort(hashes, kind="stable")
    starts = np.flatnonzero(np.diff(hashes[order], prepend=~hashes[order[:1]]))
    sizes = np.diff(starts, append=len(order))
    pairs: set[tuple[int, int]] = set()
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        pairs.update(combinations(texts[order[start : start + min(size, _CROWDED)]].tolist(), 2))
    return pairs


def _sketch(text: str) -> NDArray[np.uint64]:
    words = [zlib.crc32(word.encode()) for word in text.casefold().split()]
    if len(words) < SHINGLE_WORDS:
        return np.empty(0, np.uint64)
    codes = np.array(words, np.uint64)
    hashes = np.zeros(len(codes) - SHINGLE_WORDS + 1, np.uint64)
    for offset in range(SHINGLE_WORDS):
        hashes = (hashes ^ codes[offset : len(codes) - SHINGLE_WORDS + 1 + offset]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)[:_SKETCH]


def _estimate(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    smallest = np.union1d(one, other)[:_SKETCH]
    both = np.intersect1d(np.intersect1d(one, other), smallest)
    return len(both) / len(smallest)
