"""The table of what documents can show, and how many would show more."""

from collections.abc import Iterable
from statistics import median
from typing import NamedTuple

from sumbench.manifest import Value
from sumbench.stats.phrases import count
from sumbench.stats.phrases import shown_difference
from sumbench.stats.power import MOST_UNITS
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.values import scaled


class PairPower(NamedTuple):
    """What documents show of a pair of systems.

    `difference` is one minus other, `detectable` the smallest difference that these documents show, None for none of
    any size; `for_own` and `for_wanted` are about how many would show the difference at hand and the one asked for,
    None for too many to be said; `reached` is the power (0 to 1) that the latter had in another simulation.
    """

    one: str
    other: str
    difference: float | None
    detectable: float | None
    for_own: int | None
    for_wanted: int | None
    reached: float | None


def power_table(  # noqa: PLR0913, PLR0917 - the parts of a table
    corpus: str,
    pairs: Iterable[tuple[str, PairPower]],
    value: Value,
    difference: float,
    power: float,
    level: float,
    tests: int,
    *,
    shared: bool,
) -> Table:
    """Return one row a pair, under the titles that they come with.

    `difference` is in points of the table; where documents share sources (`shared`), these are what is counted.
    """
    units = "sources" if shared else "documents"
    wanted = shown_difference(difference / value.scale, value)
    columns = (
        Column("pair", "pair"),
        Column("difference", "difference", value.decimals),
        Column("detectable", "detectable", value.decimals),
        Column("for_own", f"{units} for it", 0),
        Column("for_wanted", f"{units} for {wanted}", 0),
        Column("reached", "power there %", 1, detail=True),
    )
    sections: dict[str, list[Row]] = {}
    needed = []
    for title, pair in pairs:
        known = pair.difference is not None
        cells: tuple[Cell, ...] = (
            f"{pair.one} – {pair.other}",
            scaled(pair.difference, value),
            scaled(pair.detectable, value) if pair.detectable is not None or not known else "nothing",
            _number(pair.for_own) if known else None,
            _number(pair.for_wanted) if known else None,
            None if pair.reached is None else 100 * pair.reached,
        )
        sections.setdefault(title, []).append(Row(cells))
        if known:
            needed.append(pair.for_wanted or MOST_UNITS + 1)
    verdict: tuple[str, ...] = ()
    if needed:
        middle = median(needed)
        about = f"about {round(middle):,}" if middle <= MOST_UNITS else f"more than {MOST_UNITS:,}"
        verdict = (f"A difference of {wanted} of {value.title} would take {about} {units} for the middle pair.",)
    what = (
        f"{units}: about how many show the difference with {100 * power:g} % power, at the level {level:.2g} "
        f"({count(tests, 'pair')} in the run's table, corrected); detectable: the smallest that those of the run show"
    )
    how = "by simulation of the table's own test, which takes the spread of these documents for the true one"
    return Table(
        f"{corpus}: what its documents can show of {value.title}",
        columns,
        tuple(Section(title, tuple(rows)) for title, rows in sections.items()),
        (what, how),
        verdict=verdict,
    )


def _number(needed: int | None) -> Cell:
    return f"more than {MOST_UNITS:,}" if needed is None else needed
