"""Proper names of a text, as far as capitals tell them: runs of capitalised words and acronyms."""

from collections.abc import Iterator
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final
from typing import NamedTuple

from sumbench.metrics.support.dates import calendar
from sumbench.metrics.support.numerals import NUMBER_WORDS
from sumbench.metrics.support.tokens import Token
from sumbench.metrics.support.units import units
from sumbench.metrics.support.words import ABBREVIATIONS
from sumbench.metrics.support.words import BEHIND_A_VERB
from sumbench.metrics.support.words import COMMON_ENDINGS
from sumbench.metrics.support.words import CONNECTORS
from sumbench.metrics.support.words import NEVER_NAMES
from sumbench.metrics.support.words import SEASONS
from sumbench.metrics.support.words import TITLES

CAPITALISES_NAMES: Final = frozenset(
    (
        *("en", "fr", "es", "it", "pt", "nl", "da", "sv", "no", "nn", "fi", "is", "pl", "cs", "sk", "sl", "hr", "sr"),
        *("bs", "ru", "uk", "be", "bg", "mk", "ro", "hu", "el", "tr", "et", "lv", "lt", "ca", "gl", "id", "ms", "tl"),
        *("af", "sq", "sw", "pcm"),
    )
)
"""Languages in which a capital within a sentence means a name. German writes every noun with one; others have none."""

INFLECTS_NAMES: Final = frozenset(
    (
        "fi",
        "pl",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "bs",
        "ru",
        "uk",
        "be",
        "bg",
        "mk",
        "hu",
        "el",
        "tr",
        "et",
        "lv",
        "lt",
        "is",
    )
)
"""Languages in which a name has endings."""

_INSIDE: Final = frozenset({" ", "-", "", ", ", "/", " & ", "\u00a0", " (", " - "})
"""What stands between words of one sentence."""
_WITHIN_A_NAME: Final = frozenset({" ", "-", "", "\u00a0"})
_TITLE_CASE: Final = 0.85
_FEWEST_WORDS: Final = 4
_SHORT: Final = 3


class Name(NamedTuple):
    """A run of capitalised words at the offsets `start` to `end`; `words` are those that must be in the source.

    `uncertain` where it may be a common word that only begins a sentence.
    """

    start: int
    end: int
    words: tuple[Token, ...]
    uncertain: bool = False


@cache
def common_words() -> frozenset[str]:
    """Return common English words, in lower case."""
    return frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())


def names(text: str, tokens: Sequence[Token], language: str) -> list[Name]:
    """Return the names of a text in a language (a base code), none in one whose capitals do not tell them."""
    if language not in CAPITALISES_NAMES:
        return []
    excluded = _no_names(language)
    small = {token.folded for token in tokens if token.text[0].islower()}
    found = []
    for run, initial, behind in _runs(text, tokens):
        words = [token for token in run if _may_be_name(token, excluded)]
        begins = bool(initial and words and words[0] is run[0] and not _is_acronym(words[0].text))
        if begins and (language != "en" or _looks_common(words[0].folded) or words[0].folded in small):
            words, begins = words[1:], False
        if begins and len(words) == 1 and behind in BEHIND_A_VERB:
            continue
        if words:
            found.append(Name(words[0].start, words[-1].end, tuple(words), uncertain=begins and len(words) == 1))
    return found


def _runs(text: str, tokens: Sequence[Token]) -> Iterator[tuple[list[Token], bool, str]]:
    """Yield each run of capitalised words (with of between them), whether it begins a sentence, the word behind it."""
    run: list[Token] = []
    initial = False
    waiting: list[Token] = []
    previous: Token | None = None
    for token in tokens:
        gap = text[previous.end : token.start] if previous else "\n"
        abbreviated = previous is not None and gap == ". " and _is_abbreviation(previous)
        if run and not (gap in _WITHIN_A_NAME or abbreviated):
            yield run, initial, token.folded if gap == " " else ""
            run, waiting = [], []
        if token.text != token.text.lower():
            if not run:
                initial = not (gap in _INSIDE or abbreviated)
            run += [*waiting, token]
            waiting = []
        elif run and token.folded in CONNECTORS and len(waiting) < 2:  # noqa: PLR2004 - of the
            waiting.append(token)
        elif run:
            yield run, initial, (waiting or [token])[0].folded
            run, waiting = [], []
        previous = token
    if run:
        yield run, initial, waiting[0].folded if waiting else ""


def _is_abbreviation(token: Token) -> bool:
    return token.folded in ABBREVIATIONS or len(token.text) == 1


def _may_be_name(token: Token, excluded: frozenset[str]) -> bool:
    word = token.folded
    return (
        token.text != token.text.lower()
        and len(word) > 1
        and word not in excluded
        and word.partition("'")[0] not in NEVER_NAMES
    )


@cache
def _no_names(language: str) -> frozenset[str]:
    """Return words that are no names though they have a capital: titles, months, weekdays, seasons, numbers, units."""
    months, weekdays = calendar(language)
    words, _ = units()
    return frozenset({*TITLES, *months, *weekdays, *NUMBER_WORDS, *words, *CONNECTORS, *SEASONS})


def _looks_common(word: str) -> bool:
    """Tell whether an English word that begins a sentence is likely no name."""
    return (
        word in common_words()
        or word.endswith(COMMON_ENDINGS)
        or "'" in word
        or len(word) < _SHORT
        or (word.endswith("s") and (word[:-1] in common_words() or word[:-2] in common_words()))
    )


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def is_title_cased(line: Sequence[str]) -> bool:
    """Tell whether most of the longer words of a line are capitalised, so that capitals tell nothing."""
    words = [word for word in line if len(word) > _SHORT and word[0].isalpha()]
    return len(words) >= _FEWEST_WORDS and sum(word[0].isupper() for word in words) > _TITLE_CASE * len(words)
