"""xlsx export: a workbook of a run's tables, what they say in words, and documents by systems (extra `xlsx`).

`results` has the result table with the columns for programs hidden, then come the further tables, `notes` has verdict
and notes of all of them, and after it each value that readers see has a sheet of its own: a row a document, a column a
system, scaled as in the tables, the mean over draws, and 0 for a document without a summary where higher is better.
Text is text, whatever it begins with: no cell is a formula.
"""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

import numpy as np

from sumbench.errors import UsageError
from sumbench.exports.source import ExportSource
from sumbench.files import replacing
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.stats import run_matrices
from sumbench.stats.standing import names_in
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Table
from sumbench.visible import visible

ROWS = 1_048_576
"""The rows that a sheet may have."""

LONGEST = 32_767
"""The characters that a cell may have."""

_UNNAMED = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ILLEGAL = re.compile("[\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = 31
_WIDEST = 60


def export(source: ExportSource, place: str | None) -> list[str]:
    """Write the workbook into the file `place` (default: NAME.xlsx here), and return its name.

    Raises UsageError where openpyxl is missing, and for more documents than a sheet has rows.
    """
    try:
        import openpyxl
    except ImportError:
        raise UsageError("export xlsx needs openpyxl: pip install 'sumbench[xlsx]'") from None
    if len(source.run.ids) >= ROWS:
        raise UsageError(f"{len(source.run.ids):,} documents: a sheet has {ROWS:,} rows: sumbench export --to csv")
    file = source.file(place, ".xlsx")
    # A workbook that is begun and not saved leaves tracebacks on stderr: it is begun when its file is.
    with replacing(file) as content:
        book = openpyxl.Workbook(write_only=True)
        _fill(_Sheets(book), source)
        book.save(content)
    return [str(file)]


def _fill(sheets: "_Sheets", source: ExportSource) -> None:
    """Add tables, notes and scores of a run."""
    tables = (source.table, *(table.readers() for table in source.table.further))
    for table in tables:
        sheets.add_table("results" if table is source.table else table.title, table)
    sheets.add_notes(tables)
    for value, systems, scores in _matrices(source):
        sheets.add_matrix(value, source.run.ids, systems, scores)


def cell_text(text: str) -> str:
    """Return a text as XML and Excel take it: what either cannot hold as an escape, cut to what a cell may have."""
    shown = _ILLEGAL.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))
    # Excel reads _x0041_ as A; the escape of the low line says that one is meant.
    shown = _ESCAPE.sub("_x005F_", shown)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


class _Sheets:
    """Adds sheets to a workbook that is written row by row."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - openpyxl ships no types
        from openpyxl.styles import Font

        self._book = book
        self._bold = Font(bold=True)
        self._names: set[str] = set()

    def add_table(self, name: str, table: Table) -> None:
        """Add a table as CSV has it, `section` first; columns for programs are hidden, the best scores bold.

        Columns have the titles that readers see, those for programs their names in files.
        """
        sheet = self._sheet(name)
        columns = (Column("section", "section"), *table.columns)
        titles = [column.key if column.detail else column.title for column in columns]
        rows = [(section.title, row) for section in table.sections for row in section.rows]
        for number, column in enumerate(columns, 1):
            texts = [titles[number - 1], *(column.shown(row.cells[number - 2]) for _, row in rows if number > 1)]
            self._size(sheet, number, texts, hidden=column.detail)
        sheet.append([self._cell(sheet, title, bold=True) for title in titles])
        for title, row in rows:
            cells = zip(table.columns, row.cells, strict=True)
            sheet.append(
                [
                    self._cell(sheet, title),
                    *(
                        self._cell(sheet, cell, column.decimals, bold=index in row.best)
                        for index, (column, cell) in enumerate(cells)
                    ),
                ]
            )

    def add_notes(self, tables: Iterable[Table]) -> None:
        """Add what the tables say in words, a line each."""
        sheet = self._sheet("notes", frozen=False)
        for table in tables:
            sheet.append([self._cell(sheet, table.title, bold=True)])
            for line in (*table.verdict, *table.notes):
                sheet.append([self._cell(sheet, line)])
            sheet.append([])

    def add_matrix(self, value: Value, documents: Iterable[str], systems: Iterable[str], scores: FloatArray) -> None:
        """Add the scores of a value, of shape (systems, documents)."""
        sheet = self._sheet(value.name)
        self._size(sheet, 1, ["document"] * 3)
        sheet.append([self._cell(sheet, title, bold=True) for title in ("document", *systems)])
        shown = np.round(value.scale * scores.T, 12)
        for document, row in zip(documents, shown, strict=True):
            there = [None if np.isnan(score) else float(score) for score in row]
            sheet.append([self._cell(sheet, document), *(self._cell(sheet, one, value.decimals) for one in there)])

    def _sheet(self, title: str, *, frozen: bool = True) -> Any:  # noqa: ANN401 - openpyxl ships no types
        """Make a sheet under a name that is free and that Excel takes."""
        base = _UNNAMED.sub(" ", visible(title)).strip(" '")[:_SHEET_NAME] or "sheet"
        name, number = base, 1
        while name.lower() in self._names:
            number += 1
            end = f" {number}"
            name = f"{base[: _SHEET_NAME - len(end)]}{end}"
        self._names.add(name.lower())
        sheet = self._book.create_sheet(name)
        if frozen:
            sheet.freeze_panes = "A2"
        return sheet

    def _cell(self, sheet: Any, value: Cell, decimals: int | None = None, *, bold: bool = False) -> Any:  # noqa: ANN401
        from openpyxl.cell import WriteOnlyCell

        if isinstance(value, float) and not np.isfinite(value):
            value = str(value)
        made = WriteOnlyCell(sheet, None)
        if isinstance(value, str):
            made.value = cell_text(value)
            # A text that begins with = is taken for a formula, and #N/A for an error, unless it is said to be a text.
            made.data_type = "s"
        elif value is not None:
            made.value = value
            if decimals is not None:
                made.number_format = f"0.{'0' * decimals}" if decimals else "0"
        if bold:
            made.font = self._bold
        return made

    @staticmethod
    def _size(sheet: Any, number: int, texts: Iterable[str], *, hidden: bool = False) -> None:  # noqa: ANN401
        from openpyxl.utils import get_column_letter

        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = min(_WIDEST, 3 + max(map(len, texts)))
        dimension.hidden = hidden


def _matrices(source: ExportSource) -> Iterator[tuple[Value, list[str], FloatArray]]:
    """Yield the scores of each value that readers see, of those systems that have any."""
    record = source.run.manifest
    names = names_in(record, source.run.score_parts())
    shown = [value for values in record.shown.values() for value in values]
    matrices = run_matrices(source.run, names, source.run.ids, [value.name for value in shown])
    for value in shown:
        scores = matrices.get(value.name)
        if scores is not None:
            kept = np.flatnonzero(~np.isnan(scores).all(axis=1))
            yield value, [names[row] for row in kept], scores[kept]
