"""Reads tables of delimited text, such as .csv and .tsv, after finding out what delimits their cells."""

import csv
import re
from collections.abc import Iterator
from itertools import chain

from sumbench.corpus.columns import USUAL_COLUMNS
from sumbench.corpus.formats import commas
from sumbench.corpus.formats import tabs
from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.formats.named_rows import header
from sumbench.corpus.formats.named_rows import named_rows
from sumbench.corpus.text import text_lines
from sumbench.errors import CorpusError

_SPREADSHEET_LINE = re.compile(r'"?sep=([^\w\s"]|[\t ])"?\s*', re.IGNORECASE)


def comma_separated(file: TableFile) -> LocatedRows:
    """Yield the rows of a .csv file, keyed by the names in its first line; quoted cells may hold line breaks.

    Cells are delimited by what delimits names of usual columns in the first line: commas, semicolons (as spreadsheets
    write where the decimal sign is the comma), tabs or bars; or by what a line `sep=;` before it says.
    """
    return _rows(file, ",;\t|")


def tab_separated(file: TableFile) -> LocatedRows:
    """Yield the rows of a .tsv file, keyed by the names in its first line.

    A quote is a part of the text, unless it opens a cell that is closed by another one. Where the first line has no
    tab, but other delimiters between names of usual columns, these are taken.
    """
    return _rows(file, "\t,;|")


def _rows(file: TableFile, delimiters: str) -> LocatedRows:
    lines = text_lines(file.stream, file.name)
    number, first = _first_line(lines)
    if not first:
        raise CorpusError(f"{file.name}: is empty: the first line must name the columns")
    stated = _SPREADSHEET_LINE.fullmatch(first)
    if stated:
        more, first = _first_line(lines)
        number += more
        delimiter = stated[1]
    else:
        delimiter = _delimiter(first, delimiters)
    if delimiter == "\t":
        names = header(file.name, f"line {number}", tabs.header_cells(first))
        return named_rows(file.name, "line", names, tabs.rows(lines, len(names), number + 1, file))
    table = commas.CommaReader(chain([first], lines), delimiter, number, file)
    names = header(file.name, f"line {number}", table.header())
    return named_rows(file.name, "line", names, table.rows())


def _first_line(lines: Iterator[str]) -> tuple[int, str]:
    """Return the first line that is not blank, with its number; "" where there is none."""
    return next(((number, line) for number, line in enumerate(lines, 1) if line.strip()), (1, ""))


def _delimiter(first: str, delimiters: str) -> str:
    """Return the delimiter between the names in a first line: of several, the one that makes most usual names."""

    def usual(delimiter: str) -> int:
        try:
            (names,) = csv.reader([first], delimiter=delimiter)
        except (csv.Error, ValueError):
            names = first.split(delimiter)
        return len({name.strip() for name in names} & USUAL_COLUMNS)

    present = [delimiter for delimiter in delimiters if delimiter in first]
    return max(present, key=usual, default=delimiters[0])
