"""Numbers of a text with their units, amounts, percentages and fractions, beside its dates and times."""

from collections.abc import Iterator
from collections.abc import Sequence
from functools import cache
from typing import Final
from typing import NamedTuple

from sumbench.metrics.support.dates import YEARS
from sumbench.metrics.support.dates import DateFinder
from sumbench.metrics.support.dates import date_words
from sumbench.metrics.support.fractions import FractionFinder
from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.numerals import LINKS
from sumbench.metrics.support.numerals import NUMBER_WORDS
from sumbench.metrics.support.numerals import Numeral
from sumbench.metrics.support.numerals import numerals
from sumbench.metrics.support.tokens import Token
from sumbench.metrics.support.tokens import tokenize
from sumbench.metrics.support.units import MONEY
from sumbench.metrics.support.units import PERCENT
from sumbench.metrics.support.units import POINTS
from sumbench.metrics.support.units import SYMBOLS_BEFORE
from sumbench.metrics.support.units import Unit
from sumbench.metrics.support.units import units
from sumbench.metrics.support.words import BETWEEN
from sumbench.metrics.support.words import FUNCTION
from sumbench.metrics.support.words import HEDGES
from sumbench.metrics.support.words import IMPLIED
from sumbench.metrics.support.words import IMPLIED_PERCENT
from sumbench.metrics.support.words import PARTS

_NEAR: Final = 3
"""Within so many words behind a number a unit may be its own: five long miles."""

_BLANKS: Final = frozenset({"", " ", "\u00a0", "\u202f"})
_CODE: Final = 3
"""Letters of a currency's code."""
_HEDGED_WITHIN: Final = 3


class Quantities(NamedTuple):
    """The tokens of a text, and the numbers, dates and times among them in order."""

    tokens: Sequence[Token]
    mentions: Sequence[Mention]


@cache
def _marks(language: str) -> frozenset[str]:
    return date_words(language) | NUMBER_WORDS | frozenset((*PARTS, *IMPLIED, *IMPLIED_PERCENT))


def quantities(text: str, language: str) -> Quantities:
    """Return the numbers, dates and times of a text in its language (a base code; en where it is not known)."""
    tokens = tokenize(text)
    marks = _marks(language)
    marked = [index for index, token in enumerate(tokens) if token.folded in marks or token.text[0].isdecimal()]
    numbers = numerals(text, tokens, marked, language)
    dates = DateFinder(text, tokens, marked, numbers, language)
    found = dates.find()
    found += FractionFinder(text, tokens, numbers, dates.used).find(marked)
    plain = [_quantity(text, tokens, number) for number in numbers if number.first not in dates.used]
    found += _with_shared_units(text, plain)
    found += _implied([tokens[index] for index in marked])
    return Quantities(tokens, sorted(found, key=lambda each: each.start))


def _implied(words: Sequence[Token]) -> Iterator[Mention]:
    """Yield what words such as twice and doubled say; they only support others."""
    for word in words:
        if word.folded in IMPLIED:
            yield Mention(word.start, word.end, "number", (IMPLIED[word.folded],), judged=False)
        if word.folded in IMPLIED_PERCENT:
            unit = units()[0][PERCENT]
            near = frozenset({unit.name})
            yield Mention(word.start, word.end, "percent", IMPLIED_PERCENT[word.folded], unit, near, judged=False)


class _Behind(NamedTuple):
    """What follows a number: its unit, one that may be meant, or the word that it counts; and where all that ends."""

    end: int
    unit: Unit | None = None
    near: str = ""
    noun: str = ""


def _quantity(text: str, tokens: Sequence[Token], number: Numeral) -> Mention:
    """Return a number with its unit, or with the word that it counts."""
    first = number.first
    start = tokens[first].start
    before = tokens[first - 1] if first else None
    unit = _currency(text, before, start) if before else None
    if before and (unit or (before.end == start and before.text.isascii() and before.text.isalpha())):
        start = before.start
    behind = _behind(text, tokens, number)
    unit = unit or behind.unit
    values = _with_years(text, tokens[first], number)
    near = {each for each in (behind.near, unit.name if unit else "") if each}
    return Mention(
        start,
        behind.end,
        _kind(number, values, unit, behind.noun),
        values,
        unit,
        frozenset(near),
        behind.noun,
        hedged=any(token.folded in HEDGES for token in tokens[max(0, first - _HEDGED_WITHIN) : first]),
        step=number.step,
        scale=number.scale,
        ordinal=number.ordinal,
        several=number.several,
        judged=number.values != (1.0,) or unit is not None,
    )


