"""ROUGE-N and ROUGE-S: shared n-grams and skip-bigrams (C.-Y. Lin, ROUGE, 2004, sections 2 and 5)."""

from collections import Counter
from collections.abc import Hashable
from typing import NamedTuple

from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import share
from sumbench.rouge.perl.text import Text


class Grams(NamedTuple):
    """How often each unit occurs in a text, and how many there are."""

    occurrences: Counter[Hashable]
    total: int


class _SharedGrams:
    """Counts a shared unit as often as it occurs in both texts."""

    def count(self, system: Grams, reference: Grams) -> PerlCounts:
        """Return the counts of the two texts with these units."""
        here, there = system.occurrences, reference.occurrences
        hits = sum(min(here[gram], there[gram]) for gram in here.keys() & there.keys())
        return PerlCounts(reference.total, system.total, hits, round(share(hits, reference.total), 5))

    def rate(self, hits: float, base: float) -> float:
        """Return the share of `base` that was hit, 0 if there is no base."""
        return share(hits, base)


class Ngrams(_SharedGrams):
    """ROUGE-N: n-grams of all tokens, across the ends of sentences."""

    def __init__(self, length: int) -> None:
        """Count n-grams of `length` tokens."""
        self.name = f"ROUGE-{length}"
        self._length = length

    def profile(self, text: Text) -> Grams:
        """Count the n-grams of `text`."""
        tokens = text.tokens
        grams = tokens if self._length == 1 else zip(*(tokens[i:] for i in range(self._length)), strict=False)
        return Grams(Counter(grams), max(0, len(tokens) - self._length + 1))


class SkipBigrams(_SharedGrams):
    """ROUGE-S and ROUGE-SU: ordered pairs of tokens with a bounded number of tokens between them."""

    def __init__(self, gap: int, *, unigrams: bool) -> None:
        """Count pairs with at most `gap` tokens between (any number if negative), and `unigrams` too for ROUGE-SU."""
        self.name = f"ROUGE-S{'U' if unigrams else ''}{gap if gap >= 0 else '*'}"
        self._gap = gap
        self._unigrams = unigrams

    def profile(self, text: Text) -> Grams:
        """Count the skip-bigrams of `text`; as in the original its last token is never counted as a unigram."""
        tokens = text.tokens
        reach = self._gap + 1 if self._gap >= 0 else len(tokens)
        occurrences: Counter[Hashable] = Counter()
        for i, first in enumerate(tokens[:-1]):
            occurrences.update([(first, second) for second in tokens[i + 1 : i + 1 + reach]])
        if self._unigrams:
            occurrences.update(tokens[:-1])
        return Grams(occurrences, occurrences.total())
