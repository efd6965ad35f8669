"""The record of a number, date, time or amount in a text."""

from typing import NamedTuple

from sumbench.metrics.support.units import Unit

CalendarDay = tuple[int, int, int]
"""Year, month and day; 0 for what is not said."""


class Mention(NamedTuple):
    """A number, date or time in a text, at the offsets `start` to `end`.

    `kind` is number, percent, amount (of money), date (also a year), weekday or time. `values` are the number's
    readings (percent for a percentage and a `fraction`, 0 to 6 for a weekday, minutes since midnight for a time), or
    with `several` numbers written together (31:30). `step` is the unit of the last significant digit, `scale` what a
    word behind digits multiplies them by. `near` has the names of units that may be meant, also where none stands
    beside it, `noun` is the word that follows. A time is `exact` where morning and evening are told apart. `judged` is
    False for what only supports others, and never needs support itself.
    """

    start: int
    end: int
    kind: str
    values: tuple[float, ...]
    unit: Unit | None = None
    near: frozenset[str] = frozenset()
    noun: str = ""
    hedged: bool = False
    step: float = 1.0
    scale: float = 1.0
    dates: tuple[CalendarDay, ...] = ()
    fraction: bool = False
    exact: bool = False
    ordinal: bool = False
    several: bool = False
    judged: bool = True
