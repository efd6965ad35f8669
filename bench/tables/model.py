"""A table before it has a format: columns, sections of rows, and notes."""

from dataclasses import dataclass

Cell = str | float | int | None
"""A text, a number (the column says how many decimals it shows), or nothing."""


@dataclass(frozen=True)
class Column:
    """A column: its title, the name it has in files, and the decimals its numbers show (None: a text column)."""

    key: str
    title: str
    decimals: int | None = None

    def shown(self, cell: Cell) -> str:
        """Return the cell as a reader sees it; an absent one is empty."""
        if isinstance(cell, int | float) and self.decimals is not None:
            return f"{cell:.{self.decimals}f}"
        return "" if cell is None else str(cell)


@dataclass(frozen=True)
class Row:
    """A row's cells, one a column, and the places of those that stand out as the best."""

    cells: tuple[Cell, ...]
    best: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Section:
    """Rows that belong together, under a heading; the heading may be empty."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table: `notes` are the lines under it."""

    title: str
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()


def count(number: int, what: str) -> str:
    """Return a number with the name of what it counts, in the plural where there is not exactly one."""
    return f"{number} {what}" + ("" if number == 1 else "s")
