"""Words by Unicode's rules: UAX #29, and letters with their marks in scripts without blanks between words."""

import unicodedata
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from typing import Final

import regex

from sumbench.rouge.cache import BoundedCache

_TURKISH_I: Final = str.maketrans({"İ": "i", "I": "ı"})
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\uff07\u02b9\u00b4\u2032", "'"))
_DOTTED_I: Final = "i\u0307"
_JOINERS: Final = "\u200c\u200d"
_ZERO_WIDTH_SPACE: Final = "\u200b"
_MANY_MARKS: Final = regex.compile(r"\p{M}{31}")
_THIRTY_MARKS: Final = regex.compile(r"\p{M}{30}(?=\p{M})")
# Normalizing is slow for characters that stand for many; it gives the same if they are replaced first.
_PHRASES: Final = tuple((sign, unicodedata.normalize("NFKC", sign)) for sign in "\ufdfa\ufdfb")
_LONGEST_KEPT: Final = 64
_KEPT: Final = 1 << 18

_BOUNDARY: Final = regex.compile(r"(?V1w)\b")
_EXTENDING: Final = regex.compile(r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]")
_LETTER_OR_NUMBER: Final = regex.compile(r"[\p{L}\p{N}]")
_INVISIBLE: Final = regex.compile(rf"[\p{{Cf}}--[{_JOINERS}]]", flags=regex.V1)
# The rule that pairs the letters of flags looks back over all of them; no text has so many in a row.
_FLAGS: Final = regex.compile(r"\p{Regional_Indicator}{64,}+")

_UNSPACED: Final = r"[\p{L}&&[\p{lb=SA}\p{lb=AK}\p{lb=AP}\p{lb=AS}]]"
_MARK: Final = rf"[\p{{M}}{_JOINERS}\u0e33\u0eb3]"
_CLUSTER: Final = regex.compile(
    # Below a stacking sign, the next letter belongs to the one above it.
    rf"{_UNSPACED}{_MARK}*+(?:(?<=[\p{{InSC=Invisible_Stacker}}\p{{InSC=Virama}}]){_UNSPACED}{_MARK}*+)*+",
    flags=regex.V1,
)
_UNSPACED_RUN: Final = regex.compile(rf"(?:{_UNSPACED}{_MARK}*+)++", flags=regex.V1)

# NFKC takes the vowel AM apart into a mark and a letter of its own; tone marks were typed before or after it.
_AM: Final = (
    (regex.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32"), "\\1\\2\u0e33"),
    (regex.compile("([\u0ec8-\u0ecb]?)\u0ecd([\u0ec8-\u0ecb]?)\u0eb2"), "\\1\\2\u0eb3"),
)


@dataclass(frozen=True)
class Cutter:
    """A way to cut runs of some script's letters: a compiled pattern of the `runs`, and the function that cuts one."""

    runs: Any
    cut: Callable[[str], list[str]]


_CLUSTERS: Final = Cutter(_UNSPACED_RUN, _CLUSTER.findall)


def unicode_words(text: str) -> list[str]:
    """Return the words of UAX #29 that have a letter or a number, folded (`folded`)."""
    return list(_words(folded(text)))


def unspaced_words(text: str, cutter: Cutter | None = None) -> list[str]:
    """Return words as `unicode_words` does, but those of scripts without blanks between words as `cutter` cuts them.

    By default letters of such scripts stand one by one, each with its marks.
    """
    shown = folded(text.replace(_ZERO_WIDTH_SPACE, " "))
    if shown.isascii():
        return list(_words(shown))
    for pattern, composed in _AM:
        shown = pattern.sub(composed, shown)
    return list(_clusters(shown) if cutter is None else _cut(shown, cutter, _clusters))


def folded(text: str) -> str:
    """Return the text with its case folded, compatibility forms unified (NFKC), and without invisible marks."""
    if text.isascii():
        return text.lower()
    text = _stream_safe(text)
    for ligature, letters in _PHRASES:
        text = text.replace(ligature, letters)
    # Folding seldom takes a text out of its normal form.
    shown: str = _INVISIBLE.sub("", _normal(_normal(text).casefold()).replace(_DOTTED_I, "i"))
    return shown


def _stream_safe(text: str) -> str:
    """Return a text in which a sign parts the marks where more than 30 follow one another.

    Unicode's Stream-Safe Text Format (UAX #15, section 13): normalizing sorts them, in time that grows with the square.
    """
    return text if _MANY_MARKS.search(text) is None else _THIRTY_MARKS.sub("\\g<0>\u034f", text)


def _normal(text: str) -> str:
    """Return the text in normal form NFKC; that it is there already is seen much faster."""
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def turkish(text: str, *, apostrophes: bool = False) -> str:
    """Return a Turkish text with its I and İ made small as Turkish does, and `apostrophes` all printed the same."""
    composed = unicodedata.normalize("NFC", _stream_safe(text)).translate(_TURKISH_I)
    return composed.translate(_APOSTROPHES) if apostrophes else composed


def _clusters(text: str) -> Iterator[str]:
    return _cut(text, _CLUSTERS, _words)


def _cut(text: str, cutter: Cutter, others: Callable[[str], Iterator[str]]) -> Iterator[str]:
    """Yield the words of a folded text: its runs as `cutter` cuts them, what lies between as `others` does."""
    end = 0
    for run in cutter.runs.finditer(text):
        yield from others(text[end : run.start()])
        yield from filter(_LETTER_OR_NUMBER.search, cutter.cut(run[0]))
        end = run.end()
    yield from others(text[end:])


def _words(text: str) -> Iterator[str]:
    """Yield the words of a folded text. White space always ends one, so that what lies between can be remembered."""
    known = _known()
    pieces = iter(text.split())
    if _EXTENDING.match(text):
        # By the rules such a mark belongs to what follows at the start of a text, and to the blank anywhere else.
        yield from _split(next(pieces))
    for piece in pieces:
        yield from known[piece] if len(piece) <= _LONGEST_KEPT else _split(f" {piece}")


@cache
def _known() -> BoundedCache[tuple[str, ...]]:
    return BoundedCache(lambda piece: _split(f" {piece}"), _KEPT)


def _split(text: str) -> tuple[str, ...]:
    return tuple(word for word in _BOUNDARY.split(_FLAGS.sub(" ", text)) if _LETTER_OR_NUMBER.search(word))
