"""Tells which texts lose letters where words are runs of a-z and 0-9: rouge_score's and ROUGE-1.5.5's tokenizers."""

import warnings
from collections.abc import Iterable
from functools import cache
from inspect import currentframe
from typing import Any
from typing import Final

TOLERATED: Final = 0.1
"""The share of a text's letters that may be lost: accents, a foreign name."""

_NO_LETTERS: Final = bytes(byte for byte in range(256) if not chr(byte).isascii() or not chr(byte).isalpha())


class LostLettersWarning(UserWarning):
    """A text was scored of which the tokenizer drops more than a tenth of the letters."""


def drops_letters(text: str) -> bool:
    """Tell whether the `ascii` words, and those of ROUGE-1.5.5, drop more than a tenth of a text's letters.

    A letter and the combining marks behind it are one; it is kept if it is one of a-z or A-Z without a mark. Of a text
    without letters the numbers count.
    """
    if text.isascii():
        return False
    plain = text.encode("ascii", "ignore")
    # Each other character costs one letter at most.
    if len(text) - len(plain) <= TOLERATED * len(plain.translate(None, _NO_LETTERS)):
        return False
    letters, kept, numbers, kept_numbers = _patterns()
    total = _count(letters, text)
    if total:
        return total - _count(kept, text) > TOLERATED * total
    total = _count(numbers, text)
    return total - _count(kept_numbers, text) > TOLERATED * total


class LetterWatch:
    """Warns of the first text that loses letters, once."""

    def __init__(self, *, active: bool) -> None:
        """Warn if `active`."""
        self._active = active

    def look(self, texts: Iterable[str]) -> None:
        """Look at texts that are about to be scored."""
        if self._active and any(map(drops_letters, texts)):
            self._active = False
            warnings.warn(
                "a text loses more than a tenth of its letters, as words are runs of a-z and 0-9 alone: where that is "
                "not meant, give tokenizer=language_tokenizer(language)",
                LostLettersWarning,
                stacklevel=_callers_level(),
            )


def _callers_level() -> int:
    """Return how far up from the function that asks the code stands that called this package."""
    package, level, frame = __name__.rpartition(".")[0], 0, currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith(package):
        frame, level = frame.f_back, level + 1
    return level


@cache
def _patterns() -> tuple[Any, ...]:
    import regex

    found = (r"\p{L}", r"[A-Za-z](?!\p{M})", r"\p{N}", r"[0-9](?!\p{M})")
    return tuple(regex.compile(pattern) for pattern in found)


def _count(pattern: Any, text: str) -> int:  # noqa: ANN401 - regex ships no types
    return sum(1 for _ in pattern.finditer(text))
