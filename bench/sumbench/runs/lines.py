"""JSON Lines files of records: fast, and every line validated against the types of the record."""

import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING
from dataclasses import fields
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Generic
from typing import TypeVar
from typing import get_type_hints

import msgspec

from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import one_line
from sumbench.validation import FAULTS
from sumbench.validation import explain_fault

Record = TypeVar("Record")

_ENCODER = json.JSONEncoder(ensure_ascii=False)


class LineError(ValueError):
    """A line that holds no record; the message names the field and what was expected."""


class LinesCodec(Generic[Record]):
    """Writes and reads the records of one dataclass, a line of JSON each."""

    def __init__(self, kind: type[Record]) -> None:
        """Prepare for records of the dataclass `kind`."""
        described = fields(kind)  # type: ignore[arg-type]
        hints = get_type_hints(kind)
        self.kind = kind
        self._names = tuple(field.name for field in described)
        self._values = attrgetter(*self._names)
        # Dataclasses have no way to refuse unknown fields, which msgspec's own records have.
        columns = [
            (field.name, hints[field.name], *(() if field.default is MISSING else (field.default,)))
            for field in described
        ]
        self._decoder = msgspec.json.Decoder(
            msgspec.defstruct(kind.__name__, columns, forbid_unknown_fields=True, gc=False)
        )

    def line(self, record: Record) -> bytes:
        """Return a record as a line of UTF-8, its end included."""
        text = _ENCODER.encode(dict(zip(self._names, self._values(record), strict=True)))
        try:
            return text.encode() + b"\n"
        except UnicodeEncodeError:
            # A lone surrogate is not valid UTF-8: it is replaced by U+FFFD.
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode() + b"\n"

    def read(self, line: bytes | str) -> Record:
        """Return the record that a line holds; raise LineError, naming the field, for one that holds none."""
        try:
            return self.kind(*self._values(self._decoder.decode(line)))
        except FAULTS as fault:
            raise LineError(one_line(explain_fault(fault))) from None

    def read_all(self, content: bytes, damage: Callable[[int, str], RunError]) -> list[Record]:
        """Return the records of whole lines; for the first that holds none raise `damage` of its number and fault."""
        values, kind = self._values, self.kind
        try:
            return [kind(*values(each)) for each in self._decoder.decode_lines(content)]
        except FAULTS as fault:
            raise damage(*self._first_fault(content, one_line(explain_fault(fault)))) from None

    def _first_fault(self, content: bytes, what: str) -> tuple[int, str]:
        """Return number and fault of the first line that holds no record; 0 and `what` where each alone holds one."""
        for number, line in enumerate(content.removesuffix(b"\n").split(b"\n"), 1):
            try:
                self.read(line)
            except LineError as fault:
                return number, str(fault)
        return 0, what


@cache
def lines_codec(kind: type[Record]) -> LinesCodec[Record]:
    """Return the codec of a dataclass, made once."""
    return LinesCodec(kind)


def whole_lines(content: bytes) -> bytes:
    """Return content without a last line that was torn off."""
    return content[: content.rfind(b"\n") + 1]


@contextmanager
def writing_lines(file: Path, codec: LinesCodec[Record]) -> Iterator[Callable[[Iterable[Record]], None]]:
    """Give what writes records as they come; where none come, remove what an earlier session left. Raises RunError."""
    with files.replacing(file) as content:
        yield lambda records: content.writelines(map(codec.line, records))
        empty = not content.tell()
    if empty:
        files.remove(file)


def read_lines(file: Path, codec: LinesCodec[Record]) -> list[Record]:
    """Read a file of records, none where there is no file; raise RunError, naming the line, for one that is damaged."""

    def damage(number: int, what: str) -> RunError:
        return RunError(f"{file}, line {number}: no {codec.kind.__name__.lower()}: {what}")

    return codec.read_all(files.read_bytes(file) or b"", damage)
