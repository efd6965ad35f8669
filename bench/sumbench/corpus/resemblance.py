"""Finds near-duplicate documents by bottom-k sketches of their five-word sequences (Broder 1997)."""

import zlib
from collections import defaultdict
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS: Final = 5
MIN_RESEMBLANCE: Final = 0.5

_SKETCH: Final = 64
_CROWDED: Final = 50
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


class NearDuplicateFinder:
    """Compares each added text with the earlier ones.

    The resemblance of two texts is the Jaccard index of their sets of five-word sequences (Broder 1997), estimated
    from the 64 smallest hashes of each. Sequences that occur in very many texts, such as a publisher's footer, do not
    make texts candidates.
    """

    def __init__(self) -> None:
        """Begin without texts."""
        self._sketches: list[NDArray[np.uint64]] = []
        self._texts_by_hash: dict[int, list[int]] = defaultdict(list)

    def add(self, text: str) -> list[tuple[int, float]]:
        """Add a text; return the indexes of the earlier texts that it resembles, with the resemblance (0 to 1)."""
        sketch = _sketch(text)
        index = len(self._sketches)
        shared: dict[int, int] = defaultdict(int)
        for value in sketch.tolist():
            texts = self._texts_by_hash[value]
            if len(texts) < _CROWDED:
                for other in texts:
                    shared[other] += 1
                texts.append(index)
        self._sketches.append(sketch)
        found = ((other, _estimate(sketch, self._sketches[other])) for other, _ in shared.items())
        return [(other, alike) for other, alike in found if alike >= MIN_RESEMBLANCE]


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
