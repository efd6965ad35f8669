"""Readers of .jsonl, .json, .csv, .tsv and .parquet files: rows, each with its location for error messages."""

import csv
import io
import json
import sys
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO
from typing import Any
from typing import NamedTuple

from sumbench.corpus.compressed import open_decompressed
from sumbench.errors import CorpusError

_BATCH = 256


class RowLocation(NamedTuple):
    """The location of a row: its file, and its line or row counted from 1."""

    file: str
    unit: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, {self.unit} {self.number}"


LocatedRows = Iterator[tuple[RowLocation, Mapping[str, Any]]]


def json_lines(file: Path) -> LocatedRows:
    """Yield the objects of a .jsonl file, one a line; blank lines are skipped."""
    with open_decompressed(file) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                location = RowLocation(str(file), "line", number)
                yield location, _object(_parsed(line, location), location)


def json_list(file: Path) -> LocatedRows:
    """Yield the objects of a .json file: of a list, or of the one list in an object."""
    with open_decompressed(file) as stream:
        content = _parsed(stream.read(), file)
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        if len(lists) != 1:
            raise CorpusError(f"{file}: is neither a list of objects nor an object with one such list")
        ((_, content),) = lists.items()
    if not isinstance(content, list):
        raise CorpusError(f"{file}: is no list of objects")
    for number, value in enumerate(content, 1):
        location = RowLocation(str(file), "item", number)
        yield location, _object(value, location)


def comma_separated(file: Path) -> LocatedRows:
    """Yield the rows of a .csv file, keyed by the names in its first line; quoted cells may hold line breaks.

    Where the first line has semicolons and no comma, the delimiter is a semicolon, as spreadsheets write it in locales
    whose decimal sign is the comma.
    """
    with open_decompressed(file) as stream:
        first = stream.readline()
    return _delimited(file, ";" if b";" in first and b"," not in first else ",")


def tab_separated(file: Path) -> LocatedRows:
    """Yield the rows of a .tsv file, keyed by the names in its first line."""
    return _delimited(file, "\t")


def parquet(file: Path) -> LocatedRows:
    """Yield the rows of a .parquet file, batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    with open_decompressed(file) as stream:
        content = stream if file.suffix == ".parquet" else io.BytesIO(stream.read())
        try:
            for batch in pq.ParquetFile(content).iter_batches(_BATCH):
                for values in batch.to_pylist():
                    number += 1
                    yield RowLocation(str(file), "row", number), values
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).partition("\n")[0].partition(". ")[0]
            raise CorpusError(f"{file}: the parquet file is damaged or cut off ({reason}): get it again") from None


FORMATS: Mapping[str, Callable[[Path], LocatedRows]] = MappingProxyType(
    {
        ".jsonl": json_lines,
        ".json": json_list,
        ".csv": comma_separated,
        ".tsv": tab_separated,
        ".parquet": parquet,
    }
)
"""The readers by the suffix of their files."""


def _delimited(file: Path, delimiter: str) -> LocatedRows:
    # A cell may hold a whole book; the module's limit is one for the process and can only be raised.
    csv.field_size_limit(sys.maxsize)
    with open_decompressed(file) as stream:
        reader = csv.reader(_decoded(stream, file), delimiter=delimiter, strict=True)
        line = 1
        try:
            names = next(reader, None)
            if not names:
                raise CorpusError(f"{file}: is empty: the first line must name the columns")
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise CorpusError(f"{file}, line 1: two columns have the name {twice!r}")
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    if len(cells) != len(names):
                        raise CorpusError(
                            f"{file}, line {line}: {len(cells)} cells for {len(names)} columns: "
                            "quote cells that hold a delimiter or a line break"
                        )
                    yield RowLocation(str(file), "line", line), dict(zip(names, cells, strict=True))
                line = reader.line_num + 1
        except csv.Error as error:
            raise CorpusError(f"{file}, line {line}: no sound row: {error}") from None


def _decoded(stream: IO[bytes], file: Path) -> Iterator[str]:
    for number, line in enumerate(stream, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise CorpusError(f"{file}, line {number}: not UTF-8: save the file as UTF-8") from None
        yield text[:-2] + "\n" if text.endswith("\r\n") else text


def _parsed(content: bytes, where: object) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CorpusError(f"{where}: not UTF-8: save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{where}: no JSON: {error}") from None


def _object(value: object, location: RowLocation) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise CorpusError(f"{location}: no JSON object, but a {type(value).__name__}")
    return value
