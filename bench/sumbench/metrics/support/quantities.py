"""Numbers of a text with their units, amounts, percentages and fractions, beside its dates and times."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from sumbench.metrics.support.dates import YEARS
from sumbench.metrics.support.dates import DateFinder
from sumbench.metrics.support.dates import date_words
from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.numerals import LINKS
from sumbench.metrics.support.numerals import NUMBER_WORDS
from sumbench.metrics.support.numerals import SCALES
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

_HEDGES: Final = frozenset(
    (
        *("about", "around", "almost", "nearly", "roughly", "approximately", "circa", "some", "over", "under", "than"),
        *("least", "most", "up", "close", "just", "approx", "estimated", "beyond", "exceeding", "below", "above"),
        *("environ", "presque", "etwa", "rund", "fast", "knapp", "casi", "unos", "cerca", "circa", "quase", "bijna"),
    )
)
_RANGE_WORDS: Final = frozenset(
    (
        *(
            "-",
            "–",
            "—",
            "to",
            "or",
            "and",
            ",",
            ", and",
            ", or",
            "versus",
            "vs",
            "vs.",
            "against",
            "from",
            "bis",
            "und",
        ),
        *("a", "à", "y", "e", "et", "ou", "o", "tot", "en", "/", "(", "after"),
    )
)
"""What stands between two numbers of which only one may have the unit."""

_FUNCTION_WORDS: Final = frozenset(
    (
        *(
            "of",
            "and",
            "or",
            "to",
            "in",
            "on",
            "at",
            "by",
            "for",
            "from",
            "with",
            "as",
            "is",
            "was",
            "were",
            "are",
            "be",
        ),
        *("the", "a", "an", "that", "this", "which", "who", "but", "than", "per", "each", "more", "less", "if", "when"),
        *("it", "he", "she", "they", "his", "her", "their", "its", "after", "before", "while", "until", "since", "had"),
        *("has", "have", "into", "out", "up", "down", "will", "would", "can", "could", "so", "then", "there", "not"),
    )
)
_DETERMINERS: Final = frozenset({"of", "the", "a", "all", "his", "her", "its", "their", "our", "my"})
_PARTS: Final = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "sevenths": 7,
    "eighth": 8,
    "eighths": 8,
    "tenth": 10,
    "tenths": 10,
}
_IMPLIED: Final = {
    "twice": 2.0,
    "double": 2.0,
    "doubled": 2.0,
    "doubling": 2.0,
    "doubles": 2.0,
    "couple": 2.0,
    "pair": 2.0,
    "both": 2.0,
    "twins": 2.0,
    "twofold": 2.0,
    "two-fold": 2.0,
    "triple": 3.0,
    "tripled": 3.0,
    "trebled": 3.0,
    "thrice": 3.0,
    "trio": 3.0,
    "quadruple": 4.0,
    "quadrupled": 4.0,
    "duo": 2.0,
    "threefold": 3.0,
    "no": 0.0,
    "fortnight": 14.0,
    "nobody": 0.0,
    "none": 0.0,
    "nil": 0.0,
    "decade": 10.0,
    "century": 100.0,
    "dozen": 12.0,
    "roman": 0.0,
    "ii": 2.0,
    "iii": 3.0,
    "iv": 4.0,
    "vi": 6.0,
    "vii": 7.0,
    "viii": 8.0,
    "ix": 9.0,
    "xi": 11.0,
}
"""Words that say a number without being one: they support it, and need no support."""

_NEAR: Final = 3
"""Within so many words behind a number a unit may be its own: five long miles."""

_LEAST_SEQUENCE: Final = 2


@dataclass(frozen=True)
class Quantities:
    """The tokens of a text, and the numbers, dates and times among them."""

    tokens: Sequence[Token]
    mentions: Sequence[Mention]


@cache
def _marks(language: str) -> frozenset[str]:
    return date_words(language) | NUMBER_WORDS | frozenset(_PARTS) | frozenset(_IMPLIED)


def quantities(text: str, language: str) -> Quantities:
    """Return the numbers, dates and times of a text in its language (a base code; en where it is not known)."""
    tokens = tokenize(text)
    marks = _marks(language)
    marked = [index for index, token in enumerate(tokens) if token.folded in marks or token.text[0].isdecimal()]
    numbers = numerals(text, tokens, marked, language)
    dates = DateFinder(text, tokens, marked, numbers, language)
    found = dates.find()
    taken = dates.used
    found += _fractions(text, tokens, marked, numbers, taken)
    plain = [_quantity(text, tokens, number) for number in numbers if number.first not in taken]
    found += _with_shared_units(text, plain)
    found += [
        Mention(tokens[index].start, tokens[index].end, "number", (_IMPLIED[tokens[index].folded],), judged=False)
        for index in marked
        if tokens[index].folded in _IMPLIED
    ]
    return Quantities(tokens, sorted(found, key=lambda each: each.start))


def _quantity(text: str, tokens: Sequence[Token], number: Numeral) -> Mention:
    """Return a number with its unit, or with the word that it counts."""
    words, short = units()
    first, last = number.first, number.last
    start, end = tokens[first].start, tokens[last].end
    unit: Unit | None = None
    before = tokens[first - 1] if first else None
    if before is not None and text[before.end : start] in {"", " ", "\u00a0"}:
        code = len(before.text) == 3 and before.text.isupper()  # noqa: PLR2004 - as ISO 4217 has it
        known = words.get(before.folded) if before.text in SYMBOLS_BEFORE or code else None
        if known and known.dimension in MONEY:
            unit, start = known, before.start
    noun = ""
    near: set[str] = set()
    for place in range(last + 1, min(last + 1 + _NEAR, len(tokens))):
        token, gap = tokens[place], text[tokens[place - 1].end : tokens[place].start]
        if gap and gap not in LINKS:
            break
        glued = place == last + 1 and number.digits and gap in {"", " ", "\u00a0"}
        decade = glued and token.folded == "s" and number.values[0] % 10 == 0 and not gap
        known = words.get(token.folded) or (short.get(token.text) if glued and not decade else None)
        if token.folded == "per" and place + 1 < len(tokens) and tokens[place + 1].folded == "cent":
            known, place = words[PERCENT], place + 1  # noqa: PLW2901 - the unit is two words
        if known is None:
            if place == last + 1 and token.folded.isalpha() and token.folded not in _FUNCTION_WORDS and not decade:
                noun = singular(token.folded)
            if token.folded in _FUNCTION_WORDS:
                break
            if not gap and place == last + 1:
                end = token.end
            continue
        if known.name == PERCENT and _points_follow(text, tokens, place):
            known, place = words[POINTS], place + 1  # noqa: PLW2901 - the unit is two words
        near.add(known.name)
        if unit is None and (place - last <= 1 or known.name in {PERCENT, POINTS}):
            unit, end = known, tokens[place].end
        break
    if (
        not near
        and last + 2 < len(tokens)
        and tokens[last + 1].folded == "percentage"
        and tokens[last + 2].folded in words
    ):
        unit, end = words[POINTS], tokens[last + 2].end
    glued_before = before is not None and before.end == start and before.text[-1].isalpha()
    values = _year_readings(text, tokens, number)
    return Mention(
        before.start if glued_before and before else start,
        end,
        _kind(number, values, unit, noun),
        values,
        unit,
        frozenset(near | ({unit.name} if unit else set())),
        noun,
        hedged=any(token.folded in _HEDGES for token in tokens[max(0, first - 3) : first]),
        step=number.step,
        scale=number.scale,
        judged=number.values != (1.0,) or unit is not None,
        spelled=not number.digits,
    )


def _points_follow(text: str, tokens: Sequence[Token], place: int) -> bool:
    """Tell whether points stand behind a percent sign or word: %-points, percent points."""
    return (
        place + 1 < len(tokens)
        and tokens[place + 1].folded in {"point", "points"}
        and text[tokens[place].end : tokens[place + 1].start] in LINKS
    )


def _kind(number: Numeral, values: Sequence[float], unit: Unit | None, noun: str) -> str:
    if unit is not None:
        return "percent" if unit.name in {PERCENT, POINTS} else "amount" if unit.dimension in MONEY else "number"
    return "date" if number.digits and is_year(values[0]) and not noun and not number.ordinal else "number"


def is_year(value: float) -> bool:
    """Tell whether a number may be a year."""
    return value.is_integer() and int(value) in YEARS


def _year_readings(text: str, tokens: Sequence[Token], number: Numeral) -> tuple[float, ...]:
    """Return the readings of a number, two digits behind an apostrophe or a year's dash being a year, too."""
    start = tokens[number.first].start
    written = tokens[number.first].text
    if len(written) != 2 or not number.digits or not start or text[start - 1] not in "'’-–/":  # noqa: PLR2004
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
        if later is not None and text[one.end : later.start].strip() in _RANGE_WORDS and not is_year(one.values[0]):
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