def _currency(text: str, before: Token, start: int) -> Unit | None:
    """Return the currency whose sign or code stands before a number."""
    if text[before.end : start] not in _BLANKS:
        return None
    if before.text not in SYMBOLS_BEFORE and not (len(before.text) == _CODE and before.text.isupper()):
        return None
    unit = units()[0].get(before.folded)
    return unit if unit and unit.dimension in MONEY else None


def _behind(text: str, tokens: Sequence[Token], number: Numeral) -> _Behind:
    last = number.last
    end = tokens[last].end
    noun = ""
    for place in range(last + 1, min(last + 1 + _NEAR, len(tokens))):
        token = tokens[place]
        gap = text[tokens[place - 1].end : token.start]
        if gap and gap not in LINKS:
            break
        adjacent = place == last + 1
        if adjacent and not gap and token.folded == "s" and not number.values[0] % 10:
            return _Behind(token.end)  # the 1990s
        unit, unit_last = _unit(text, tokens, place, short=adjacent and number.digits and gap in _BLANKS)
        if unit is not None:
            beside = adjacent or unit.name in {PERCENT, POINTS}
            return _Behind(tokens[unit_last].end if beside else end, unit if beside else None, unit.name, noun)
        if token.folded in FUNCTION:
            break
        if adjacent and token.text.isalpha():
            noun = singular(token.folded)
        if adjacent and not gap and token.text.isascii():
            end = token.end  # 13b, 4G
    return _Behind(end, noun=noun)


def _unit(text: str, tokens: Sequence[Token], place: int, *, short: bool) -> tuple[Unit | None, int]:
    """Return the unit at a token, with the last token that belongs to it; `short` forms only where they may be one."""
    words, short_forms = units()
    word, following = tokens[place].folded, tokens[place + 1].folded if place + 1 < len(tokens) else ""
    unit = words.get(word) or (short_forms.get(tokens[place].text) if short else None)
    if word == "per" and following == "cent":
        return _percent(text, tokens, place + 1)
    if word == "percentage" and following in {"point", "points"}:
        return words[POINTS], place + 1
    if unit is not None and unit.name == PERCENT:
        return _percent(text, tokens, place)
    return unit, place


def _percent(text: str, tokens: Sequence[Token], place: int) -> tuple[Unit, int]:
    """Return per cent, or the points that follow it: %-points, percent points."""
    words, _ = units()
    behind = place + 1 < len(tokens) and text[tokens[place].end : tokens[place + 1].start] in LINKS
    if behind and tokens[place + 1].folded in {"point", "points"}:
        return words[POINTS], place + 1
    return words[PERCENT], place


def _kind(number: Numeral, values: Sequence[float], unit: Unit | None, noun: str) -> str:
    if unit is not None:
        return "percent" if unit.name in {PERCENT, POINTS} else "amount" if unit.dimension in MONEY else "number"
    return "date" if number.digits and is_year(values[0]) and not noun and not number.ordinal else "number"


def is_year(value: float) -> bool:
    """Tell whether a number may be a year."""
    return value.is_integer() and int(value) in YEARS


def _with_years(text: str, token: Token, number: Numeral) -> tuple[float, ...]:
    """Return the readings of a number, two digits behind an apostrophe or a year's dash being a year, too."""
    short = len(token.text) == 2 and token.text.isdecimal() and number.first == number.last  # noqa: PLR2004 - '24
    if not short or not token.start or text[token.start - 1] not in "'’-–/":
        return number.values
    return (*number.values, 1900 + number.values[0], 2000 + number.values[0])


def singular(noun: str) -> str:
    """Return a noun without the s of its plural, roughly."""
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _with_shared_units(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Return mentions, those of a range or a list with the unit and the scale that stand once: 5 to 10 million km."""
    later: Mention | None = None
    turned: list[Mention] = []
    for mention in reversed(found):
        one = mention
        if later is not None and text[one.end : later.start].strip() in BETWEEN and not is_year(one.values[0]):
            one = _shared(one, later)
        turned.append(one)
        later = one
    return turned


def _shared(one: Mention, later: Mention) -> Mention:
    """Return a number with what it may share with the next in a range or list."""
    values = (*one.values, *(value * later.scale for value in one.values)) if later.scale > 1 else one.values
    one = one._replace(values=values, near=one.near | later.near, noun=one.noun or later.noun)
    if one.unit is None and later.unit is not None and not one.noun:
        one = one._replace(unit=later.unit, kind=later.kind if one.kind == "number" else one.kind)
    return one
