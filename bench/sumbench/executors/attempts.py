"""Retries: runs a system chunk by chunk, and after a failure one document at a time."""

import math
from abc import ABC
from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator

from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.records import Summary

STUBBORN = 3
"""After so many failed attempts in a row without a summary the system is given up."""


class BrokenOffError(Exception):
    """An attempt that failed before all its documents were done; the message says why."""


class _UnaskedError(Exception):
    """A summary that was not requested: the system breaks its contract, and is given up."""


class Attempts(ABC):
    """One system's work on all chunks.

    A failed attempt costs one document, the one it failed on (or the draws of it that are missing); a new attempt
    continues with the rest. To know which document it was, documents are passed one at a time once an attempt has
    failed. A system that cannot be loaded, that fails STUBBORN times in a row, or that writes a summary that was not
    requested is given up: all remaining documents fail for that reason.
    """

    def __init__(self, assignment: Assignment, *, singly: bool = False) -> None:
        """Pass the documents of a chunk together until an attempt fails, or one at a time (`singly`) from the start."""
        self.assignment = assignment
        self._singly = singly
        self._deaths = 0
        self._given_up: str | None = None

    @abstractmethod
    def _attempt(self, chunk: Chunk, *, singly: bool) -> Iterator[Event]:
        """Load the system if it is not loaded, summarize the chunk, and yield the events.

        Yields LoadFailed and ends when the system cannot be loaded; raises BrokenOffError when the attempt fails.
        """

    @abstractmethod
    def _discard(self) -> None:
        """Clean up after a failed attempt, so that the next one starts fresh."""

    @abstractmethod
    def _done(self) -> None:
        """Release resources after the last chunk."""

    def run(self, chunks: Iterable[Chunk]) -> Events:
        """Yield the events of one chunk after the other."""
        try:
            for chunk in chunks:
                yield from self._finish(chunk)
        except BaseException:
            self._discard()
            raise
        self._done()

    def _finish(self, chunk: Chunk) -> Iterator[Event]:
        """Retry a chunk until each draw that it wants is made or has failed."""
        left = dict.fromkeys(chunk.wanted(self.assignment.system.samples))
        while left and self._given_up is None:
            reason = "the system ended without a summary"
            try:
                for event in self._attempt(_rest(chunk, left, self.assignment.system.samples), singly=self._singly):
                    if isinstance(event, Made):
                        self._check(event.summary, left)
                        del left[event.summary.document, event.summary.draw]
                        self._deaths = 0
                    elif isinstance(event, LoadFailed):
                        self._given_up = event.reason
                    yield event
                if not left or self._given_up is not None:
                    break
            except BrokenOffError as failure:
                reason = str(failure)
            except _UnaskedError as failure:
                self._given_up = str(failure)
            self._discard()
            if not self._singly:
                self._singly = True
            elif left and self._given_up is None:
                yield from self._blame(left, reason)
        yield from _failures(list(left), self._given_up or "")

    def _blame(self, left: dict[tuple[str, int], None], reason: str) -> Iterator[Event]:
        """Fail the document on which the attempt failed: the first of those that are left, passed one at a time."""
        self._deaths += 1
        if self._deaths >= STUBBORN:
            self._given_up = reason
        broke = next(iter(left))[0]
        lost = [(document, draw) for document, draw in left if document == broke]
        for one in lost:
            del left[one]
        yield from _failures(lost, reason)

    def _check(self, summary: Summary, left: Collection[tuple[str, int]]) -> None:
        """Raise _UnaskedError for a summary that was not requested, BrokenOffError for one with impossible numbers."""
        name = self.assignment.system.name
        if summary.system != name:
            raise _UnaskedError(f"the system wrote a summary in the name of {summary.system!r}")
        if (summary.document, summary.draw) not in left:
            raise _UnaskedError(
                f"the system wrote a summary that it was not asked for, or twice: document {summary.document!r}, "
                f"draw {summary.draw}"
            )
        for what in ("input_tokens", "seen_tokens", "output_tokens", "seconds"):
            number = getattr(summary, what)
            if number is not None and not 0 <= number < math.inf:
                raise BrokenOffError(f"what the system wrote is no summary: {what} is {number}")


def _rest(chunk: Chunk, left: Collection[tuple[str, int]], samples: int) -> Chunk:
    """Return the chunk with what is `left` of it: documents by their ids, each with a draw."""
    ids = {document for document, _ in left}
    missing = ((document, [draw for draw in range(1, samples + 1) if (document, draw) not in left]) for document in ids)
    made = {document: frozenset(draws) for document, draws in missing if draws}
    return Chunk(tuple(document for document in chunk.documents if document.id in ids), made)


def _failures(lost: Iterable[tuple[str, int]], reason: str) -> Iterator[Event]:
    for document, draw in lost:
        yield Failed(document, draw, reason)
