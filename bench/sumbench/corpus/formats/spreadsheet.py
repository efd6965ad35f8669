"""Reads spreadsheets: .xlsx, .xlsm and .ods."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from typing import Any

from sumbench.corpus import limits
from sumbench.corpus.cells import scalar_text
from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.formats.named_rows import header
from sumbench.corpus.formats.named_rows import named_rows
from sumbench.errors import CorpusError
from sumbench.errors import first_line

_LONGEST_CELL = 32_767
"""The most characters that a cell of a spreadsheet holds; programs cut off what is longer."""


def spreadsheet(file: TableFile) -> LocatedRows:
    """Yield the rows of a spreadsheet's first visible sheet that is not empty, keyed by the names in its first row.

    Cells are read as text, as a .csv file would have them: whole numbers without a fraction, dates as in ISO 8601.
    """
    sheet = _sheet(file, limits.read_whole(file.stream, file.name))
    rows = ((number, [_text(cell) for cell in cells]) for number, cells in enumerate(sheet.iter_rows(), 1))
    number, first = next(((number, cells) for number, cells in rows if any(cells)), (1, []))
    names = header(file.name, f"row {number}", first)
    return named_rows(file.name, "row", names, _watched(rows, file))


def _sheet(file: TableFile, content: bytes) -> Any:  # noqa: ANN401
    import python_calamine

    _check_archive(file.name, content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            each.name
            for each in book.sheets_metadata
            if each.typ == python_calamine.SheetTypeEnum.WorkSheet
            and each.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        sheets = [sheet for name in visible if (sheet := book.get_sheet_by_name(name)).height]
    except python_calamine.PasswordError:
        raise CorpusError(f"{file.name}: is protected by a password: save it without one") from None
    except (python_calamine.CalamineError, OSError) as error:
        raise CorpusError(f"{file.name}: the spreadsheet is damaged ({first_line(error)}): save it anew") from None
    if not sheets:
        raise CorpusError(f"{file.name}: has no sheet with cells")
    if len(sheets) > 1:
        others = ", ".join(repr(sheet.name) for sheet in sheets[1:])
        file.notes.add(f"{file.name}: read was the sheet {sheets[0].name!r}, not {others}")
    return sheets[0]


def _check_archive(file: str, content: bytes) -> None:
    """Raise CorpusError for an archive that is damaged, by its checksums, or that is no spreadsheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            limits.check_archive_size(archive, file)
            names = archive.namelist()
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise CorpusError(
            f"{file}: the spreadsheet is damaged or cut off ({first_line(error)}): get it again"
        ) from None
    if damaged is not None:
        raise CorpusError(f"{file}: the spreadsheet is damaged (in {damaged}): get it again")
    if "word/document.xml" in names:
        raise CorpusError(f"{file}: is a document of Word: save its table as .csv or .xlsx")
    if "content.xml" not in names and not any(name.startswith("xl/") for name in names):
        raise CorpusError(f"{file}: is a zip archive, but no spreadsheet: unpack it")


def _watched(rows: Iterator[tuple[int, list[str]]], file: TableFile) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        if any(len(cell) >= _LONGEST_CELL for cell in cells):
            file.notes.add(
                f"{file.name}, row {number}: a cell has {_LONGEST_CELL:,} characters, the most that spreadsheets "
                "keep: its text may be cut off"
            )
        yield number, cells


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime | date | float | int):
        return scalar_text(cell) or ""
    return str(cell)
