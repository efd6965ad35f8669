"""N-gram counts of one pair of texts; the reference implementation for `units`."""

from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Sequence

from sumbench.rouge.counts import Counts


def ngrams(tokens: Sequence[Hashable], order: int) -> Iterable[Hashable]:
    """Return the n-grams of `order` adjacent tokens, in order; a unigram is the token, the others are tuples."""
    return tokens if order == 1 else zip(*(tokens[start:] for start in range(order)), strict=False)


def clipped_hits(reference: Iterable[Hashable], system: Iterable[Hashable]) -> int:
    """Return how many units of two bags match one to one: the sum over different units of the smaller count.

    Lin (2004), "ROUGE: A Package for Automatic Evaluation of Summaries", equation 1.
    """
    unmatched: dict[Hashable, int] = {}
    count = unmatched.get
    for unit in reference:
        unmatched[unit] = count(unit, 0) + 1
    hits = 0
    for unit in system:
        if left := count(unit):
            unmatched[unit] = left - 1
            hits += 1
    return hits


def ngram_counts(reference: Sequence[Hashable], system: Sequence[Hashable], order: int) -> Counts:
    """Return ROUGE-N's counts of a reference's and a summary's tokens. N-grams cross sentence ends."""
    return Counts(
        hits=clipped_hits(ngrams(reference, order), ngrams(system, order)),
        reference=max(len(reference) - order + 1, 0),
        system=max(len(system) - order + 1, 0),
    )
