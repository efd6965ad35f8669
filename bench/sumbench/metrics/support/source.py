"""What a source text supports: its numbers, dates and names, indexed once for all summaries of it."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from sumbench.metrics.support.dates import HALF_DAY
from sumbench.metrics.support.dates import calendar
from sumbench.metrics.support.mentions import CalendarDay
from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.name_index import NameIndex
from sumbench.metrics.support.quantities import quantities
from sumbench.metrics.support.units import PERCENT

_HEDGED_TOLERANCE: Final = 0.1
_TOLERANCE: Final = 0.05
_FRACTION_TOLERANCE: Final = 1.0
_HEDGED_FRACTION_TOLERANCE: Final = 5.0
_ROUND_YEARS: Final = 100
"""A number of four digits that counts at least so many may be no year."""
_WHOLE_DAY: Final = 2 * HALF_DAY
_HOUR: Final = 60
_BEHIND_A_TIME: Final = (
    frozenset({"", "tomorrow", "today", "tonight", "sharp", "latest", "then"}) | calendar("en")[1].keys()
)
"""Words behind a number that may be a time of day: at 7 tomorrow."""


class SourceIndex:
    """The numbers, dates, times and names of a source and its title."""

    def __init__(self, text: str, title: str, language: str) -> None:
        """Read the text in a language (a base code)."""
        self.length = len(text)
        self.text = f"{text}\n{title}" if title else text
        self._flat = " ".join(self.text.split())
        found = quantities(self.text, language)
        self.names = NameIndex(self.text, found.tokens, language)
        self.mentions = found.mentions
        self.dates: list[CalendarDay] = []
        self.weekdays: set[int] = set()
        self._times: list[Mention] = []
        self._plain: defaultdict[float, list[Mention]] = defaultdict(list)
        self._measures: set[tuple[str, float]] = set()
        for mention in self.mentions:
            self._add(mention)

    def _add(self, mention: Mention) -> None:
        if mention.kind == "weekday":
            self.weekdays.add(int(mention.values[0]))
        elif mention.kind == "time":
            self._times.append(mention)
            hour, minute = divmod(mention.values[0], _HOUR)
            for value in (hour, hour % 12, hour % 12 + 12, minute, hour + minute / 100):
                self._plain[value].append(mention)
        else:
            for value in mention.values:
                self._plain[_key(value)].append(mention)
                if mention.unit is not None:
                    self._measures.add((mention.unit.dimension, _key(value * mention.unit.worth)))
        for day in mention.dates:
            self.dates.append(day)
            self.weekdays.update(_weekday(day))
            for part in day:
                self._plain[float(part)].append(mention)

    def has_line(self, line: str) -> bool:
        """Tell whether a line of a summary stands in the source as it is, but for blanks, and not within a number."""
        return self._has(line, str.isdecimal)

    def has_words(self, words: str) -> bool:
        """Tell whether a piece of a summary stands in the source as it is, but for blanks, and not within a word."""
        return self._has(words, str.isalnum)

    def _has(self, words: str, kind: Callable[[str], bool]) -> bool:
        """Tell whether words stand in the source, and what is of a `kind` at their edges does not go on there."""
        wanted = " ".join(words.split())
        place = self._flat.find(wanted)
        while wanted and place >= 0:
            end = place + len(wanted)
            before, after = self._flat[max(0, place - 2) : place], self._flat[end : end + 2]
            if not _goes_on(before[::-1], wanted[0], kind) and not _goes_on(after, wanted[-1], kind):
                return True
            place = self._flat.find(wanted, place + 1)
        return False

    def conflicts(self, mention: Mention) -> list[Mention] | None:
        """Return None for a number, date or time that the source supports, else those of its value in another unit."""
        if mention.kind == "weekday":
            return None if mention.values[0] in self.weekdays else []
        if mention.kind == "time":
            return None if self._has_time(mention) else []
        if mention.dates:
            return None if self._has_date(mention) else []
        if mention.several:
            return None if all(_key(value) in self._plain for value in mention.values) else []
        same = [other for value in mention.values for other in self._plain.get(_key(value), ())]
        if any(_fits(mention, other) for other in same) or self._is_measure(mention) or self._is_near(mention):
            return None
        return [other for other in same if other.kind != "time" and not other.dates]

    def _is_measure(self, mention: Mention) -> bool:
        """Tell whether the source has the same measure in another unit: 1.5 km as 1,500 m."""
        unit = mention.unit
        if unit is None:
            return False
        return any((unit.dimension, _key(value * unit.worth)) in self._measures for value in mention.values)

    def _is_near(self, mention: Mention) -> bool:
        """Tell whether the number is what one of the source is rounded to, more freely behind a word such as about."""
        if mention.kind == "date" and (not mention.hedged or mention.step < _ROUND_YEARS):
            return False
        others = (other for other in self.mentions if other.kind not in {"date", "weekday", "time"})
        return any(
            _is_about(mention, exact, other.step, part=other.fraction)
            for other in others
            if _fits(mention, other)
            for exact in other.values
        )

    def _has_time(self, mention: Mention) -> bool:
        value = mention.values[0]
        for other in self._times:
            day = _WHOLE_DAY if mention.exact and other.exact else HALF_DAY
            if other.values[0] % day == value % day:
                return True
        hour, minute = divmod(value, _HOUR)
        readings = {hour, hour % 12, hour % 12 + 12} if not minute else set()
        readings |= {hour + minute / 100, hour % 12 + minute / 100} if minute else set()
        return any(
            other.kind in {"number", "date"} and other.unit is None and other.noun in _BEHIND_A_TIME
            for reading in readings
            for other in self._plain.get(_key(reading), ())
        )

    def _has_date(self, mention: Mention) -> bool:
        return any(self._has_day(day) for day in mention.dates) or (
            len(mention.values) > 1 and all(_key(value) in self._plain for value in mention.values)
        )

    def _has_day(self, day: CalendarDay) -> bool:
        year, month, number = day
        for other in self.dates:
            if other[1] != month or (number and other[2] != number):
                continue
            if not year or other[0] == year or (not other[0] and float(year) in self._plain):
                return True
        return False

    def nearest(self, mention: Mention) -> Mention | None:
        """Return what stands in the text for an unsupported number: the like of it with the closest value."""
        return min(self._alike(mention), key=lambda other: _distance(mention, other), default=None)

    def _alike(self, mention: Mention) -> Iterable[Mention]:
        inside = [other for other in self.mentions if other.end <= self.length and other.judged]
        if mention.kind in {"weekday", "time"} or mention.dates:
            return [other for other in inside if (other.kind, bool(other.dates)) == (mention.kind, bool(mention.dates))]
        numbers = [
            other for other in inside if other.values and not other.dates and other.kind not in {"weekday", "time"}
        ]
        units = [other for other in numbers if mention.near and mention.near & other.near]
        nouns = [other for other in numbers if mention.noun and mention.noun == other.noun]
        return units or nouns or [other for other in numbers if other.kind == mention.kind] or numbers

    def counts_otherwise(self, mention: Mention) -> bool:
        """Tell whether the source counts the same things, but other numbers of them."""
        return bool(mention.noun) and any(
            other.noun == mention.noun and other.values and other.judged and other.kind == "number"
            for other in self.mentions
        )


@lru_cache(maxsize=16)
def source_index(text: str, title: str, language: str) -> SourceIndex:
    """Return the index of a source, kept for its next summary where these come one by one.

    One of a thousand words takes a third of a megabyte.
    """
    return SourceIndex(text, title, language)


def _key(value: float) -> float:
    return float(f"{value:.9g}")


def _goes_on(around: str, edge: str, kind: Callable[[str], bool]) -> bool:
    """Tell whether a word or number goes on beyond its edge: with its like, or with a digit behind a sign."""
    if not around or not kind(edge):
        return False
    return kind(around[0]) or (edge.isdecimal() and around[0] in ".,:/" and around[1:].isdecimal())


def _fits(mention: Mention, other: Mention) -> bool:
    """Tell whether a number of the source may stand for one of a summary as far as units go."""
    own, its = mention.near, other.near
    if other.kind == "time" or other.dates:
        return mention.unit is None and (mention.ordinal or not mention.noun)
    if mention.fraction or other.fraction:
        return _fits_fraction(mention, other)
    if own & its:
        return True
    if PERCENT in own or PERCENT in its:
        # The unit of a percentage may be left out, but not where the number counts something.
        return not own and not mention.noun
    if mention.unit is None:
        return True
    return not its and (not other.noun or other.noun == mention.noun)


def _fits_fraction(mention: Mention, other: Mention) -> bool:
    shares = mention.fraction and not other.unit and other.values[0] <= 1
    return shares or all(each.fraction or PERCENT in each.near for each in (mention, other))


def _is_about(mention: Mention, exact: float, step: float, *, part: bool) -> bool:
    """Tell whether a number is near an exact one, whose last significant digit counts `step`."""
    away = abs(exact - mention.values[0])
    if mention.fraction or part:
        return away <= (_HEDGED_FRACTION_TOLERANCE if mention.hedged else _FRACTION_TOLERANCE)
    if mention.hedged:
        return away <= _HEDGED_TOLERANCE * exact
    return step < mention.step and away <= mention.step / 2 * (1 + 1e-9) and away <= _TOLERANCE * exact


def _weekday(day: CalendarDay) -> Iterator[int]:
    if all(day):
        try:
            yield date(*day).weekday()
        except ValueError:
            return


def _distance(mention: Mention, other: Mention) -> tuple[float, float]:
    if mention.dates:
        return -max(
            sum(part == its for part, its in zip(day, of, strict=True)) for day in mention.dates for of in other.dates
        ), 0.0
    value = mention.values[0]
    closest = min(abs(value - its) for its in other.values)
    return (0.0 if other.noun == mention.noun else 1.0), closest / max(abs(value), 1.0)
