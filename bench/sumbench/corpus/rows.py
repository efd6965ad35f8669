"""Reads rows of tables, from one file or from all files that match a pattern."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from glob import has_magic
from pathlib import Path
from typing import Any
from typing import TypeAlias

from sumbench.corpus import limits
from sumbench.corpus.cells import is_missing
from sumbench.corpus.cells import listed
from sumbench.corpus.cells import looks_listed
from sumbench.corpus.cells import mapped
from sumbench.corpus.cells import scalar_text
from sumbench.corpus.compressed import COMPRESSED_SUFFIXES
from sumbench.corpus.compressed import base_name
from sumbench.corpus.formats import SUFFIXES
from sumbench.corpus.formats import RowLocation
from sumbench.corpus.formats import is_table_file
from sumbench.corpus.formats import read_table
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.parts import parts_of
from sumbench.errors import CorpusError
from sumbench.natural_order import in_natural_order

RowReader: TypeAlias = "Callable[[str], Iterable[TableRow]]"
"""Returns the rows of the table, or tables, of a name."""

KNOWN_FORMATS = f"{', '.join(SUFFIXES)} (or these with {' or '.join(COMPRESSED_SUFFIXES)})"
"""The formats that tables may have, for error messages."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table, with its location for error messages.

    With `notes`, texts that write out a list or an object are read as one, which is noted there.
    """

    where: RowLocation
    values: Mapping[str, Any]
    notes: ReadingNotes | None = None

    def texts(self, name: str, *, lists: bool = True) -> tuple[str, ...]:
        """Return the text or texts in a column; none for a missing value, and for a column that the row lacks.

        Without `lists` a text that writes out a list stays one text.
        """
        found = self._sequence(self.values.get(name), name, lists=lists)
        if isinstance(found, str):
            return (self.checked_text(found, name),)
        if is_missing(found):
            return ()
        if not isinstance(found, list | tuple) or not all(isinstance(text, str) for text in found):
            raise CorpusError(f"{self.where}: {name} is neither a text nor a list of texts{_instead(found)}")
        return tuple(self.checked_text(text, name) for text in found)

    def is_missing(self, name: str) -> bool:
        """Tell whether there is nothing in a column: null, NaN or an empty list. An empty text is something."""
        found = self.values[name]
        return is_missing(found) or (isinstance(found, list | tuple) and not found)

    def texts_by_name(self, name: str) -> dict[str, str | None]:
        """Return the object of texts in a column; None for a text in it that is missing."""
        found = self.values[name]
        if isinstance(found, str) and self.notes is not None and (read := mapped(found)) is not None:
            self.notes.add_cell(self.where.file, self.where.number, name, "objects of texts")
            found = read
        if isinstance(found, list) and found and all(isinstance(pair, tuple) and len(pair) == 2 for pair in found):  # noqa: PLR2004
            # So Arrow gives a map.
            found = dict(found)
        if not isinstance(found, Mapping) or not all(
            isinstance(text, str) or is_missing(text) for text in found.values()
        ):
            raise CorpusError(f"{self.where}: {name} is no object of texts")
        return {
            str(key): self.checked_text(text, f"{name}, {key}") if isinstance(text, str) else None
            for key, text in found.items()
        }

    def checked_text(self, text: str, name: str) -> str:
        """Return the text; raise CorpusError for one that UTF-8 cannot encode, or that is too long."""
        if len(text) > limits.LONGEST_TEXT:
            raise limits.too_long_a_text(text, f"{self.where}: {name}")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{self.where}: {name} holds half a surrogate pair (character {error.start + 1}): no Unicode text"
            ) from None
        return text

    def label(self, name: str | None) -> str | None:
        """Return the scalar in a column as text, as `scalar_text` writes it; None where it is missing or empty."""
        found = None if name is None else self.values.get(name)
        if (isinstance(found, str) and not found) or is_missing(found):
            return None
        text = scalar_text(found)
        if text is None:
            raise CorpusError(f"{self.where}: {name} is neither a text nor a number{_instead(found)}")
        return self.checked_text(text, str(name)) or None

    def metadata(self, name: str) -> str | None:
        """Return the text, number or date in a column as text, as `scalar_text` writes it; None where there is none."""
        found = self.values[name]
        return None if is_missing(found) or isinstance(found, bytes) else scalar_text(found)

    def _sequence(self, found: object, name: str, *, lists: bool) -> object:
        """Return what is in a column as a text or a list, where it is one in another guise."""
        if isinstance(found, str):
            if not lists or self.notes is None or found.lstrip()[:1] not in {"[", "(", "a"}:
                return found
            try:
                read: Sequence[object] | None = listed(found)
            except CorpusError as error:
                raise CorpusError(f"{self.where}: {name} {error}") from None
            if read is not None:
                self.notes.add_cell(self.where.file, self.where.number, name, "lists of texts")
                return list(read)
            if looks_listed(found) and self.notes.knows_cells(self.where.file, name):
                raise CorpusError(f"{self.where}: {name} begins and ends as a list of texts, but is none: mend it")
            return found
        if isinstance(found, bytes):
            return scalar_text(found)
        return found.tolist() if hasattr(found, "tolist") and hasattr(found, "ndim") else found


def is_table(name: str) -> bool:
    """Tell whether a name is that of a table, a pattern for tables, or a folder whose files are one.

    The suffix decides, else what the file holds. Raises CorpusError for a file whose suffix tells nothing and that
    cannot be read.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        found = parts_of(path)
        return bool(found) and is_table_file(found[0])
    if has_magic(name) and not path.exists():
        matching = sorted(glob(str(path), recursive=True))[:1]  # noqa: PTH207 - the pattern may be absolute
        path = Path(matching[0]) if matching else path
    return is_table_file(path)


def matching_files(name: str) -> list[Path]:
    """Return the files that match a name or pattern, or are the parts of a folder; raise CorpusError for none.

    They are in natural order: part-2 comes before part-10.
    """
    path = Path(name).expanduser()
    if path.exists() or not has_magic(name):
        return parts_of(path) or [path]
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
    """Rows of tables, each table read once for all that look through it; `notes` are of all of them."""

    def __init__(self) -> None:
        """Begin without tables."""
        self.notes = ReadingNotes()
        self._rows: dict[str, list[TableRow]] = {}

    def read(self, name: str) -> Iterable[TableRow]:
        """Return the rows that `read_rows` yields; raise CorpusError for what cannot be read."""
        if name not in self._rows:
            self._rows[name] = list(read_rows(name, self.notes))
        return self._rows[name]


def read_rows(name: str, notes: ReadingNotes | None = None) -> Iterator[TableRow]:
    """Yield the rows of the file or files that match `name`; what is to be known of the figures goes into `notes`.

    Raises CorpusError for what cannot be read, and where there is no row at all.
    """
    notes = ReadingNotes() if notes is None else notes
    found = False
    for file in matching_files(name):
        for where, values in read_table(file, notes):
            found = True
            yield TableRow(where, values, notes)
    if not found:
        raise CorpusError(f"{name}: holds no rows")


def _instead(found: object) -> str:
    """Say what an object holds, where a text is wanted."""
    if not isinstance(found, Mapping):
        return ""
    keys = [str(key) for key in found]
    return f", but an object ({', '.join(keys[:_SHOWN])}{', …' if len(keys) > _SHOWN else ''}): bring its text up"
