"""Repetition within a text: of n-grams, and of sentences, exactly or nearly."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

ALIKE = 0.8
"""The share of word pairs that nearly equal sentences have in common, as Dice's coefficient."""

LOOKED_AT = 200
"""How many of the different sentences before it a sentence is compared with, the latest ones."""


class Repeat(NamedTuple):
    """A sentence, by its number from 0, that repeats an `earlier` one, exactly or nearly."""

    sentence: int
    earlier: int
    exact: bool


def repeated_share(words: Sequence[str], order: int) -> float:
    """Return the share (0 to 1) of a text's n-grams that came before in it: 1 - different n-grams / all n-grams.

    That is rep-n of Su et al. (2022), "A Contrastive Framework for Neural Text Generation", section 5.1, after Welleck
    et al. (2020). A text that is shorter than one n-gram repeats none.
    """
    total = len(words) - order + 1
    if total < 2:  # noqa: PLR2004 - one repeats nothing
        return 0.0
    return 1 - len(set(zip(*(words[start:] for start in range(order)), strict=False))) / total


def repeats(sentences: Sequence[Sequence[str]]) -> list[Repeat]:
    """Return the sentences, each given by its words, that repeat an earlier one; those without words repeat nothing.

    Exactly: the same words. Nearly: 2 · shared pairs of words / pairs of both is at least 0.8 (Dice 1945), for
    sentences of three words and more.
    """
    found = []
    first: dict[tuple[str, ...], int] = {}
    known: list[tuple[int, Counter[tuple[str, str]], int]] = []
    for at, words in enumerate(sentences):
        if not words:
            continue
        earlier = first.setdefault(tuple(words), at)
        if earlier != at:
            found.append(Repeat(at, earlier, exact=True))
            continue
        size = len(words) - 1
        if size < 2:  # noqa: PLR2004 - of one pair nothing is nearly the same
            continue
        pairs = Counter(pairwise(words))
        for number, others, length in known[-LOOKED_AT:]:
            # No more pairs can be shared than the shorter one has.
            if 2 * min(size, length) < ALIKE * (size + length):
                continue
            shared = sum(min(count, others[pair]) for pair, count in pairs.items() if pair in others)
            if 2 * shared >= ALIKE * (size + length):
                found.append(Repeat(at, number, exact=False))
                break
        known.append((at, pairs, size))
    return found
