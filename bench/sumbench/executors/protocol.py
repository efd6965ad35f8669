"""The executor protocol: a system and chunks of documents in, typed events out.

An executor knows nothing of caches, journals or accounts: those stand outside, and are kept from its events. So one
that runs systems on other machines can take the place of the local one.
"""

from collections.abc import Generator
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Protocol
from typing import TypeAlias

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import System

CHUNK_DOCUMENTS = 500
"""How many documents travel together at most."""

CHUNK_CHARACTERS = 16_000_000
"""How many characters of text travel together at most, unless a single document has more."""


@dataclass(frozen=True)
class Assignment:
    """A system that is to work, and what it may need for that.

    Which draws are there already comes with each chunk; `made` of the context is not looked at.
    """

    system: System
    context: Context


@dataclass(frozen=True)
class Chunk:
    """A few of the documents of a run, in the corpus' order.

    `made` has, by document id, the numbers of the draws that are there already and not to be made again.
    """

    documents: tuple[Document, ...]
    made: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def wanted(self, samples: int) -> list[tuple[str, int]]:
        """Return document id and number of each draw, of 1 to `samples`, that is to be made."""
        return [
            (document.id, draw)
            for document in self.documents
            for draw in range(1, samples + 1)
            if draw not in self.made.get(document.id, ())
        ]

    def groups(self, *, singly: bool) -> Sequence[tuple[Document, ...]]:
        """Return the documents as a system is given them: all at once, or each by itself."""
        return [(document,) for document in self.documents] if singly else [self.documents]


@dataclass(frozen=True)
class Loaded:
    """The system was made ready, which took so many `seconds`; again after each restart of its process."""

    seconds: float


@dataclass(frozen=True)
class LoadFailed:
    """The system cannot be loaded, for this `reason`; a Failed follows for each draw that was wanted."""

    reason: str


@dataclass(frozen=True)
class Made:
    """The system answered with this `summary`, which says itself where the system failed on the document."""

    summary: Summary


@dataclass(frozen=True)
class Failed:
    """There is no summary of this `draw` of the document (its id), for this `reason`.

    The system's process died or took too long, the system broke off without one, or it could not be loaded.
    """

    document: str
    draw: int
    reason: str


@dataclass(frozen=True)
class Spent:
    """What was spent since the last such event.

    `seconds` is wall-clock time from the start of the first document to the end of the last one, loading and the time
    between two processes left out. `memory` and `gpu_memory` are the peaks (bytes) of the process while the system
    was loaded and at work. None is what was not measured.
    """

    seconds: float | None = None
    memory: int | None = None
    gpu_memory: int | None = None


Event: TypeAlias = Loaded | LoadFailed | Made | Failed | Spent

Events: TypeAlias = Generator[Event, None, None]
"""What happens, as it happens; `close` ends the work at once."""


class Executor(Protocol):
    """Something that runs systems."""

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield what happens.

        For each draw that a chunk wants comes one Made or one Failed, in any order. The system is loaded when the
        first chunk is there, and stays loaded from one chunk to the next; the next is asked for when there is room
        for it. What goes wrong with the system is an event, and never
        raised.
        """


def chunked(
    documents: Iterable[Document],
    made: Mapping[str, frozenset[int]] | None = None,
    size: int = CHUNK_DOCUMENTS,
) -> Iterator[Chunk]:
    """Cut documents into chunks of `size` at most, each with what is `made` of its documents."""
    gathered: list[Document] = []
    characters = 0
    for document in documents:
        if gathered and (len(gathered) == size or characters + len(document.text) > CHUNK_CHARACTERS):
            yield _chunk(gathered, made or {})
            gathered, characters = [], 0
        gathered.append(document)
        characters += len(document.text)
    if gathered:
        yield _chunk(gathered, made or {})


def _chunk(documents: Sequence[Document], made: Mapping[str, frozenset[int]]) -> Chunk:
    return Chunk(tuple(documents), {document.id: made[document.id] for document in documents if document.id in made})
