"""Documents that memory does not hold: they lie in blocks in a temporary file, and are read as they are asked for."""

import pickle
import tempfile
import threading
from array import array
from collections import OrderedDict
from collections import deque
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import chain
from itertools import islice
from typing import Any
from typing import Final
from typing import NamedTuple
from typing import Self
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sumbench.errors import CorpusError
from sumbench.records import Document

KEPT = 50_000
"""Of more documents or summaries than these, a run keeps but a few in memory at a time."""

BLOCK: Final = 500
"""Documents that are read from the file together."""

_CACHED: Final = 4
"""Blocks that are held: several readers go through a corpus at once, each in order."""


class Settled(NamedTuple):
    """A language that documents were given, and whether the guess at it was clear."""

    language: str
    clear: bool


class DocumentBlocks:
    """A temporary file of documents, in blocks; it goes with its last reader."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Write documents; raise CorpusError where there is no room for them."""
        self.size = 0
        self._each = BLOCK
        self._starts = array("q", [0])
        self._held: OrderedDict[int, list[Document]] = OrderedDict()
        self._lock = threading.Lock()
        stream = iter(documents)
        try:
            # It is closed, and gone, with this object.
            self._file = tempfile.TemporaryFile(prefix="sumbench-")  # noqa: SIM115
        except OSError as error:
            raise CorpusError(f"no temporary file can be made ({error.strerror or error}): set TMPDIR") from None
        while some := list(islice(stream, self._each)):
            self.size += len(some)
            self._write(pickle.dumps([_row(each) for each in some], pickle.HIGHEST_PROTOCOL))

    def _write(self, block: bytes) -> None:
        try:
            self._file.write(block)
            self._file.flush()
        except OSError as error:
            where = tempfile.gettempdir()
            raise CorpusError(f"{where}: has no room for a large corpus ({error.strerror}): set TMPDIR") from None
        self._starts.append(self._starts[-1] + len(block))

    def document(self, position: int) -> Document:
        """Return a document by its position in the file, from 0."""
        number, at = divmod(position, self._each)
        return self._block(number)[at]

    def _block(self, number: int) -> list[Document]:
        # Workers' threads may ask at once.
        with self._lock:
            found = self._held.pop(number, None)
            if found is None:
                start, end = self._starts[number : number + 2]
                self._file.seek(start)
                rows = pickle.loads(self._file.read(end - start))  # noqa: S301 - this process wrote them
                found = [Document(*row) for row in rows]
            self._held[number] = found
            while len(self._held) > _CACHED:
                self._held.popitem(last=False)
            return found


def _row(document: Document) -> tuple[Any, ...]:
    return (
        document.id,
        document.text,
        document.references,
        document.title,
        document.language,
        dict(document.metadata),
    )


@dataclass(frozen=True, eq=False)
class StoredDocuments(Sequence[Document]):
    """Documents in a temporary file, of which a few blocks are in memory; a part of them shares the file.

    `positions` are those of the part's documents in the file, None for all. `codes` has for each document of the file
    the index in `kinds` of the language that it was given, which is None where it has its own.
    """

    blocks: DocumentBlocks
    positions: NDArray[np.int64] | None = None
    codes: NDArray[np.uint16] | None = None
    kinds: Sequence[Settled | None] = ()

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        """Write documents; raise CorpusError where there is no room for them."""
        return cls(DocumentBlocks(documents))

    def __len__(self) -> int:
        return self.blocks.size if self.positions is None else len(self.positions)

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Document, ...]: ...
    def __getitem__(self, index: int | slice) -> Document | tuple[Document, ...]:
        if isinstance(index, slice):
            return tuple(map(self._document, range(*index.indices(len(self)))))
        return self._document(range(len(self))[index])

    def __iter__(self) -> Iterator[Document]:
        return map(self._document, range(len(self)))

    def _document(self, index: int) -> Document:
        position = index if self.positions is None else int(self.positions[index])
        document = self.blocks.document(position)
        given = None if self.codes is None else self.kinds[self.codes[position]]
        return document if given is None else replace(document, language=given.language)

    def settled(self, codes: Sequence[int], kinds: Sequence[Settled | None]) -> Self:
        """Return the documents with languages, `codes` being those of all of them."""
        return replace(self, codes=np.array(codes, np.uint16), kinds=kinds)

    def at(self, positions: Sequence[int]) -> Self:
        """Return the documents at these positions, in their order."""
        some = np.array(positions, np.int64)
        return replace(self, positions=some if self.positions is None else self.positions[some])

    def guess_counts(self) -> tuple[int, int]:
        """Return how many documents' languages were guessed, and how many of these guesses were unclear."""
        if self.codes is None:
            return 0, 0
        codes = self.codes if self.positions is None else self.codes[self.positions]
        counts = np.bincount(codes, minlength=len(self.kinds)).tolist()
        guessed = [(number, kind.clear) for number, kind in zip(counts, self.kinds, strict=False) if kind is not None]
        return sum(number for number, _ in guessed), sum(number for number, clear in guessed if not clear)


def collected(documents: Iterable[Document], most: int | None = None) -> Sequence[Document]:
    """Return documents as a list, or where they are more than `most` (None: KEPT) in a temporary file."""
    stream = iter(documents)
    limit = KEPT if most is None else most
    first = deque(islice(stream, limit + 1))
    if len(first) <= limit:
        return list(first)
    # What was read is given up as it is written.
    return StoredDocuments.of(chain((first.popleft() for _ in range(len(first))), stream))


def guess_counts(documents: Sequence[Document], guesses: Mapping[str, bool]) -> tuple[int, int]:
    """Return how many documents' languages were guessed, and how many of these guesses were unclear."""
    if isinstance(documents, StoredDocuments):
        return documents.guess_counts()
    found = [guesses[document.id] for document in documents if document.id in guesses]
    return len(found), found.count(False)