def _fractions(
    text: str, tokens: Sequence[Token], marked: Sequence[int], numbers: Sequence[Numeral], taken: set[int]
) -> Iterable[Mention]:
    """Return half, a third, two thirds as percentages; those that may be something else only support others."""
    by_last = {number.last: number for number in numbers}
    found = []
    for index in marked:
        token = tokens[index]
        part = _PARTS.get(token.folded)
        if part is None or index in taken:
            continue
        before = by_last.get(index - 1)
        start, count, judged = token.start, 1.0, False
        behind = tokens[index + 1].folded if index + 1 < len(tokens) else ""
        if before is not None and before.first not in taken and text[tokens[index - 1].end : start] in LINKS:
            plural = token.folded.endswith("s")
            if (plural or before.values == (1.0,)) and not before.ordinal:
                start, count = tokens[before.first].start, before.values[0]
                judged = part > _LEAST_SEQUENCE + 2 or plural or behind in _DETERMINERS
                taken.add(before.first)
        elif token.folded == "half" and index + 2 < len(tokens) and behind in {"a", "an"}:
            scale = SCALES.get(tokens[index + 2].folded, 0.0)
            if scale and not tokens[index + 2].folded.endswith("s"):
                taken.add(index + 2)
                end = tokens[index + 2].end
                found.append(Mention(start, end, "number", (scale / 2,), step=scale / 2, spelled=True))
                continue
            judged = False
        else:
            judged = behind == "of" and index > 0 and tokens[index - 1].folded in {"a", "about", "almost", "nearly"}
        if judged or token.folded not in {"third", "fifth", "sixth", "seventh", "eighth", "tenth"} or behind == "of":
            taken.add(index)
        value = 100.0 * count / part
        hedged = any(each.folded in _HEDGES for each in tokens[max(0, index - 4) : index])
        values = (value,) if judged else (value, value / 100)
        unit = units()[0][PERCENT]
        found.append(
            Mention(
                start, token.end, "percent", values, unit, fraction=True, judged=judged, hedged=hedged, spelled=True
            )
        )
    return found
