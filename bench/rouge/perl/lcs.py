"""ROUGE-L at summary level: the union of longest common subsequences (C.-Y. Lin, ROUGE, 2004, section 3.2)."""

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cached_property

from bench.rouge.perl.counts import Counts
from bench.rouge.perl.counts import share
from bench.rouge.perl.text import Text


class Sentences:
    """The sentences of a text, and how often each token may be hit.

    Attributes:
        sentences: tokens sentence by sentence, as they are aligned.
        budget: how often each token occurs in the text.
        length: number of tokens in the text.
    """

    def __init__(self, text: Text) -> None:
        """Count the tokens of `text`."""
        self.sentences = text.sentences
        self.budget = Counter(text.tokens)
        self.length = len(text.tokens)

    @cached_property
    def columns(self) -> list[dict[str, int]]:
        """For each sentence, where each of its tokens stands: bit j of a token's number is set if it is the j-th."""
        return [_columns(sentence) for sentence in self.sentences]


class Lcs:
    """ROUGE-L: for each reference sentence, the tokens on a longest common subsequence with any system sentence."""

    name = "ROUGE-L"

    def profile(self, text: Text) -> Sentences:
        """Count the tokens of `text`."""
        return Sentences(text)

    def count(self, system: Sentences, reference: Sentences) -> Counts:
        """Return the counts of a pair; a token is hit at most as often as it occurs in either text."""
        budget = shared_budget(system, reference)
        hits = 0
        for sentence in reference.sentences:
            union = 0
            for columns, other in zip(system.columns, system.sentences, strict=True):
                union |= lcs_positions(sentence, columns, len(other))
            hits += sum(accepted(sentence, union, budget))
        total = sum(map(len, reference.sentences))
        return Counts(total, system.length, hits, share(hits, total))

    def rate(self, hits: float, base: float) -> float:
        """Return the share of `base` that was hit, 0 if there is no base."""
        return share(hits, base)


def shared_budget(system: Sentences, reference: Sentences) -> dict[str, int]:
    """Return how often each token can be hit: as often as it occurs in both texts."""
    return dict(system.budget & reference.budget)


def accepted(sentence: Sequence[str], union: int, budget: dict[str, int]) -> Iterator[bool]:
    """Say for each token whether it is in the `union` and within the `budget`, and take it from the budget if so."""
    for token in sentence:
        hit = bool(union & 1) and budget.get(token, 0) > 0
        if hit:
            budget[token] -= 1
        union >>= 1
        yield hit


def lcs_positions(reference: Sequence[str], columns: Mapping[str, int], length: int) -> int:
    """Return the positions in `reference` on its longest common subsequence with a system sentence, as set bits.

    The system sentence has `length` tokens; `columns` says where each of them stands. Of several longest common
    subsequences it is the one that the original walks: back from the two ends, pairing equal tokens, and where they
    differ dropping the reference token unless that shortens the subsequence.

    The rows of the table are bit vectors of where it grows from one column to the next (L. Allison and T. I. Dix, A
    bit-string longest-common-subsequence algorithm, Information Processing Letters 23, 1986).
    """
    rows = [0]
    matches = []
    for position, token in enumerate(reference):
        match = columns.get(token)
        if match:
            above = rows[-1]
            candidates = above | match
            rows.append(candidates & ((candidates - (above << 1 | 1)) ^ candidates))
            matches.append((position, match))
    positions = 0
    window = (1 << length) - 1
    for row in range(len(matches), 0, -1):
        position, match = matches[row - 1]
        match &= window
        if not match:
            continue
        # Equal tokens at the corner are paired. Else the walk goes up if the row above is as long, or left to the
        # nearest equal token.
        if match > window >> 1 or (rows[row] & window).bit_count() > (rows[row - 1] & window).bit_count():
            positions |= 1 << position
            window = (1 << match.bit_length() - 1) - 1
            if not window:
                break
    return positions


def _columns(sentence: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, token in enumerate(sentence):
        columns[token] = columns.get(token, 0) | 1 << position
    return columns
