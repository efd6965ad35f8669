"""Reads cells that are delimited by tabs: a quote is text, unless it opens a cell and is closed at that cell's end."""

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.formats.looks import RowLooks
from sumbench.errors import CorpusError

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=\t|\Z)')
_OPENED = re.compile(r'"([^"]*(?:""[^"]*)*)\Z')
_CLOSED = re.compile(r'([^"]*(?:""[^"]*)*)"(?=\t|\Z)')
_GOES_ON = re.compile(r'[^"]*(?:""[^"]*)*\Z')
_ENOUGH = 50
"""After so many lines that look like rows, they are rows."""


class _Cells(NamedTuple):
    """The cells of a line, and what the last one begins with where a quote opens it and does not close in the line."""

    closed: list[str]
    opened: str | None


class _Continuation(NamedTuple):
    """The lines behind an open quote: how many, whether they close it, how many look like rows."""

    lines: int
    closes: bool
    rows: int


def header_cells(line: str) -> list[str]:
    """Return the columns' names in a first line."""
    return _literal(line.removesuffix("\n"))


def rows(lines: Iterator[str], columns: int, number: int, file: TableFile) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line; `number` is that of the first of the lines.

    A cell that a quote opens goes on in further lines only where these cannot be rows of their own. Where they are
    rows, the quote is text, which a note says. Raises CorpusError where some are and some are not.
    """
    return _Reader(lines, columns, file).rows(number)


class _Reader:
    def __init__(self, lines: Iterator[str], columns: int, file: TableFile) -> None:
        self._lines = lines
        self._columns = columns
        self._file = file
        self._ahead: deque[str] = deque()
        self._looks = RowLooks("\t", columns)

    def rows(self, number: int) -> Iterator[tuple[int, list[str]]]:
        while (line := self._next()) is not None:
            size = 1
            if '"' not in line:
                cells = line.split("\t") if line else []
            else:
                cells, size = self._quoted(line, number)
            yield number, cells
            number += size

    def _next(self) -> str | None:
        if self._ahead:
            return self._ahead.popleft()
        line = next(self._lines, None)
        return None if line is None else line.removesuffix("\n")

    def _quoted(self, line: str, number: int) -> tuple[list[str], int]:
        """Return the cells of the row that begins with a line that holds quotes, and its number of lines."""
        cells, opened = _parsed(line)
        literal = _literal(line)
        if opened is None:
            return (literal if len(literal) == self._columns else cells), 1
        found = self._continuation(line)
        if len(literal) == self._columns:
            if not self._is_one_cell(found, number):
                return literal, 1
        elif not found.closes:
            return literal, 1
        return self._joined(cells, opened)

    def _is_one_cell(self, found: _Continuation, number: int) -> bool:
        """Tell whether the lines behind a quote belong to its cell, where the line with the quote may be a row, too."""
        if not found.closes:
            return False
        if found.rows == found.lines and self._columns > 1:
            self._file.notes.add(
                f"{self._file.name}: the quotes in lines {number} to {number + found.lines} are taken as text: "
                "as those of one cell they would swallow rows"
            )
            return False
        if found.rows or self._columns == 1:
            raise CorpusError(
                f"{self._file.name}, line {number}: a quote opens a cell that goes on to line {number + found.lines}, "
                "over lines that look like rows: give each text one line; if it is one cell, save the table as .jsonl"
            )
        return True

    def _continuation(self, opening: str) -> _Continuation:
        """Look ahead from a line whose last quote is open, to where it is closed or cannot be."""
        full = looks = 0
        for count, line in enumerate(self._peeked(), 1):
            is_full = line.count("\t") == self._columns - 1
            full += is_full
            looks += is_full and self._looks.is_like_row_of(opening, line)
            if '"' not in line:
                if full == count >= _ENOUGH:
                    break
            elif _CLOSED.match(line):
                return _Continuation(count, closes=True, rows=looks)
            elif not _GOES_ON.match(line):
                break
        return _Continuation(0, closes=False, rows=0)

    def _peeked(self) -> Iterator[str]:
        yield from tuple(self._ahead)
        for line in self._lines:
            self._ahead.append(line.removesuffix("\n"))
            yield self._ahead[-1]

    def _joined(self, cells: list[str], opened: str | None) -> tuple[list[str], int]:
        """Return the cells of a row whose last cell goes on in the next lines, and its number of lines."""
        size, lines = 1, [opened or ""]
        while opened is not None and (line := self._next()) is not None:
            size += 1
            closing = _CLOSED.match(line) if '"' in line else None
            if closing is None:
                lines.append(line)
                continue
            cells = [*cells, "\n".join((*lines, closing[1])).replace('""', '"')]
            opened = None
            if closing.end() < len(line):
                more, opened = _parsed(line[closing.end() + 1 :])
                cells, lines = [*cells, *more], [opened or ""]
        return (cells if opened is None else [*cells, "\n".join(lines)]), size


def _parsed(line: str) -> _Cells:
    cells: list[str] = []
    at = 0
    while True:
        if line.startswith('"', at):
            quoted = _QUOTED.match(line, at)
            if quoted:
                cells.append(quoted[1].replace('""', '"'))
                if quoted.end() == len(line):
                    return _Cells(cells, None)
                at = quoted.end() + 1
                continue
            opened = _OPENED.match(line, at)
            if opened:
                return _Cells(cells, opened[1])
        end = line.find("\t", at)
        if end < 0:
            return _Cells([*cells, line[at:]], None)
        cells.append(line[at:end])
        at = end + 1


def _literal(line: str) -> list[str]:
    """Return what stands between the tabs of a line, without the quotes of a cell that these enclose."""
    return [
        closed[1].replace('""', '"') if cell[:1] == '"' and (closed := _QUOTED.fullmatch(cell)) else cell
        for cell in line.split("\t")
    ]
