"""Runs a system in this process, for systems that only hand out finished texts."""

import time
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sumbench.errors import failure_reason
from sumbench.executors.attempts import Attempts
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent

if TYPE_CHECKING:
    from sumbench.systems import Summarizer


class InlineExecutor:
    """Runs systems in this process: an error costs its document, but a crash or a hang is that of the whole run."""

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events."""
        return _InlineAttempts(assignment).run(chunks)


class _InlineAttempts(Attempts):
    """One system's work in this process."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._made: dict[str, frozenset[int]] = {}
        self._summarize: Summarizer | None = None

    def _attempt(self, chunk: Chunk) -> Iterator[Event]:
        self._made.clear()
        self._made.update(chunk.made)
        if self._summarize is None:
            start = time.perf_counter()
            try:
                self._summarize = self.assignment.system.load(replace(self.assignment.context, made=self._made))
            except Exception as failure:  # noqa: BLE001 - a system that cannot be loaded is a result
                yield LoadFailed(failure_reason(failure))
                return
            yield Loaded(time.perf_counter() - start)
        spent, timed = 0.0, False
        try:
            last = time.perf_counter()
            for summary in self._summarize(chunk.documents):
                spent += time.perf_counter() - last
                timed = timed or summary.seconds is not None
                yield Made(summary)
                last = time.perf_counter()
        except Exception as failure:
            raise BrokenOffError(failure_reason(failure)) from failure
        # How long it took to hand out what others made says nothing of them.
        yield Spent(spent if timed else None)

    def discard(self) -> None:
        """Nothing is left: the system stays loaded."""

    def done(self) -> None:
        """Nothing is held but the system itself."""
