"""Reads cells that are delimited by commas and may be quoted; notices a stray quote that swallows rows."""

import csv
import sys
from collections.abc import Iterator

from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.formats.looks import RowLooks
from sumbench.errors import CorpusError


class CommaReader:
    """Reads the rows of a file's delimited lines; `number` is that of the first line."""

    def __init__(self, lines: Iterator[str], delimiter: str, number: int, file: TableFile) -> None:
        """Begin before the first line."""
        # A cell may hold a whole book; the module's limit is one for the process and can only be raised.
        csv.field_size_limit(sys.maxsize)
        self._delimiter = delimiter
        self._file = file.name
        self._notes = file.notes
        self._row: list[str] = []
        self._line = number
        self._looks: RowLooks | None = None
        self._spaced = False
        self._lines = self._watched(lines)
        self._cells = csv.reader(self._lines, delimiter=delimiter, strict=True)

    def header(self) -> list[str]:
        """Return the first row: the columns' names."""
        names = self._next() or []
        # "id, reference": the blank behind the delimiter belongs to it, and a quote behind the blank is one.
        self._spaced = len(names) > 1 and all(name[:1] == " " for name in names[1:])
        self._cells = csv.reader(self._lines, delimiter=self._delimiter, strict=True, skipinitialspace=self._spaced)
        self._looks = RowLooks(self._delimiter, len(names))
        return names

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the number of its first line; raise CorpusError for what is no sound row.

        A quoted cell whose lines look like rows of the table is refused: a quote that was meant as text has swallowed
        them.
        """
        while (cells := self._next()) is not None:
            if len(self._row) > 1 and self._looks:
                lines = [line for line in self._row if not line.isspace()]
                if len(cells) > 1 and all(self._looks.is_like_row_of(lines[0], line) for line in lines):
                    raise self._swallowed(self._line + 1)
                if len(cells) == 1:
                    # In one column nothing tells a row from a line of a cell.
                    self._notes.add(
                        f"{self._file}: quoted cells go on over several lines, as that of line {self._line}"
                    )
                    self._looks = None
            yield self._line, cells

    def _next(self) -> list[str] | None:
        self._line += len(self._row)
        self._row.clear()
        try:
            return next(self._cells, None)
        except csv.Error as error:
            raise CorpusError(f"{self._file}, line {self._line}: {self._reason(error)}") from None

    def _watched(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the lines and keep those of the current row."""
        row = self._row
        for line in lines:
            row.append(line)
            # Only an open quote makes a row go on behind its first line.
            if len(row) > 1 and self._looks is not None and self._looks.is_row_of(row[0], line):
                raise self._swallowed(self._line + len(row) - 1)
            yield line

    def _swallowed(self, line: int) -> CorpusError:
        return CorpusError(
            f"{self._file}, line {self._line}: a quote opens a cell that goes on in line {line}, which looks like a "
            "row: double a quote that is text, and quote its cell; if it is one cell, save the table as .jsonl"
        )

    def _reason(self, error: csv.Error) -> str:
        reason = str(error)
        if any('\\"' in line for line in self._row):
            return 'a quote is written as \\" inside a quoted cell: write it doubled, or save the table as .jsonl'
        if "unexpected end of data" in reason:
            return "a quote opens a cell and nothing closes it: double a quote that is text, and quote its cell"
        if "expected after" in reason:
            return "a quoted cell goes on behind its closing quote: double a quote that is text"
        if "new-line character" in reason:
            return "a carriage return stands outside of quotes: quote the cell, or end all lines alike"
        return f"no sound row: {reason}"
