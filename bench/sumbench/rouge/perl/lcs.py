"""ROUGE-L at summary level: the union of longest common subsequences (C.-Y. Lin, ROUGE, 2004, section 3.2)."""

from collections import Counter
from typing import NamedTuple

from sumbench.rouge.lcs import positions
from sumbench.rouge.lcs import union_lcs
from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.counts import share
from sumbench.rouge.perl.text import Text


class LcsSentences(NamedTuple):
    """The sentences of a text, and how often each token may be hit.

    Attributes:
        sentences: tokens sentence by sentence, as they are aligned.
        budget: how often each token occurs in the text.
    """

    sentences: list[list[str]]
    budget: Counter[str]

    @classmethod
    def of(cls, text: Text) -> "LcsSentences":
        """Count the tokens of `text`."""
        return cls(text.sentences, Counter(text.tokens))


class Lcs:
    """ROUGE-L: for each reference sentence, the tokens on a longest common subsequence with any system sentence."""

    name = "ROUGE-L"

    def profile(self, text: Text) -> LcsSentences:
        """Return the sentences of `text`."""
        return LcsSentences.of(text)

    def count(self, system: LcsSentences, reference: LcsSentences) -> PerlCounts:
        """Return the counts of a pair; a token is hit at most as often as it occurs in either text."""
        matched: Counter[str] = Counter()
        for sentence in reference.sentences:
            matched.update([sentence[position] for position in positions(union_lcs(sentence, system.sentences))])
        hits = (matched & system.budget & reference.budget).total()
        base = sum(map(len, reference.sentences))
        return PerlCounts(base, system.budget.total(), hits, share(hits, base))

    def rate(self, hits: float, base: float) -> float:
        """Return the share of `base` that was hit, 0 if there is no base."""
        return share(hits, base)
