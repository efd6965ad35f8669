"""A table for the terminal."""

import sys

from bench.tables.model import Row
from bench.tables.model import Table

_UNBOUNDED = 200


def render(table: Table) -> str:
    """Return the table as text, coloured when stdout is a terminal, as wide as it needs when it is not."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    table = table.readers()
    terminal = sys.stdout.isatty()
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    console = Console(width=None if terminal else _UNBOUNDED, force_terminal=terminal, highlight=False)
    grid = Grid(box=box.SIMPLE_HEAD if unicode else box.ASCII2, pad_edge=False)
    for column in table.columns:
        grid.add_column(column.title, justify="left" if column.decimals is None else "right", no_wrap=True)

    def cells(row: Row) -> list[Text]:
        return [Text(text, style="bold" if place in row.best else "") for place, text in enumerate(table.texts(row))]

    for number, section in enumerate(table.sections):
        if number:
            grid.add_section()
        if section.title:
            grid.add_row(Text(section.title, style="dim italic"))
        for row in section.rows:
            grid.add_row(*cells(row))
    with console.capture() as capture:
        console.print(Text(table.title, style="bold"), soft_wrap=True)
        console.print(grid)
        for note in table.notes:
            console.print(Text(note, style="dim"), soft_wrap=True)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
