"""Readability formulas: Flesch reading ease by language, and the automated readability index."""

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sumbench.languages import base

_LETTERS = re.compile(r"[^\W\d_]+")
_LETTERS_AND_DIGITS = re.compile(r"[^\W_]")

_ENGLISH_VOWELS = re.compile("[aeiouy]+")
_SILENT = re.compile("(?:[^aeiouylr]|[aeiouyr]r|[aeiouy]l)e$|[^aeiouytd]ed$|[^aeiouysxzlcg]es$|[^aeiouyslcghxz]es$")
_APART = re.compile("ia(?!l$|n$)|(?<![cstgx])i[ao]|[aeiouy]ing|eo(?![pur])|uou|[^q]ua|ism$|[^aeiouy]ier$")
_GERMAN_VOWELS = re.compile("aa|ee|oo|ie|ei|ai|au|äu|eu|ey|ay|[aeiouyäöüéèàâêôœ]")
_RUSSIAN_VOWELS = re.compile("[аеёиоуыэюя]")


class Flesch(NamedTuple):
    """A Flesch formula: `constant` - `sentence` · words a sentence - `word` · syllables a word; where it is from."""

    constant: float
    sentence: float
    word: float
    source: str
    syllables: Callable[[str], int]


class Readability(NamedTuple):
    """The two values, None where they are not defined for the language or the text."""

    flesch: float | None
    ari: float | None


def readability(text: str, sentences: int, language: str) -> Readability:
    """Return how easily a text of so many sentences is read.

    `flesch` is the reading ease, about 0 (very hard) to 100 (very easy), of English (Flesch 1948), German (Amstad 1978)
    and Russian (Oborneva 2006), its syllables counted by rules. `ari` is the automated readability index of English
    (Senter and Smith 1967), about the school grade: 4.71 · letters and digits a word + 0.5 · words a sentence - 21.43.
    Words are what stands between blanks and has a letter or digit; one without letters counts as one syllable.
    """
    code = base(language) if language else "en"
    formula = FORMULAS.get(code)
    words = [found for word in text.split() if (found := _measured(word, code)).letters] if formula else []
    if formula is None or not words:
        return Readability(None, None)
    length = len(words) / max(1, sentences)
    spoken = sum(word.syllables for word in words) / len(words)
    ease = formula.constant - formula.sentence * length - formula.word * spoken
    letters = sum(word.letters for word in words) / len(words)
    return Readability(ease, 4.71 * letters + 0.5 * length - 21.43 if code == "en" else None)


class _Word(NamedTuple):
    """How many letters and digits a word has, and how many syllables."""

    letters: int
    syllables: int


@lru_cache(maxsize=1 << 16)
def _measured(word: str, code: str) -> _Word:
    return _Word(len(_LETTERS_AND_DIGITS.findall(word)), FORMULAS[code].syllables(word.lower()))


def english_syllables(word: str) -> int:
    """Return the syllables of an English word in small letters, by rules; those of its parts together.

    Of the running words of news that CMUdict has, 97 % have as many as there, and all together 0.1 % fewer or more.
    """
    return max(1, sum(map(_english, _LETTERS.findall(word.replace("'", "").replace("’", "")))))


def _english(word: str) -> int:
    count = len(_ENGLISH_VOWELS.findall(word)) - bool(_SILENT.search(word)) + len(_APART.findall(word))
    return max(1, count)


def german_syllables(word: str) -> int:
    """Return the syllables of a German word in small letters: its vowels, of which some stand together."""
    return max(1, len(_GERMAN_VOWELS.findall(word)))


def russian_syllables(word: str) -> int:
    """Return the syllables of a Russian word in small letters: its vowels."""
    return max(1, len(_RUSSIAN_VOWELS.findall(word)))


FORMULAS = MappingProxyType(
    {
        "en": Flesch(206.835, 1.015, 84.6, "flesch-1948", english_syllables),
        "de": Flesch(180.0, 1.0, 58.5, "amstad-1978", german_syllables),
        "ru": Flesch(206.835, 1.3, 60.1, "oborneva-2006", russian_syllables),
    }
)
"""Languages with a Flesch formula of their own."""
