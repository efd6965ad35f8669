"""Retries: runs a system chunk by chunk, and the rest of a chunk one document at a time after a failure."""

import math
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Generator
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
    continues with the rest. To know which document it was, the rest of the chunk is passed one document at a time once
    an attempt has failed. A system that cannot be loaded, that fails STUBBORN times in a row, or that writes a summary
    that was not requested is given up: all remaining documents fail for that reason, which is then in `given_up`.
    """

    def __init__(self, assignment: Assignment, *, singly: bool = False) -> None:
        """Pass the documents of a chunk together until an attempt fails, or one at a time (`singly`) from the start."""
        self.assignment = assignment
        self._singly = singly
        self._deaths = 0
        self.given_up: str | None = None
        self.failed_to_load = False

    @abstractmethod
    def _attempt(self, chunk: Chunk) -> Iterator[Event]:
        """Load the system if it is not loaded, summarize the chunk, and yield the events.

        Yields LoadFailed and ends when the system cannot be loaded; raises BrokenOffError when the attempt fails.
        """

    @abstractmethod
    def discard(self) -> None:
        """Clean up after a failed attempt, so that the next one starts fresh."""

    @abstractmethod
    def done(self) -> None:
        """Release resources after the last chunk."""

    def ready(self, needed: Callable[[], bool]) -> bool:  # noqa: ARG002 - what runs here has room
        """Wait for room to work in, as long as this worker is `needed`; tell whether there is."""
        return True

    def interrupt(self) -> None:  # noqa: B027 - what runs in this process can only be waited for
        """Break off what the system is doing, from another thread; by default it is waited for."""

    def run(self, chunks: Iterable[Chunk]) -> Events:
        """Yield the events of one chunk after the other."""
        try:
            for chunk in chunks:
                left = yield from self.work_on(chunk)
                yield from failures(left, self.given_up or "")
        except BaseException:
            self.discard()
            raise
        self.done()

    def work_on(self, chunk: Chunk) -> Generator[Event, None, list[tuple[str, int]]]:
        """Retry a chunk until each draw that it wants is made or has failed, and yield the events.

        Returns the draws that are left where the system was `given_up`.
        """
        left = dict.fromkeys(chunk.wanted(self.assignment.system.samples))
        if not self._singly:
            yield from self._try(chunk, left)
        for document in chunk.documents if left else ():
            reason = yield from self._try(Chunk((document,), chunk.made), left)
            if reason:
                yield from self._blame(document.id, left, reason)
        return list(left)

    def _try(self, chunk: Chunk, left: dict[tuple[str, int], None]) -> Generator[Event, None, str]:
        """Attempt what is `left` of a chunk, and yield the events.

        Returns why something of it is not made; "" where all is, and where the system was given up.
        """
        samples = self.assignment.system.samples
        wanted = dict.fromkeys(draw for draw in chunk.wanted(samples) if draw in left)
        if not wanted or self.given_up is not None:
            return ""
        reason = "the system ended without a summary"
        try:
            for event in self._attempt(rest(chunk, wanted, samples)):
                if isinstance(event, Made):
                    self._check(event.summary, wanted)
                    key = event.summary.document, event.summary.draw
                    del wanted[key], left[key]
                    self._deaths = 0
                elif isinstance(event, LoadFailed):
                    self.given_up, self.failed_to_load = event.reason, True
                yield event
            if not wanted or self.given_up is not None:
                return ""
        except BrokenOffError as failure:
            reason = str(failure)
        except _UnaskedError as failure:
            self.given_up = str(failure)
        self.discard()
        return reason if wanted and self.given_up is None else ""

    def _blame(self, document: str, left: dict[tuple[str, int], None], reason: str) -> Iterator[Event]:
        """Fail what is `left` of the document on which an attempt failed."""
        self._deaths += 1
        if self._deaths >= STUBBORN:
            self.given_up = reason
        lost = [draw for draw in left if draw[0] == document]
        for draw in lost:
            del left[draw]
        yield from failures(lost, reason)

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


def rest(chunk: Chunk, left: Collection[tuple[str, int]], samples: int) -> Chunk:
    """Return the chunk with what is `left` of it: documents by their ids, each with a draw."""
    ids = {document for document, _ in left}
    missing = ((document, [draw for draw in range(1, samples + 1) if (document, draw) not in left]) for document in ids)
    made = {document: frozenset(draws) for document, draws in missing if draws}
    return Chunk(tuple(document for document in chunk.documents if document.id in ids), made)


def failures(lost: Iterable[tuple[str, int]], reason: str) -> Iterator[Event]:
    """Yield the failure of each of these draws (document id and number)."""
    for document, draw in lost:
        yield Failed(document, draw, reason)
