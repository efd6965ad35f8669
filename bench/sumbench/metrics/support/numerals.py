"""Numbers in digits and in words: where they stand, and what they are worth."""

import re
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from typing import NamedTuple

from sumbench.metrics.support.tokens import Token
from sumbench.metrics.support.words import SCALES

_SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS: Final = MappingProxyType(
    dict(zip(_SMALL, range(20), strict=True)) | {word: 10 * ten for ten, word in enumerate(_TENS, 2)}
)
_ORDINALS: Final = MappingProxyType(
    dict(
        zip(
            (
                *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
                *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
                *("eighteenth", "nineteenth"),
            ),
            range(1, 20),
            strict=True,
        )
    )
    | {f"{word[:-1]}ieth": 10 * ten for ten, word in enumerate(_TENS, 2)}
    | {"hundredth": 100, "thousandth": 1000}
)
_GLUED_SCALES: Final = MappingProxyType({"k": 1e3, "m": 1e6, "b": 1e9})
_HAN_SCALES: Final = MappingProxyType(
    {"万": 1e4, "萬": 1e4, "만": 1e4, "亿": 1e8, "億": 1e8, "억": 1e8, "千": 1e3, "百": 1e2, "兆": 1e12}
)
_ORDINAL_ENDINGS: Final = frozenset({"st", "nd", "rd", "th", "er", "eme", "e", "o", "a"})
_MOST_ZEROS: Final = 300
"""More than a float holds are not counted."""
_LEAST_YEAR_PART, _MOST_YEAR_PART = 10, 20

LINKS: Final = frozenset({" ", "-", " -", "- ", "‑", "–", "\u00a0", "\u202f", "\u2009"})
"""What stands between the words of one number, or a number and its unit."""

NUMBER_WORDS: Final = frozenset({*_WORDS, *_ORDINALS, *SCALES})
"""Words with which a number may begin, in lower case without diacritics."""

COMMA_LANGUAGES: Final = frozenset(
    (
        *("de", "fr", "es", "it", "pt", "nl", "da", "sv", "no", "nn", "fi", "is", "pl", "cs", "sk", "sl", "hr", "sr"),
        *("bs", "ru", "uk", "be", "bg", "mk", "ro", "hu", "el", "tr", "az", "et", "lv", "lt", "ca", "gl", "eu", "id"),
        *("vi", "kk", "ky", "uz", "sq", "hy", "ka", "af"),
    )
)
"""Languages whose decimal sign is the comma, and whose thousands are set apart by points or blanks."""

SPELLED: Final = frozenset({"en", "de", "fr", "es", "it", "pt", "nl", "da"})
"""Languages whose spelled-out numbers are read: English here, the others by text2num."""


class Numeral(NamedTuple):
    """A number at the tokens `first` to `last`: its readings, and the unit of its last significant digit.

    `scale` is what a word behind digits multiplies them by; with `several` the values are no readings of one number,
    but numbers written together (3/4, 31:30).
    """

    first: int
    last: int
    values: tuple[float, ...]
    step: float = 1.0
    ordinal: bool = False
    digits: bool = True
    scale: float = 1.0
    several: bool = False


@lru_cache(maxsize=16384)
def digits_value(written: str, *, comma: bool) -> tuple[tuple[float, ...], float]:
    """Return the readings of digits with their separators, and the unit of the last significant digit of the first.

    With `comma` the decimal sign is the comma; without, the point. Groups of three digits behind the other sign, a
    blank or an apostrophe are thousands. What is neither (1.2.3, 3/4) has the numbers between the signs as readings.
    """
    if re.fullmatch(r"\d{1,3}(?: \d{3})+", written):
        return (float(written.replace(" ", "")), *map(float, written.split())), 1.0
    text = re.sub(r"[\u00a0\u202f\u2009'’]", "_", written.replace(" ", ""))
    point, group = (",", ".") if comma else (".", ",")
    decimals, sign = rf"(?:\{point}\d+)?", rf"\{group}"
    if re.fullmatch(rf"\d+{decimals}", text):
        return _plain(text.replace(point, "."))
    if re.fullmatch(rf"\d{{1,3}}(?:(?:[_{sign}]\d{{3}})+|(?:{sign}\d\d)+{sign}\d{{3}}){decimals}", text):
        return _plain(re.sub(rf"[_{sign}]", "", text).replace(point, "."))
    # One sign of the other kind that cannot set thousands apart is a decimal sign after all.
    if re.fullmatch(rf"\d+{sign}\d+", text):
        values, step = _plain(text.replace(group, "."))
        return (*values, *map(float, text.split(group))), step
    return tuple(float(part) for part in re.split(r"\D", text) if part), 1.0


def _plain(text: str) -> tuple[tuple[float, ...], float]:
    value = float(text)
    whole, _, decimals = text.partition(".")
    if decimals:
        return (value,), 10.0 ** -len(decimals)
    zeros = min(len(whole) - len(whole.rstrip("0")), _MOST_ZEROS)
    return (value,), 10.0**zeros if value >= 1000 and zeros else 1.0  # noqa: PLR2004 - below, zeros are counted


def numerals(text: str, tokens: Sequence[Token], marked: Sequence[int], language: str) -> list[Numeral]:
    """Return the numbers of a text in order, none of which overlap; digits and English words are among the `marked`."""
    spelled = _library_numerals(text, tokens, language) if language in SPELLED and language != "en" else {}
    comma = language in COMMA_LANGUAGES
    english = language in {"en", ""}
    found: list[Numeral] = []
    after = 0
    for index in sorted({*marked, *spelled}) if spelled else marked:
        token = tokens[index]
        if index < after:
            continue
        if token.text[0].isdecimal():
            one = _scaled(text, tokens, index, comma=comma)
        elif english and token.folded in NUMBER_WORDS:
            words = _english(text, tokens, index)
            if words is None:
                continue
            one = words
        elif index in spelled:
            one = spelled[index]
        else:
            continue
        found.append(one)
        after = one.last + 1
    return found


