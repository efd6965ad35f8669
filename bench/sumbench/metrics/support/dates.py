"""Dates, weekdays and times of day in a text."""

import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from sumbench.metrics.support.mentions import CalendarDay
from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.numerals import Numeral
from sumbench.metrics.support.tokens import Token

_AMBIGUOUS: Final = frozenset({"may", "march", "mar", "dec", "jan", "sun", "sat", "mon", "wed", "mars", "juin"})
"""Names of months and weekdays that are also something else: they need a day, a year or such a word before them."""
_VERBS: Final = frozenset({"may", "march"})
"""Those of them that begin with a capital within a sentence only as months."""
_BEFORE_A_MONTH: Final = frozenset(
    (
        *("in", "of", "since", "until", "till", "by", "from", "to", "last", "next", "early", "late", "mid", "this"),
        *("during", "between", "before", "after", "for", "on", "through", "every", "im", "en", "seit", "bis", "and"),
    )
)
_DAY_GAPS: Final = frozenset({" ", "-", "\u00a0", ". ", "/", ", "})
_YEAR_GAPS: Final = frozenset({" ", ", ", "-", "/", "\u00a0", ","})
_HALF_DAYS: Final = {"am": 0, "a.m.": 0, "pm": 720, "p.m.": 720}
_CLOCK: Final = frozenset({"o'clock", "oclock", "uhr", "uur"})
_BEHIND_A_TIME: Final = frozenset(
    {"on", "in", "tomorrow", "today", "tonight", "and", "but", "or", "for", "to", "sharp"}
)
_ENDS: Final = frozenset("\n.,;:!?)")
_NOON: Final = 12
_LONGEST_PART: Final = 4
_DIGITS: Final = 2
_WITH_YEAR: Final = 3
_NAMED_TIMES: Final = {"noon": 720, "midday": 720, "midnight": 0}
_PARTS: Final = {"half": 30, "quarter": 15}

YEARS: Final = range(1000, 2101)
"""Plain numbers of four digits that are taken for years."""

_MONTHS: Final = range(1, 13)
_DAYS: Final = range(1, 32)
_MINUTES: Final = range(60)
_HOURS: Final = range(25)
HALF_DAY: Final = 720
"""Minutes in twelve hours."""


