"""The table model: columns, sections of rows, and notes, independent of any format.

All texts in it are visible: what a terminal would obey stands there as an escape, wherever a table comes from or goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from sumbench.visible import visible

Cell = str | float | int | None
"""A text, a number (the column says how many decimals it shows), or nothing."""


@dataclass(frozen=True)
class Column:
    """A column: its title, the name it has in files, and the decimals its numbers show (None: a text column).

    A `detail` appears in files for programs only.
    """

    key: str
    title: str
    decimals: int | None = None
    detail: bool = False

    def __post_init__(self) -> None:
        """Make the title visible."""
        object.__setattr__(self, "title", visible(self.title))

    def shown(self, cell: Cell) -> str:
        """Return the cell as a reader sees it; an absent one is empty."""
        if isinstance(cell, int | float) and self.decimals is not None:
            return f"{float(cell):z.{self.decimals}f}"
        return "" if cell is None else str(cell)


@dataclass(frozen=True)
class Row:
    """A row's cells, one a column, the columns (by index) of the best ones, and marks to show behind some.

    A `detail` appears in files for programs only.
    """

    cells: tuple[Cell, ...]
    best: frozenset[int] = frozenset()
    marks: Mapping[int, str] = field(default_factory=dict)
    detail: bool = False

    def __post_init__(self) -> None:
        """Make texts visible."""
        shown = tuple(visible(cell) if isinstance(cell, str) else cell for cell in self.cells)
        object.__setattr__(self, "cells", shown)


@dataclass(frozen=True)
class Section:
    """Rows that belong together, under a heading; the heading may be empty."""

    title: str
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        """Make the title visible."""
        object.__setattr__(self, "title", visible(self.title))


@dataclass(frozen=True)
class Origin:
    """What the scores of a table are of: the corpus with its sha256, and by their columns signatures and metrics."""

    corpus: str
    sha256: str
    signatures: Mapping[str, str]
    metrics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table: `verdict` says above it in sentences what it shows, `notes` are the lines under it.

    `origin` is that of a run's results, None for other tables. `further` tables stand below it: what those of the same
    rows show for readers is among the details of this one; those of a run in several languages have rows of their own.
    """

    title: str
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    origin: Origin | None = None
    verdict: tuple[str, ...] = ()
    further: "tuple[Table, ...]" = ()

    def __post_init__(self) -> None:
        """Make texts visible."""
        object.__setattr__(self, "title", visible(self.title))
        object.__setattr__(self, "notes", tuple(map(visible, self.notes)))
        object.__setattr__(self, "verdict", tuple(map(visible, self.verdict)))

    def readers(self) -> "Table":
        """Return the table as people read it: without the details for programs."""
        kept = [index for index, column in enumerate(self.columns) if not column.detail]
        moved = {index: new for new, index in enumerate(kept)}

        def shortened(row: Row) -> Row:
            return Row(
                tuple(row.cells[index] for index in kept),
                frozenset(moved[index] for index in row.best if index in moved),
                {moved[index]: mark for index, mark in row.marks.items() if index in moved},
            )

        sections = [
            Section(section.title, tuple(shortened(row) for row in section.rows if not row.detail))
            for section in self.sections
            if not section.rows or not all(row.detail for row in section.rows)
        ]
        columns = tuple(self.columns[index] for index in kept)
        return replace(self, columns=columns, sections=tuple(sections), further=())

    def each(self) -> "tuple[Table, ...]":
        """Return the table and its further ones, as people read them."""
        return (self.readers(), *(table.readers() for table in self.further))

    def mark_widths(self) -> tuple[int, ...]:
        """Return the length of each column's longest mark, 0 for a column without any."""
        rows = [row for section in self.sections for row in section.rows]
        return tuple(
            max((len(row.marks.get(index, "")) for row in rows), default=0) for index in range(len(self.columns))
        )

    def texts(self, row: Row) -> list[str]:
        """Return a row's cells as a reader sees them, marks aligned within each column."""
        widths = self.mark_widths()
        return [
            column.shown(cell)
            + (f" {row.marks.get(index, ''):{widths[index]}}" if widths[index] and cell is not None else "")
            for index, (column, cell) in enumerate(zip(self.columns, row.cells, strict=True))
        ]