def linked(text: str, before: Token, after: Token) -> bool:
    """Tell whether two tokens stand side by side: a blank or a hyphen between them, or nothing."""
    return before.end == after.start or text[before.end : after.start] in LINKS


def _scaled(text: str, tokens: Sequence[Token], index: int, *, comma: bool) -> Numeral:
    """Return a number in digits with what multiplies it: 1.5 million, 10k, 3万, 3rd, and a half."""
    values, step = digits_value(tokens[index].text, comma=comma)
    last = index
    if last + 1 < len(tokens) and linked(text, tokens[last], tokens[last + 1]):
        follower = tokens[last + 1]
        glued = tokens[last].end == follower.start
        if glued and follower.folded in _ORDINAL_ENDINGS and len(values) == 1:
            return Numeral(index, last + 1, values, ordinal=True)
        if scale := SCALES.get(follower.folded) or (_GLUED_SCALES.get(follower.folded, 0.0) if glued else 0.0):
            if follower.folded == "m":
                return Numeral(index, last, (*values, *(value * scale for value in values)), step)
            return Numeral(
                index, last + 1, tuple(value * scale for value in values), min(step * scale, scale), scale=scale
            )
        if glued and follower.text[0] in _HAN_SCALES:
            scale = _HAN_SCALES[follower.text[0]]
            return Numeral(index, last, tuple(value * scale for value in values), min(step, 1.0) * scale)
    if extra := _and_a_half(tokens, last):
        return Numeral(index, extra, tuple(value + 0.5 for value in values), 0.5)
    return Numeral(index, last, values, step, several=any(sign in "/:" for sign in tokens[index].text))


def _and_a_half(tokens: Sequence[Token], last: int) -> int:
    """Return the index of the last token of "and a half" behind a number, 0 where there is none."""
    behind = [token.folded for token in tokens[last + 1 : last + 4]]
    return last + 3 if behind == ["and", "a", "half"] else 0


def _english(text: str, tokens: Sequence[Token], first: int) -> Numeral | None:  # noqa: C901, PLR0912 - the grammar
    """Return the English number in words that begins at a token; None for an indefinite one, as in hundreds."""
    total = current = 0.0
    step, last, ordinal, pending = 1.0, first, False, False
    index = first
    while index < len(tokens):
        token = tokens[index]
        if index > first and not linked(text, tokens[index - 1], token):
            break
        word = token.folded
        if word == "and" and index > first and (current % 100 == 0):
            pending = True
            index += 1
            continue
        if word in _WORDS:
            value = _WORDS[word]
            if current % 100 and not (current % 10 == 0 and current % 100 > 10 and value < 10):  # noqa: PLR2004
                if pending or total or not (_LEAST_YEAR_PART <= current <= _MOST_YEAR_PART and value >= 10):  # noqa: PLR2004
                    break
                current *= 100  # nineteen eighty(-four)
            current += value
        elif word in SCALES and not pending:
            scale = SCALES[word]
            if index == first and not _indefinite(tokens, first):
                return None
            current = (current or 1.0) * scale
            step = scale if current % scale == 0 else step
            if scale >= 1000:  # noqa: PLR2004
                total, current = total + current, 0.0
        elif word in _ORDINALS and (index == first or _ORDINALS[word] < 10 or not current % 100):  # noqa: PLR2004
            if index > first and current % 10:
                break
            current = current * _ORDINALS[word] if word.endswith("dth") and current else current + _ORDINALS[word]
            ordinal, last = True, index
            break
        elif word == "point" and index > first and index + 1 < len(tokens) and tokens[index + 1].folded in _WORDS:
            return Numeral(
                first, index + 1, (total + current + _WORDS[tokens[index + 1].folded] / 10,), 0.1, digits=False
            )
        else:
            break
        pending, last = False, index
        index += 1
    worth = total + current
    if extra := _and_a_half(tokens, last):
        scale = step if step >= 1000 else 1.0  # noqa: PLR2004 - a million and a half
        return Numeral(first, extra, (worth + scale / 2,), scale / 2, digits=False)
    return Numeral(first, last, (worth,), step, ordinal, digits=False)


def _indefinite(tokens: Sequence[Token], first: int) -> bool:
    """Tell whether a scale without a number before it is one of them: a hundred, half a million."""
    return (
        first > 0 and tokens[first - 1].folded in {"a", "an", "per", "the", "every"} and tokens[first].folded[-1] != "s"
    )


class _SpokenWord:
    """A token as text2num takes it: `separated` where something stands between it and the token before."""

    def __init__(self, word: str, *, separated: bool) -> None:
        self._word = word
        self._separated = separated

    def text(self) -> str:
        return self._word

    def nt_separated(self, previous: object) -> bool:  # noqa: ARG002 - the protocol's
        return self._separated

    def not_a_number_part(self) -> bool:
        return self._word[0].isdecimal()


def _library_numerals(text: str, tokens: Sequence[Token], language: str) -> dict[int, Numeral]:
    """Return by its first token each number that text2num finds in words."""
    from text_to_num import find_numbers

    words = [
        _SpokenWord(token.text.lower(), separated=index > 0 and not linked(text, tokens[index - 1], token))
        for index, token in enumerate(tokens)
    ]
    return {
        each.start: Numeral(each.start, each.end - 1, (float(each.value),), ordinal=each.is_ordinal, digits=False)
        for each in find_numbers(words, language, 0.0)
        if not tokens[each.start].text[0].isdecimal()
    }
