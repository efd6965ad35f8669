"""HTML format of a table: a fragment for any page, without scripts, with its own style."""

from collections.abc import Iterator
from collections.abc import Sequence
from html import escape

from sumbench.tables.model import Row
from sumbench.tables.model import Table

_STYLE = """\
.sumbench { margin: 1em 0; overflow-x: auto }
.sumbench table { border-block: 2px solid; border-spacing: 0 }
.sumbench caption { font-weight: bold; padding: .4em 0; text-align: start }
.sumbench :is(th, td) { padding: .2em .6em; text-align: start; vertical-align: baseline }
.sumbench thead th { border-bottom: 1px solid; vertical-align: bottom }
.sumbench tbody th { font-weight: inherit }
.sumbench tbody + tbody tr:first-child > * { border-top: 1px solid }
.sumbench th[scope=rowgroup] { font-style: italic }
.sumbench :is(thead th, th[scope=row]) { background: var(--sumbench-background, Canvas) }
.sumbench th[scope=row] { inset-inline-start: 0; min-width: 6em; overflow-wrap: anywhere; position: sticky }
.sumbench .number { font-variant-numeric: tabular-nums lining-nums; text-align: right }
.sumbench :is(.number, .short) { white-space: nowrap }
.sumbench sup { display: inline-block; line-height: 0; text-align: left }
.sumbench .verdict { font-size: larger; margin: 0 0 .4em; max-width: 75ch }
.sumbench .notes { font-size: smaller; overflow-wrap: anywhere; padding-inline-start: 1.2em }
@media (min-width: 75em) {
.sumbench { overflow-x: visible }
.sumbench thead th { inset-block-start: 0; position: sticky; z-index: 1 }
}"""
# On a page of another colour than the reader's own, `--sumbench-background` says it. A wide window has room for the
# table, and its header stays in sight; in a narrow one it scrolls sideways, and the names of the rows stay.

_SHORT = 24
"""Texts of so many characters are not broken into lines, where no text of their column is longer."""


def render(table: Table) -> str:
    """Return a `figure` with the table and its notes: the best values strong, marks raised; one for each further table.

    The style stands in the first one.
    """
    first, *others = table.each()
    lines = [*_lines(first, _STYLE), *(line for other in others for line in _lines(other))]
    return "\n".join(lines) + "\n"


def _lines(table: Table, style: str = "") -> Iterator[str]:
    room = table.mark_widths()
    classes = [_class(table, index) for index in range(len(table.columns))]
    yield '<figure class="sumbench">'
    if style:
        yield f"<style>\n{style}\n</style>"
    if table.verdict:
        yield f'<p class="verdict">{escape(" ".join(table.verdict))}</p>'
    yield "<table>"
    yield f"<caption>{escape(table.title)}</caption>"
    yield "<thead>"
    yield "<tr>"
    for column, class_ in zip(table.columns, classes, strict=True):
        yield f'<th scope="col"{class_}>{escape(column.title)}</th>'
    yield "</tr>"
    yield "</thead>"
    for section in table.sections:
        yield "<tbody>"
        if section.title:
            span = f' colspan="{len(table.columns)}"'
            yield f'<tr><th scope="rowgroup"{span}>{escape(section.title)}</th></tr>'
        for row in section.rows:
            yield from ("<tr>", *_cells(table, row, room, classes), "</tr>")
        yield "</tbody>"
    yield "</table>"
    if table.notes:
        yield '<ul class="notes">'
        yield from (f"<li>{escape(note)}</li>" for note in table.notes)
        yield "</ul>"
    yield "</figure>"


def _cells(table: Table, row: Row, room: Sequence[int], classes: Sequence[str]) -> Iterator[str]:
    for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        shown = escape(column.shown(cell))
        if index in row.best and shown:
            shown = f"<strong>{shown}</strong>"
        # Every cell of the column leaves the room of its widest mark, so that the numbers stay in line.
        if room[index] and cell is not None:
            shown += f'<sup style="width:{room[index]}ch">{escape(row.marks.get(index, ""))}</sup>'
        yield f'<th scope="row">{shown}</th>' if index == 0 else f"<td{classes[index]}>{shown}</td>"


def _class(table: Table, index: int) -> str:
    if table.columns[index].decimals is not None:
        return ' class="number"'
    texts = [str(row.cells[index] or "") for section in table.sections for row in section.rows]
    return ' class="short"' if index and all(len(text) <= _SHORT for text in texts) else ""
