"""The room that marks need behind the cells of a column."""

from bench.tables.model import Table


def widths(table: Table) -> tuple[int, ...]:
    """Return the length of each column's longest mark, 0 for a column without any."""
    rows = [row for section in table.sections for row in section.rows]
    return tuple(max((len(row.marks.get(place, "")) for row in rows), default=0) for place in range(len(table.columns)))
