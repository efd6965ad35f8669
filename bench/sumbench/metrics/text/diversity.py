"""Lexical diversity: MTLD, the measure of textual lexical diversity."""

from collections.abc import Iterable
from collections.abc import Sequence

THRESHOLD = 0.72
"""The type-token ratio at which a stretch of words is at its end, where it has become stable in most texts."""

FEWEST = 50
"""Words from which on the measure is taken; it becomes steady at about 100 (Koizumi and In'nami 2012)."""


def mtld(words: Sequence[str]) -> float | None:
    """Return the mean length of the stretches of words whose type-token ratio stays above 0.72.

    McCarthy and Jarvis (2010), "MTLD, vocd-D, and HD-D": the number of words over the number of stretches, of which the
    last counts as the part of one that its ratio has come down by; the mean of this forwards and backwards. None for
    fewer than 50 words, and where no word comes twice in any stretch, so that there is none.
    """
    if len(words) < FEWEST:
        return None
    forwards, backwards = _factors(words), _factors(reversed(words))
    if not forwards or not backwards:
        return None
    return len(words) * (1 / forwards + 1 / backwards) / 2


def _factors(words: Iterable[str]) -> float:
    factors, seen, number, ratio = 0.0, set[str](), 0, 1.0
    for word in words:
        number += 1
        seen.add(word)
        ratio = len(seen) / number
        if ratio <= THRESHOLD:
            factors, number, ratio = factors + 1, 0, 1.0
            seen.clear()
    return factors + (1 - ratio) / (1 - THRESHOLD)
