"""The further tables below the result table of a run, of the same systems in the same order."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import Value
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.stats import Analysis
from sumbench.stats import Standing
from sumbench.stats.analysis import CEILING
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import metric_notes
from sumbench.tables.notes import signature_notes
from sumbench.tables.values import column
from sumbench.tables.values import rows_of
from sumbench.tables.values import scaled
from sumbench.tables.values import unit

SECTIONS: Mapping[str, str] = {"ranked": "", "floor": "floors", "ceiling": "ceilings"}

_BETTER: Mapping[Direction, str] = {
    Direction.HIGHER: "Higher is better",
    Direction.LOWER: "Lower is better",
    Direction.NEITHER: "Properties, not ranked",
}

REFERENCES = "references"
"""The row of the references, measured as if they were summaries."""


def further_tables(record: Manifest, analysis: Analysis) -> Iterator[Table]:
    """Yield a table for each further title that values name, where any of these has a score.

    A fault that no summary has needs no column: a note says so. Nor has a value that no summary has: the notes of its
    metric, or those on failures, say why.
    """
    for title, values in record.shown.items():
        names = {value.name for value in values}
        if title and any(not names.isdisjoint(row.means) for row in analysis.standings):
            yield _table(record, analysis, title, values)


def _table(record: Manifest, analysis: Analysis, title: str, values: Sequence[Value]) -> Table:
    rows = rows_of(analysis.ranking(record.ranked_by), [value.name for value in values])
    measured = [value for value in values if any(value.name in row.means for row in rows)]
    faults = [value for value in measured if value.direction == Direction.LOWER]
    none = [value for value in faults if not any(row.means.get(value.name) for row in rows)]
    shown = [value for value in measured if value not in none] or measured
    columns = (Column("system", "system"), *map(column, shown))
    sections = []
    for role, heading in SECTIONS.items():
        mine = [row for row in rows if row.role == role and not _of_references(row, title)]
        if mine:
            sections.append(Section(heading, tuple(_row(row, row.system, shown, analysis) for row in mine)))
    people = [_row(row, REFERENCES, shown, analysis) for row in rows if _of_references(row, title)]
    if people:
        sections.append(Section("written by people", tuple(people)))
    notes = [_on_scores(shown)]
    if none and shown != none:
        notes.append(f"0 in every row: {_titles(none)}")
    if any(row.marks for section in sections for row in section.rows):
        notes.append("letters and bold: as above, within each column of which lower or higher is better")
    if people:
        notes.append("references: measured as if they were summaries, the mean over those of a document")
    notes += metric_notes(record, title)
    notes += signature_notes(record, shown)
    return Table(f"{record.corpus.name}: {title}", columns, tuple(sections), tuple(notes))


def _on_scores(values: Sequence[Value]) -> str:
    """Say what the figures are, those together of which the same is better."""
    said = []
    for direction, better in _BETTER.items():
        units: dict[str, list[Value]] = {}
        for value in values:
            if value.direction == direction:
                units.setdefault(unit(value), []).append(value)
        alike = [f"{_titles(some)} ({of})" if of else _titles(some) for of, some in units.items()]
        said += [f"{better}: {'; '.join(alike)}"] if alike else []
    return f"means over the documents. {'. '.join(said)}"


def _of_references(row: Standing, title: str) -> bool:
    return row.system == CEILING and title == WITHOUT_REFERENCES


def _titles(values: Sequence[Value]) -> str:
    return ", ".join(value.title for value in values)


def _row(row: Standing, name: str, values: Sequence[Value], analysis: Analysis) -> Row:
    marks = {at: analysis.letters(row.system, value.name) for at, value in enumerate(values, 1)}
    return Row(
        (name, *(scaled(row.means.get(value.name), value) for value in values)),
        frozenset(at for at, value in enumerate(values, 1) if row.system in analysis.outstanding(value.name)),
        {at: mark for at, mark in marks.items() if mark and values[at - 1].name in row.means},
    )
