"""Markdown format of a table (GitHub's), with its source aligned too."""

from collections.abc import Sequence
from itertools import chain

from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Table

_SPECIAL = "\\`*_~|<>[&"
_SHORTEST = 3
"""The dashes that the line under a header needs at least."""


def render(table: Table) -> str:
    """Return the table in Markdown: the best values bold, a section's heading in italics on a row of its own.

    Further tables follow.
    """
    return "\n".join(map(_rendered, table.each()))


def _rendered(table: Table) -> str:
    columns = table.columns
    header = [_escaped(column.title) for column in columns]
    body = _body(table)
    width = [max(_SHORTEST, *map(_width, column)) for column in zip(header, *body, strict=True)]
    lines = [f"**{_escaped(table.title)}**", ""]
    if table.verdict:
        lines += [_escaped(" ".join(table.verdict)), ""]
    lines += [_line(header, columns, width), _rule(columns, width)]
    lines += [_line(cells, columns, width) for cells in body]
    if table.notes:
        lines += ["", *(f"- {_escaped(note)}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def _body(table: Table) -> list[list[str]]:
    rows = [row for section in table.sections for row in section.rows]
    best = frozenset(chain.from_iterable(row.best for row in rows))
    room = table.mark_widths()
    lines = []
    for section in table.sections:
        if section.title:
            lines.append([f"*{_escaped(section.title)}*", *("" for _ in table.columns[1:])])
        lines += [_cells(table, row, best, room) for row in section.rows]
    return lines


def _cells(table: Table, row: Row, best: frozenset[int], room: Sequence[int]) -> list[str]:
    """Return a row's cells; plain numbers leave the room that the asterisks and marks of others in the column take."""
    shown = []
    for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        text = _escaped(column.shown(cell))
        if index in row.best and text:
            text = f"**{text}**"
        elif index in best and column.decimals is not None:
            text = f"  {text}  "
        if room[index]:
            text += f" {_escaped(row.marks.get(index, '')):{room[index]}}"
        shown.append(text if column.decimals is not None else text.rstrip())
    return shown


def _escaped(text: str) -> str:
    """Return the text on one line, nothing in it read as Markdown."""
    return "".join("\\" + character if character in _SPECIAL else character for character in " ".join(text.split()))


def _line(cells: Sequence[str], columns: Sequence[Column], width: Sequence[int]) -> str:
    padded = []
    for text, column, room in zip(cells, columns, width, strict=True):
        space = " " * (room - _width(text))
        padded.append(text + space if column.decimals is None else space + text)
    return "| " + " | ".join(padded) + " |"


def _rule(columns: Sequence[Column], width: Sequence[int]) -> str:
    dashes = [
        "-" * room if column.decimals is None else "-" * (room - 1) + ":"
        for column, room in zip(columns, width, strict=True)
    ]
    return "| " + " | ".join(dashes) + " |"


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
