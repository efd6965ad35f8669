"""Reads rows of tables, from one file or from all files that match a pattern."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from glob import glob
from glob import has_magic
from pathlib import Path
from typing import Any
from typing import TypeAlias

from sumbench.corpus.compressed import COMPRESSED_SUFFIXES
from sumbench.corpus.compressed import base_name
from sumbench.corpus.compressed import format_suffix
from sumbench.corpus.formats import FORMATS
from sumbench.corpus.formats import RowLocation
from sumbench.corpus.shards import in_natural_order
from sumbench.corpus.shards import shards
from sumbench.errors import CorpusError

RowReader: TypeAlias = "Callable[[str], Iterable[TableRow]]"
"""Returns the rows of the table, or tables, of a name."""

KNOWN_FORMATS = f"{', '.join(FORMATS)} (or these with {' or '.join(COMPRESSED_SUFFIXES)})"
"""The formats that tables may have, for error messages."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table, with its location for error messages."""

    where: RowLocation
    values: Mapping[str, Any]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the text or texts in a column; none for a missing value."""
        found = self.values[name]
        if isinstance(found, str):
            return (self.checked_text(found, name),)
        if found is None:
            return ()
        if not isinstance(found, list | tuple) or not all(isinstance(text, str) for text in found):
            raise CorpusError(f"{self.where}: {name} is neither a text nor a list of texts")
        return tuple(self.checked_text(text, name) for text in found)

    def checked_text(self, text: str, name: str) -> str:
        """Return the text; raise CorpusError for one that UTF-8 cannot encode."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{self.where}: {name} holds half a surrogate pair (character {error.start + 1}): no Unicode text"
            ) from None
        return text

    def label(self, name: str | None) -> str | None:
        """Return the string or number in a column as a string; None where it is missing or empty."""
        found = None if name is None else self.values[name]
        if found is None or found == "":
            return None
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise CorpusError(f"{self.where}: {name} is neither a text nor a number")
        return self.checked_text(str(found), str(name))


def is_table(name: str) -> bool:
    """Tell by its suffix whether a name is that of a table, a pattern for tables, or a folder whose files are one."""
    path = Path(name).expanduser()
    if path.is_dir():
        found = shards(path)
        return bool(found) and is_table(str(found[0]))
    return format_suffix(path) in FORMATS


def matching_files(name: str) -> list[Path]:
    """Return the files that match a name or pattern, or are the parts of a folder; raise CorpusError for none.

    They are in natural order: part-2 comes before part-10.
    """
    path = Path(name).expanduser()
    if path.exists() or not has_magic(name):
        return shards(path) or [path]
    matching = (Path(file) for file in glob(str(path), recursive=True))  # noqa: PTH207 - the pattern may be absolute
    found = in_natural_order(matching)
    if not found:
        raise CorpusError(f"{name}: no file has such a name")
    return found


def table_name(name: str) -> str:
    """Return what a table, or text, is called: the file's name without suffixes, or that of the folder of several."""
    path = Path(name).expanduser()
    found = [path] if path.is_dir() else matching_files(name)
    first = found[0].resolve() if path.is_dir() else found[0]
    return base_name(first if len(found) == 1 else first.resolve().parent)


class RowCache:
    """Rows of tables, each table read once for all that look through it."""

    def __init__(self) -> None:
        """Begin without tables."""
        self._rows: dict[str, list[TableRow]] = {}

    def read(self, name: str) -> Iterable[TableRow]:
        """Return the rows that `read_rows` yields; raise CorpusError for what cannot be read."""
        if name not in self._rows:
            self._rows[name] = list(read_rows(name))
        return self._rows[name]


def read_rows(name: str) -> Iterator[TableRow]:
    """Yield the rows of the file or files that match `name`; raise CorpusError for what cannot be read."""
    for file in matching_files(name):
        reader = FORMATS.get(format_suffix(file))
        if reader is None:
            raise CorpusError(f"{file}: is no table: known are {KNOWN_FORMATS}")
        for where, values in reader(file):
            yield TableRow(where, values)