@cache
def calendar(language: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the months (1 to 12) and the weekdays (0 is Monday) by their names in a language and in English."""
    content = tomllib.loads(Path(__file__).with_name("calendar.toml").read_text(encoding="utf-8"))
    months, weekdays = (
        {
            name: number
            for key, names in content[part].items()
            if key.partition("_")[0] in {"en", language}
            for number, name in enumerate(names, first)
            if name
        }
        for part, first in (("months", 1), ("weekdays", 0))
    )
    months["sept"] = 9
    return months, weekdays


@cache
def date_words(language: str) -> frozenset[str]:
    """Return the words that may be a date or time in a language, in lower case without diacritics."""
    months, weekdays = calendar(language)
    return frozenset({*months, *weekdays, *_NAMED_TIMES, *_PARTS})


class DateFinder:
    """Finds the dates and times among the tokens of one text; `used` are the first tokens of their numbers."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        marked: Sequence[int],
        numbers: Sequence[Numeral],
        language: str,
    ) -> None:
        """Take the text as it was cut up; names of months and the like are among the tokens `marked`."""
        self.text = text
        self.tokens = tokens
        self.marked = marked
        self.numbers = numbers
        self.by_first = {number.first: number for number in numbers}
        self.by_last = {number.last: number for number in numbers}
        self.months, self.weekdays = calendar(language)
        self.used: set[int] = set()

    def find(self) -> list[Mention]:
        """Return them: first those with the name of a month, then those in digits, then times."""
        months, weekdays = self.months, self.weekdays
        found: list[Mention] = []
        for index in self.marked:
            token = self.tokens[index]
            word = token.folded
            if word in months:
                found += self._month(index)
            elif word in weekdays and self._named(index):
                found.append(Mention(token.start, token.end, "weekday", (weekdays[word],)))
            elif word in _NAMED_TIMES:
                found.append(Mention(token.start, token.end, "time", (_NAMED_TIMES[word],), exact=True))
            elif word in _PARTS:
                found += self._past(index)
        for number in self.numbers:
            if number.first not in self.used and number.digits:
                found += self._digits(number)
            if number.first not in self.used:
                found += self._clock(number)
        return found

    def _gap(self, left: int, right: int) -> str:
        return self.text[self.tokens[left].end : self.tokens[right].start]

    def _named(self, index: int) -> bool:
        """Tell whether a month's or weekday's name is one, and not the verb may or the like."""
        token = self.tokens[index]
        if token.folded not in _AMBIGUOUS:
            return True
        if not index or not token.text[0].isupper():
            return False
        before = self.tokens[index - 1]
        within = token.folded in _VERBS and before.text.islower() and self._gap(index - 1, index) == " "
        return within or before.folded in _BEFORE_A_MONTH

    def _month(self, index: int) -> Iterator[Mention]:
        token = self.tokens[index]
        first, last, day, year = index, index, 0, 0
        before = index - 2 if index > 1 and self.tokens[index - 1].folded in {"of", "de", "di"} else index - 1
        number = self.by_last.get(before)
        linked = before == index - 2 or (number and self._gap(before, index) in _DAY_GAPS)
        if number and linked and _whole(number) in _DAYS and (number.digits or number.ordinal):
            day, first = _whole(number), number.first
            self.used.add(number.first)
        behind = self.by_first.get(index + 1)
        if behind and not day and _whole(behind) in _DAYS and self._gap(index, index + 1) in {" ", "-", "\u00a0"}:
            day, last = _whole(behind), behind.last
            self.used.add(behind.first)
        behind = self.by_first.get(last + 1) or self.by_first.get(last + 2)
        if behind and _whole(behind) in YEARS and self._gap(last, behind.first) in {*_YEAR_GAPS, " of ", " de "}:
            year, last = _whole(behind), behind.last
            self.used.add(behind.first)
        if not day and not year and not self._named(index):
            return
        month = self.months[token.folded]
        start, end = self.tokens[first].start, self.tokens[last].end
        yield Mention(start, end, "date", (day,) if day else (), dates=((year, month, day),))

    def _digits(self, number: Numeral) -> Iterator[Mention]:
        """Yield the date or the time that a number in digits is by its form."""
        token = self.tokens[number.first]
        written = token.text
        if ":" in written:
            hours, _, minutes = written.partition(":")
            minutes = minutes.partition(":")[0]
            if len(minutes) == _DIGITS and _is_time(hours, minutes):
                self.used.add(number.first)
                yield self._time(number, hours, minutes, known=int(hours) > _NOON or hours[0] == "0")
            return
        parts = written.replace(".", "/").split("/")
        if len(parts) == 1:
            yield from self._iso(number)
        elif all(part.isdecimal() and len(part) <= _LONGEST_PART for part in parts) and (
            len(parts) == _WITH_YEAR or (len(parts) == _WITH_YEAR - 1 and "/" in written)
        ):
            dates = tuple(_readings(*map(int, parts)))
            if dates:
                self.used.add(number.first)
                values = tuple(float(part) for part in parts)
                yield Mention(token.start, token.end, "date", values, dates=dates)

    def _iso(self, number: Numeral) -> Iterator[Mention]:
        index = number.first
        if number.last != index or index + 2 >= len(self.tokens) or _whole(number) not in YEARS:
            return
        month, day = self.by_first.get(index + 1), self.by_first.get(index + 2)
        dashed = month and day and self._gap(index, index + 1) == self._gap(index + 1, index + 2) == "-"
        if month and day and dashed and _whole(month) in _MONTHS and _whole(day) in _DAYS:
            self.used |= {index, index + 1, index + 2}
            dates = ((_whole(number), _whole(month), _whole(day)),)
            yield Mention(self.tokens[index].start, self.tokens[index + 2].end, "date", (), dates=dates)

    def _clock(self, number: Numeral) -> Iterator[Mention]:
        """Yield the time that a number is by the words around it: 3 pm, 7.30 a.m., three o'clock, at 7."""
        hours, _, minutes = self.tokens[number.first].text.partition(".")
        if not number.digits or not minutes.isdecimal():
            hours, minutes = str(_whole(number)), "0"
        if not _is_time(hours, minutes):
            return
        behind = self.tokens[number.last + 1] if number.last + 1 < len(self.tokens) else None
        gap = self._gap(number.last, number.last + 1) if behind else "\n"
        said = behind is not None and behind.folded in (*_HALF_DAYS, *_CLOCK) and gap in {"", " ", "\u00a0"}
        alone = gap[:1] in _ENDS or (behind is not None and behind.folded in _BEHIND_A_TIME)
        at = number.first > 0 and self.tokens[number.first - 1].folded == "at" and alone
        if said or (at and int(hours) <= _NOON and number.values != (1.0,)):
            self.used.add(number.first)
            yield self._time(number, hours, minutes, known=False)

    def _time(self, number: Numeral, hours: str, written: str, *, known: bool) -> Mention:
        """Return a time of day, with what stands behind it; `known` tells morning and evening apart already."""
        minutes = 60 * int(hours) + int(written)
        start, end = self.tokens[number.first].start, self.tokens[number.last].end
        behind = self.tokens[number.last + 1] if number.last + 1 < len(self.tokens) else None
        if behind and (behind.folded in _HALF_DAYS or behind.folded in _CLOCK) and behind.start - end <= 1:
            end = behind.end
            if behind.folded in _HALF_DAYS:
                minutes, known = minutes % HALF_DAY + _HALF_DAYS[behind.folded], True
        return Mention(start, end, "time", (float(minutes % (2 * HALF_DAY)),), exact=known)

    def _past(self, index: int) -> Iterator[Mention]:
        """Yield half past three, quarter to five."""
        number = self.by_first.get(index + 2)
        if number is None or self.tokens[index + 1].folded not in {"past", "to"} or _whole(number) not in _HOURS:
            return
        part = _PARTS[self.tokens[index].folded]
        minutes = 60 * _whole(number) + (part if self.tokens[index + 1].folded == "past" else -part)
        self.used.add(number.first)
        token = self.tokens[index]
        yield Mention(token.start, self.tokens[number.last].end, "time", (float(minutes % (2 * HALF_DAY)),))


def _is_time(hours: str, minutes: str) -> bool:
    """Tell whether digits are those of a time of day."""
    plain = hours.isdecimal() and minutes.isdecimal() and max(len(hours), len(minutes)) <= _DIGITS
    return plain and int(hours) in _HOURS and int(minutes) in _MINUTES


def _whole(number: Numeral) -> int:
    """Return the number, -1 where it is no whole one or has several readings."""
    value = number.values[0] if len(number.values) == 1 else -1.0
    return int(value) if value.is_integer() and value < YEARS.stop else -1


def _readings(first: int, second: int, third: int = 0) -> Iterator[CalendarDay]:
    """Yield what a date in digits may mean: day and month in either order, the year at the end or the beginning."""
    if first in YEARS:
        if second in _MONTHS and third in _DAYS:
            yield first, second, third
        return
    year = third + (2000 if third <= 68 else 1900) if 0 < third < 100 else third  # noqa: PLR2004 - as POSIX has it
    if first in _DAYS and second in _MONTHS:
        yield year, second, first
    if first in _MONTHS and second in _DAYS and first != second:
        yield year, first, second
