"""CSV format of a table, for programs: full precision, no notes."""

import csv
import io

from sumbench.tables.model import Cell
from sumbench.tables.model import Table

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula, and run it."""


def render(table: Table) -> str:
    """Return the table as CSV with a header: a column `section`, then the table's own by their keys.

    A text that a spreadsheet would run as a formula has an apostrophe before it, which spreadsheets do not show.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["section", *(guarded(column.key) for column in table.columns)])
    for section in table.sections:
        writer.writerows([guarded(cell) for cell in (section.title, *row.cells)] for row in section.rows)
    return text.getvalue()


def guarded(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs: a text that begins like a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
