"""Tells of which format a file is: by its suffix, and by its first bytes where these say something else."""

import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from sumbench.corpus.columns import USUAL_COLUMNS
from sumbench.corpus.compressed import format_suffix
from sumbench.corpus.text import head_text
from sumbench.errors import CorpusError


class FileFormat(Enum):
    """What a file of texts may be; the value is what messages call it."""

    JSON_LINES = "JSON lines"
    JSON = "JSON"
    DELIMITED = "CSV"
    TABBED = "TSV"
    PARQUET = "parquet"
    SPREADSHEET = "a spreadsheet"
    TEXT = "text"


SUFFIXES: Mapping[str, FileFormat] = MappingProxyType(
    {
        ".jsonl": FileFormat.JSON_LINES,
        ".ndjson": FileFormat.JSON_LINES,
        ".jsonlines": FileFormat.JSON_LINES,
        ".json": FileFormat.JSON,
        ".csv": FileFormat.DELIMITED,
        ".tsv": FileFormat.TABBED,
        ".tab": FileFormat.TABBED,
        ".parquet": FileFormat.PARQUET,
        ".xlsx": FileFormat.SPREADSHEET,
        ".xlsm": FileFormat.SPREADSHEET,
        ".ods": FileFormat.SPREADSHEET,
    }
)
"""The formats of tables by the suffix of their files, in small letters."""

_TEXT_SUFFIXES = (".txt", ".text")
_BINARY = (FileFormat.PARQUET, FileFormat.SPREADSHEET)
_MAGIC = (
    (b"PAR1", FileFormat.PARQUET),
    (b"PK\x03\x04", FileFormat.SPREADSHEET),
)
_LONGEST_NAME = 40


def named_format(file: Path) -> FileFormat | None:
    """Return the format that the file's name tells; None for a suffix that tells nothing, and for none."""
    suffix = format_suffix(file)
    if suffix in _TEXT_SUFFIXES:
        # Some systems hide a known suffix and add another one: out.jsonl.txt.
        return None if format_suffix(Path(file.stem)) in SUFFIXES else FileFormat.TEXT
    return SUFFIXES.get(suffix)


def found_format(file: Path, head: bytes) -> FileFormat:
    """Return the format of a file whose first bytes are `head`.

    The name decides, unless the bytes are surely those of another format. Where the name tells nothing, the bytes
    decide; what looks like no table is text. Raises CorpusError for a file that is not what its name says, nor
    anything else that can be read.
    """
    named = named_format(file)
    for magic, binary in _MAGIC:
        if head.startswith(magic):
            return binary
    if named in _BINARY and head:
        raise CorpusError(f"{file}: is not {named.value}, in spite of its name: name it as what it is, or save it anew")
    lines = [line for line in head_text(head).split("\n") if line.strip()]
    if not lines:
        return named or FileFormat.TEXT
    if named is FileFormat.TEXT:
        # JSON in it may be what a model wrote; a line that names columns is written by no model.
        return _delimited_format(lines, usual=2) or named
    if named in {None, FileFormat.DELIMITED, FileFormat.TABBED}:
        return _json_format(lines) or named or _delimited_format(lines, usual=1) or FileFormat.TEXT
    return named or FileFormat.TEXT


def _json_format(lines: list[str]) -> FileFormat | None:
    """Return the format of JSON that begins with such lines; None for what is none."""
    first = lines[0].strip()
    behind = first[1:].lstrip()[:1]
    if first == "{" or (first[0] == "[" and behind in {"", "{"}):
        return FileFormat.JSON
    # A line that does not end within the bytes at hand can only be told by how it begins.
    is_object = _is_object(first) or (len(lines) == 1 and behind == '"')
    return FileFormat.JSON_LINES if first[0] == "{" and is_object else None


def _delimited_format(lines: list[str], usual: int) -> FileFormat | None:
    """Return the format of a table whose first line names columns, so many at least by usual names; None for none."""
    for delimiter in "\t,;|":
        names = [name.strip().strip('"').strip() for name in lines[0].split(delimiter)]
        if (
            len(names) > 1
            and len(USUAL_COLUMNS & set(names)) >= usual
            and len(set(names)) == len(names)
            and all(len(name) <= _LONGEST_NAME for name in names)
            and all(line.count(delimiter) >= len(names) - 1 or '"' in line for line in lines[1:2])
        ):
            return FileFormat.TABBED if delimiter == "\t" else FileFormat.DELIMITED
    return None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
