"""Extractive fragments: the spans of words that a summary shares with its document, matched greedily."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple


class Fragment(NamedTuple):
    """Words that stand in summary and source alike: where they begin in each, in words, and how many they are."""

    summary: int
    source: int
    length: int


class SourceWords:
    """The words of a document, indexed for the search of fragments and n-grams of its summaries."""

    def __init__(self, words: Sequence[str]) -> None:
        """Take the document's words in order."""
        self.words = words
        self._grams: dict[int, set[tuple[str, ...]]] = {}

    @cached_property
    def _first(self) -> dict[str, int]:
        first: dict[str, int] = {}
        for at, word in enumerate(self.words):
            first.setdefault(word, at)
        return first

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], list[int]]:
        pairs: dict[tuple[str, str], list[int]] = {}
        for at, pair in enumerate(pairwise(self.words)):
            pairs.setdefault(pair, []).append(at)
        return pairs

    def grams(self, order: int) -> set[tuple[str, ...]]:
        """Return the document's different n-grams of so many words."""
        if order not in self._grams:
            self._grams[order] = ngrams(self.words, order)
        return self._grams[order]

    def fragments(self, summary: Sequence[str]) -> list[Fragment]:
        """Return the fragments of a summary, F(A, S) of Grusky et al. (2018), figure 3, in order.

        From left to right, the longest span of words that begins at a word of the summary and stands in the source is
        taken, and the search goes on behind it. As there, the source is scanned from its beginning and a match is not
        looked into once it is found; of several longest ones the first is taken.
        """
        found = []
        at, first, pairs = 0, self._first, self._pairs
        last = len(summary) - 1
        while at <= last:
            start = first.get(summary[at])
            if start is None:
                at += 1
                continue
            best = Fragment(at, start, 1)
            if at < last and (starts := pairs.get((summary[at], summary[at + 1]))):
                best = self._longest(summary, at, starts)
            found.append(best)
            at += best.length
        return found

    def _longest(self, summary: Sequence[str], at: int, starts: Sequence[int]) -> Fragment:
        """Return the longest match of the summary's words from `at` on, at places where two of them stand."""
        words, size, room = self.words, len(self.words), len(summary) - at
        best = Fragment(at, starts[0], 0)
        end = 0
        for start in starts:
            if start < end:
                continue
            most, length = min(room, size - start), 2
            while length < most and words[start + length] == summary[at + length]:
                length += 1
            end = start + length
            if length > best.length:
                best = Fragment(at, start, length)
                if length == room:
                    break
        return best


def ngrams(words: Sequence[str], order: int) -> set[tuple[str, ...]]:
    """Return the different n-grams of so many words."""
    return set(zip(*(words[start:] for start in range(order)), strict=False))
