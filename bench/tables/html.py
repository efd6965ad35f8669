"""A table as a fragment of HTML that stands in any page: no scripts, and a style of its own."""

from collections.abc import Iterator
from collections.abc import Sequence
from html import escape

from bench.tables.marks import widths
from bench.tables.model import Column
from bench.tables.model import Row
from bench.tables.model import Table

_STYLE = """\
.sumbench { overflow-x: auto }
.sumbench table { border-collapse: collapse; border-block: 2px solid }
.sumbench caption { font-weight: bold; padding: .4em 0; text-align: start }
.sumbench :is(th, td) { padding: .2em .6em; text-align: start; vertical-align: baseline }
.sumbench thead th { border-bottom: 1px solid }
.sumbench tbody th { font-weight: inherit }
.sumbench tbody + tbody tr:first-child > * { border-top: 1px solid }
.sumbench th[scope=rowgroup] { font-style: italic }
.sumbench .number { font-variant-numeric: tabular-nums lining-nums; text-align: right; white-space: nowrap }
.sumbench sup { display: inline-block; line-height: 0; text-align: left }
.sumbench .notes { font-size: smaller; overflow-wrap: anywhere }"""


def render(table: Table) -> str:
    """Return a `figure` with the table and its notes: the best values strong, marks raised."""
    table = table.readers()
    return "\n".join(_lines(table)) + "\n"


def _lines(table: Table) -> Iterator[str]:
    room = widths(table)
    yield '<figure class="sumbench">'
    yield f"<style>\n{_STYLE}\n</style>"
    yield "<table>"
    yield f"<caption>{escape(table.title)}</caption>"
    yield "<thead>"
    yield "<tr>"
    yield from (f'<th scope="col"{_class(column)}>{escape(column.title)}</th>' for column in table.columns)
    yield "</tr>"
    yield "</thead>"
    for section in table.sections:
        yield "<tbody>"
        if section.title:
            span = f' colspan="{len(table.columns)}"'
            yield f'<tr><th scope="rowgroup"{span}>{escape(section.title)}</th></tr>'
        for row in section.rows:
            yield from ("<tr>", *_cells(table, row, room), "</tr>")
        yield "</tbody>"
    yield "</table>"
    if table.notes:
        yield '<ul class="notes">'
        yield from (f"<li>{escape(note)}</li>" for note in table.notes)
        yield "</ul>"
    yield "</figure>"


def _cells(table: Table, row: Row, room: Sequence[int]) -> Iterator[str]:
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        shown = escape(column.shown(cell))
        if place in row.best and shown:
            shown = f"<strong>{shown}</strong>"
        # Every cell of the column leaves the room of its widest mark, so that the numbers stay in line.
        if room[place] and cell is not None:
            shown += f'<sup style="width:{room[place]}ch">{escape(row.marks.get(place, ""))}</sup>'
        yield f'<th scope="row">{shown}</th>' if place == 0 else f"<td{_class(column)}>{shown}</td>"


def _class(column: Column) -> str:
    return "" if column.decimals is None else ' class="number"'
