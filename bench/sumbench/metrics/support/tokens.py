"""Words, numbers and signs of a text with their offsets."""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from typing import NamedTuple

_NUMBER: Final = r"\d{1,3}(?: \d{3})+(?![\d.,]*\d)|\d+(?:[.,:/'’\u00a0\u202f\u2009]\d+)*(?: \.\d+)?"
_SIGN: Final = "[%‰٪％$€£¥₹₽₩₺₴₪°]"
_INITIALS: Final = r"(?<![^\W\d_])(?:[^\W\d_]\.){2,}"
_LETTERS: Final = r"[^\W\d_]+"
_LETTERS_WITH_MARKS: Final = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*"


def _pattern(letters: str) -> re.Pattern[str]:
    return re.compile(rf"{letters}(?:['’]{letters})*(?!\.[^\W\d_]\.)|{_INITIALS}|{letters}|{_NUMBER}|{_SIGN}")


_TOKENS: Final = _pattern(_LETTERS)
_TOKENS_WITH_MARKS: Final = _pattern(_LETTERS_WITH_MARKS)
_MARK: Final = re.compile(r"[\u0300-\u036f]")
_POSSESSIVE: Final = re.compile(r"'s$|(?<=s)'$")


class Token(NamedTuple):
    """A word, number or sign: its offsets, its text, and that in lower case without diacritics and possessive."""

    start: int
    end: int
    text: str
    folded: str


def tokenize(text: str) -> list[Token]:
    """Return the words (initials such as U.S. are one), numbers (1,000 and 03/05 are one) and signs of a text."""
    if text.isascii():
        lower = text.lower()
        return [
            Token(start, end, text[start:end], _base(lower[start:end]))
            for start, end in (found.span() for found in _TOKENS.finditer(text))
        ]
    pattern = _TOKENS_WITH_MARKS if _MARK.search(text) else _TOKENS
    return [Token(*found.span(), found[0], fold(found[0])) for found in pattern.finditer(text)]


def _base(word: str) -> str:
    return _POSSESSIVE.sub("", word) if "'" in word else word


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return a word in lower case, without diacritics and without the 's of a possessive."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.replace("’", "'"))
        # A letter that is a mark by its compatible form alone, as Japanese ones of half width, stays.
        word = "".join(sign for sign in word if not unicodedata.combining(sign)) or word
    return _base(word.casefold())
