"""An opened corpus whose documents are still to be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field

from sumbench.corpus.notes import ReadingNotes
from sumbench.records import Document


@dataclass(frozen=True)
class Source:
    """Documents that can be iterated once, under the name that tables show.

    `spec` opens the same corpus again: what the given name leaves open is pinned there. `total` is the number of
    documents where it is known before they are read. A `remote` source is read no further than needed. `notes` are what
    its reading finds, once the documents were read.
    """

    name: str
    documents: Iterable[Document]
    spec: str
    total: int | None = None
    remote: bool = False
    notes: Iterable[str] = field(default_factory=ReadingNotes)
