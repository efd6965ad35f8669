"""Where a row stands, and what its reader is given."""

import io
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import NamedTuple

from sumbench.corpus.notes import ReadingNotes


class RowLocation(NamedTuple):
    """The location of a row: its file, and its line or row counted from 1."""

    file: str
    unit: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, {self.unit} {self.number}"


LocatedRows = Iterator[tuple[RowLocation, Mapping[str, Any]]]


@dataclass(frozen=True)
class TableFile:
    """An open table: its name, its decompressed bytes, and where its reader puts notes."""

    name: str
    stream: io.BufferedReader
    notes: ReadingNotes
