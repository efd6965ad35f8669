"""Readers of tables: JSON, delimited text, parquet and spreadsheets, as rows with their locations for errors."""

from collections.abc import Callable
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sumbench.corpus.compressed import open_decompressed
from sumbench.corpus.formats.arrow import parquet
from sumbench.corpus.formats.delimited import comma_separated
from sumbench.corpus.formats.delimited import tab_separated
from sumbench.corpus.formats.json_rows import json_lines
from sumbench.corpus.formats.json_rows import json_list
from sumbench.corpus.formats.kinds import SUFFIXES
from sumbench.corpus.formats.kinds import FileFormat
from sumbench.corpus.formats.kinds import found_format
from sumbench.corpus.formats.kinds import named_format
from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import RowLocation
from sumbench.corpus.formats.location import TableFile
from sumbench.corpus.formats.spreadsheet import spreadsheet
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.pipes import local_file
from sumbench.corpus.text import BUFFER
from sumbench.errors import CorpusError

__all__ = ["SUFFIXES", "LocatedRows", "RowLocation", "is_table_file", "read_table"]

_READERS: Mapping[FileFormat, Callable[[TableFile], LocatedRows]] = MappingProxyType(
    {
        FileFormat.JSON_LINES: json_lines,
        FileFormat.JSON: json_list,
        FileFormat.DELIMITED: comma_separated,
        FileFormat.TABBED: tab_separated,
        FileFormat.PARQUET: parquet,
        FileFormat.SPREADSHEET: spreadsheet,
    }
)


def is_table_file(file: Path) -> bool:
    """Tell whether a file, or one to come, is a table: by its suffix, or where that tells none by its content.

    Raises CorpusError for content that cannot be read at all.
    """
    named = named_format(file)
    if named in {None, FileFormat.TEXT} and local_file(file).is_file():
        with open_decompressed(file) as stream:
            named = found_format(file, stream.peek(BUFFER))
    return named not in {None, FileFormat.TEXT}


def read_table(file: Path, notes: ReadingNotes) -> LocatedRows:
    """Yield the rows of a table, whatever its format; raise CorpusError for what cannot be read."""
    with open_decompressed(file) as stream:
        found = found_format(file, stream.peek(BUFFER))
        if found is FileFormat.TEXT:
            raise CorpusError(f"{file}: is no table: known are {', '.join(SUFFIXES)}")
        yield from _READERS[found](TableFile(str(file), stream, notes))
