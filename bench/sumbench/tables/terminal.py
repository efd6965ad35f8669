"""Terminal format of a table, drawn with rich."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Table
from sumbench.tables.plain import in_encoding

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

_UNBOUNDED = 100_000
_NARROWEST = 16
"""Columns of texts may be wrapped down to this width, or to their longest word where that is shorter."""
_NARROWEST_NAME = 24
"""The same for the first column, which names the rows."""
_HANGING = 2
_WIDEST = 100
"""Where there is no screen to fit, texts are wrapped at this width."""


def render(table: Table) -> str:
    """Return the table as text for stdout.

    On a terminal it is coloured and no wider than the screen: texts are wrapped, and what still does not fit is left
    out from the right, which a note says. Elsewhere it is as wide as it needs. What stdout's encoding does not have
    is written with signs of ASCII. Further tables follow.
    """
    return "\n".join(map(_rendered, table.each()))


def _rendered(table: Table) -> str:
    from rich.console import Console
    from rich.text import Text

    terminal = sys.stdout.isatty()
    encoding = sys.stdout.encoding or "ascii"
    console = Console(width=None if terminal else _UNBOUNDED, force_terminal=terminal, highlight=False)
    table = in_encoding(table, encoding)
    unicode = encoding.lower().startswith("utf")
    shown = len(table.columns)
    # Rich's measure never exceeds the width that it is given, so it is given one without bounds.
    wide = console.options.update_width(_UNBOUNDED)
    while (
        shown > 1
        and console.measure(_grid(table, shown, unicode=unicode, fitted=terminal), options=wide).minimum > console.width
    ):
        shown -= 1
    notes = [*table.notes]
    if shown < len(table.columns):
        left_out = ", ".join(column.title for column in table.columns[shown:])
        notes.append(f"left out, as the terminal is too narrow: {left_out} (--format csv has every column)")
    with console.capture() as capture:
        console.print(Text(table.title, style="bold"))
        for sentence in table.verdict:
            console.print(Text(sentence))
        console.print(_grid(table, shown, unicode=unicode, fitted=terminal))
        for note in notes:
            console.print(_hanging(note, console))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _grid(table: Table, shown: int, *, unicode: bool, fitted: bool) -> "Grid":
    """Return the table's first `shown` columns as rich's table, which is `fitted` to a screen or not."""
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=box.SIMPLE_HEAD if unicode else box.ASCII2, pad_edge=False)
    room = table.mark_widths()
    least = [_least(table, index, room[index]) for index in range(shown)]
    for column, width in zip(table.columns, least, strict=False):
        number = column.decimals is not None
        title = column.title.rjust(width) if number else column.title
        most = None if number or fitted else _WIDEST
        grid.add_column(Text(title), min_width=width, max_width=most, no_wrap=number, overflow="fold")
    for index, section in enumerate(table.sections):
        if index:
            grid.add_section()
        if section.title:
            grid.add_row(Text(section.title, style="dim italic"))
        for row in section.rows:
            grid.add_row(*_cells(table.columns, row, room, least))
    return grid


def _cells(columns: Sequence[Column], row: Row, room: Sequence[int], least: Sequence[int]) -> list["Text"]:
    """Return a row's cells; numbers are set to the right here, as rich would move them by the spaces of their marks."""
    from rich.text import Text

    cells = []
    for index, width in enumerate(least):
        column, cell = columns[index], row.cells[index]
        shown, style = column.shown(cell), "bold" if index in row.best else ""
        behind = f" {row.marks.get(index, ''):{room[index]}}" if room[index] and cell is not None else ""
        before = "" if column.decimals is None else " " * (width - len(shown) - len(behind))
        cells.append(Text.assemble(before, (shown, style), behind))
    return cells


def _least(table: Table, index: int, room: int) -> int:
    """Return the width that a column needs: the whole for numbers, for texts that of their longest word, or less."""
    from rich.cells import cell_len

    column = table.columns[index]
    cells = [column.shown(row.cells[index]) for section in table.sections for row in section.rows]
    if column.decimals is not None:
        return max(cell_len(column.title), *(len(text) + (room and room + 1) for text in cells), 1)
    words = [word for text in (column.title, *cells) for word in text.split()]
    return min(max((cell_len(word) for word in words), default=1), _NARROWEST_NAME if index == 0 else _NARROWEST)


def _hanging(note: str, console: "Console") -> "Text":
    """Return the note wrapped to the screen, all lines but the first set in."""
    from rich.text import Text

    lines = Text(note, style="dim").wrap(console, console.width - _HANGING)
    return Text("\n" + " " * _HANGING).join(lines)
