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
from itertools import chain
from itertools import islice
from typing import Any
from typing import Final
from typing import NamedTuple
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


class _Blocks:
    """A temporary file of documents, which goes with the last reader."""

    def __init__(self, documents: Iterable[Document]) -> None:
        try:
            # It is closed, and gone, with this object.
            self._file = tempfile.TemporaryFile(prefix="sumbench-")  # noqa: SIM115
            self._starts = array("q", [0])
            self.size = 0
            stream = iter(documents)
            while some := list(islice(stream, BLOCK)):
                self.size += len(some)
                packed = pickle.dumps([_row(each) for each in some], pickle.HIGHEST_PROTOCOL)
                self._starts.append(self._starts[-1] + self._file.write(packed))
            self._file.flush()
        except OSError as error:
            where = tempfile.gettempdir()
            raise CorpusError(f"{where}: has no room for a large corpus: {error.strerror}: set TMPDIR") from None
        self._held: OrderedDict[int, list[Document]] = OrderedDict()
        self._lock = threading.Lock()

    def block(self, number: int) -> list[Document]:
        """Return the documents of a block; workers' threads may ask at once."""
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


class StoredDocuments(Sequence[Document]):
    """Documents in a temporary file, of which a few blocks are in memory; a part of them shares the file."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Write the documents; raise CorpusError where there is no room for them."""
        self._blocks = _Blocks(documents)
        self._places: NDArray[np.int64] | None = None
        self._codes: NDArray[np.uint16] | None = None
        self._settled: Sequence[Settled | None] = ()

    def __len__(self) -> int:
        return self._blocks.size if self._places is None else len(self._places)

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
        place = index if self._places is None else int(self._places[index])
        document = self._blocks.block(place // BLOCK)[place % BLOCK]
        given = None if self._codes is None else self._settled[self._codes[place]]
        if given is None:
            return document
        text, references, title = document.text, document.references, document.title
        return Document(document.id, text, references, title, given.language, document.metadata)

    def settled(self, codes: Sequence[int], settled: Sequence[Settled | None]) -> "StoredDocuments":
        """Return all the documents with languages: `codes` has the place in `settled` of that of each, None for its own."""
        made = self._like(self._places)
        made._codes, made._settled = np.array(codes, np.uint16), settled
        return made

    def at(self, places: Sequence[int]) -> "StoredDocuments":
        """Return the documents at these places, in their order."""
        some = np.array(places, np.int64)
        return self._like(some if self._places is None else self._places[some])

    def _like(self, places: NDArray[np.int64] | None) -> "StoredDocuments":
        made = StoredDocuments.__new__(StoredDocuments)
        made._blocks, made._places, made._codes, made._settled = self._blocks, places, self._codes, self._settled
        return made

    def guess_counts(self) -> tuple[int, int]:
        """Return how many documents' languages were guessed, and how many of these guesses were unclear."""
        if self._codes is None:
            return 0, 0
        codes = self._codes if self._places is None else self._codes[self._places]
        counts = np.bincount(codes, minlength=len(self._settled)).tolist()
        guessed = [
            (number, kind.clear) for number, kind in zip(counts, self._settled, strict=False) if kind is not None
        ]
        return sum(number for number, _ in guessed), sum(number for number, clear in guessed if not clear)


def kept(documents: Iterable[Document], most: int | None = None) -> Sequence[Document]:
    """Return documents as a list, or where they are more than `most` (None: KEPT) in a temporary file."""
    stream = iter(documents)
    limit = KEPT if most is None else most
    first = deque(islice(stream, limit + 1))
    if len(first) <= limit:
        return list(first)
    # What was read is given up as it is written.
    return StoredDocuments(chain((first.popleft() for _ in range(len(first))), stream))


def guess_counts(documents: Sequence[Document], guesses: Mapping[str, bool]) -> tuple[int, int]:
    """Return how many documents' languages were guessed, and how many of these guesses were unclear."""
    if isinstance(documents, StoredDocuments):
        return documents.guess_counts()
    found = [guesses[document.id] for document in documents if document.id in guesses]
    return len(found), found.count(False)
