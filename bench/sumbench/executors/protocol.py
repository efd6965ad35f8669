"""The executor protocol: a system and chunks of documents in, typed events out.

An executor knows nothing of caches, journals and telemetry: jobs keep these, from its events. So an executor that runs
systems on other machines can replace the local one.
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

from sumbench.manifest import RequestCounts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import System

CHUNK_DOCUMENTS = 500
"""The most documents in a chunk."""

CHUNK_CHARACTERS = 16_000_000
"""The most characters of text in a chunk of more than one document."""


@dataclass(frozen=True)
class Assignment:
    """A system to run, and its context.

    `made` of the context is ignored: each chunk says which of its draws were made before.
    """

    system: System
    context: Context


@dataclass(frozen=True)
class Chunk:
    """A few of the documents of a run, in the corpus' order.

    `made` has, by document id, the numbers of the draws that were made before and are not to be made again.
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
    """The system returned this `summary`; its `error` is set when the system failed on the document."""

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
    """Time and memory used since the last such event.

    `seconds` is wall-clock time from the start of the first document to the end of the last one, loading and the time
    between two processes left out. `memory` and `gpu_memory` are the peaks (bytes) of the process while the system
    was loaded and at work. `requests` says how a server was asked since the system was loaded. None is what was not
    measured.
    """

    seconds: float | None = None
    memory: int | None = None
    gpu_memory: int | None = None
    requests: RequestCounts | None = None


Event: TypeAlias = Loaded | LoadFailed | Made | Failed | Spent

Events: TypeAlias = Generator[Event, None, None]
"""Events as they happen; `close` stops the work at once."""


class Executor(Protocol):
    """Something that runs systems."""

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events.

        Each draw that a chunk wants yields one Made or one Failed, in any order. The system is loaded when the first
        chunk arrives and stays loaded; a further chunk is requested when there is room for it. Failures of the system
        are events and never raised.
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
