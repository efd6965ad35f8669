"""Makes a system's summaries: takes them from the journal and the cache, and runs the system for the rest."""

import logging
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import compress
from typing import TypeAlias

import numpy as np

from sumbench.errors import RunError
from sumbench.errors import StoppedError
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Executor
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.executors.protocol import chunked
from sumbench.jobs.policy import Policy
from sumbench.jobs.telemetry import Expense
from sumbench.jobs.telemetry import measure_telemetry
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.progress import Advance
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.records import checked_answer
from sumbench.runs.cache import Cache
from sumbench.runs.cache import document_fingerprint
from sumbench.runs.cache import fingerprint
from sumbench.runs.journal import Journal
from sumbench.runs.summary_index import BoolArray
from sumbench.runs.summary_index import SummaryIndex
from sumbench.systems import Context
from sumbench.systems import System

_KEPT_AT_ONCE = 200

_LOOKED_UP_AT_ONCE = 2000

_LOG = logging.getLogger(__name__)

Key: TypeAlias = tuple[str, int]
"""The key of a system's summary: document id and draw."""


@dataclass(frozen=True)
class Summarized:
    """A system's work: why it could not be loaded (or None), its summaries in the corpus' order, its telemetry.

    The draws of a document follow one another.
    """

    error: str | None
    summaries: SummaryIndex
    telemetry: Telemetry


@dataclass(frozen=True)
class SystemRunner:
    """Runs one system after the other, with the documents and settings that all of them share.

    `faults` are those of the cache: it is written no more once there is one.
    """

    documents: Sequence[Document]
    context: Context
    policy: Policy
    journal: Journal
    executor: Executor
    faults: list[str] = field(default_factory=list)

    def run(self, system: System, entry: SystemEntry, made: SummaryIndex, watch: Advance) -> Summarized:
        """Return the summaries of every document and draw: those `made` before, cached ones, and the rest made now.

        `made` is of the journal, and gets them all. A failure is recorded in its Summary, and the rest continues; with
        `fail_fast` it raises StoppedError. `watch` is called with the number of summaries, of those that failed, and of
        those that were reused. Memory grows by a few bytes a summary alone.
        """
        self.reuse(system, entry, made)
        there = made.there()
        reused = total = int(there.sum())
        watch(reused, reused=reused)
        failed = 0
        expense = Expense()
        prints: dict[Key, str] = {}
        with closing(self._events(system, entry, self._chunks(system, there, prints))) as events:
            for summary, offset in self._journalled(entry, _summaries(system, events, expense), prints):
                made.add(summary, offset)
                total += 1
                failed += summary.error is not None
                watch(total, failed, reused)
        costs = _Costs(system)
        fresh = made.read(made.offsets[~there.reshape(-1)])
        telemetry = measure_telemetry(costs.counted(made), fresh, expense, reused)
        return Summarized(expense.error, made, replace(telemetry, cost=costs.total))

    def reuse(self, system: System, entry: SystemEntry, made: SummaryIndex) -> None:
        """Put the summaries that the cache has, beyond those `made` before, into the journal and its index."""
        for summary in self._cached(system, entry, made):
            made.add(summary, self.journal.append(summary))

    def _events(self, system: System, entry: SystemEntry, chunks: Iterator[Chunk]) -> Events:
        """Yield the events of the system; it is not started where its entry has an error."""
        if entry.error is None:
            return self.executor.run(Assignment(system, self.context), chunks)
        return _absent(entry.error, system.samples, chunks)

    def _kept(self, system: System) -> Cache | None:
        """Return the cache, if summaries of the system are kept there."""
        return self.policy.cache if system.isolated else None

    def _chunks(self, system: System, there: BoolArray, prints: dict[Key, str]) -> Iterator[Chunk]:
        """Yield the documents that lack draws, in chunks; `prints` gets the cache keys of what they lack."""
        cached = self._kept(system) is not None
        lacking = np.logical_not(there.all(axis=1))
        left, rows = compress(self.documents, lacking.tolist()), iter(there[lacking])
        for chunk in chunked(left):
            # The documents first: a row too many would be lost.
            some = zip(chunk.documents, rows, strict=False)
            drawn = {document.id: frozenset((np.flatnonzero(row) + 1).tolist()) for document, row in some if row.any()}
            found = Chunk(chunk.documents, drawn)
            if cached:
                by_id = {document.id: document for document in chunk.documents}
                for identifier, draw in found.wanted(system.samples):
                    prints[identifier, draw] = document_fingerprint(
                        by_id[identifier], draw, with_references=system.uses_references
                    )
            yield found

    def _cached(self, system: System, entry: SystemEntry, made: SummaryIndex) -> Iterator[Summary]:
        """Yield what the cache has of that which is not `made`."""
        cache = self._kept(system)
        if cache is None:
            return
        of_system = fingerprint(entry.fingerprint)
        there = made.there()
        for start in range(0, len(self.documents), _LOOKED_UP_AT_ONCE):
            keys = {
                document_fingerprint(document, draw, with_references=system.uses_references): (document.id, draw)
                for document, row in zip(
                    self.documents[start : start + _LOOKED_UP_AT_ONCE], there[start:], strict=False
                )
                for draw in range(1, system.samples + 1)
                if not row[draw - 1]
            }
            for print_, summary in cache.find(of_system, keys).items():
                # A row that holds another document's summary is none of this one's: it is made anew.
                if (summary.document, summary.draw) == keys[print_]:
                    yield checked_answer(replace(summary, system=system.name))

    def _journalled(
        self, entry: SystemEntry, summaries: Iterator[Summary], prints: dict[Key, str]
    ) -> Iterator[tuple[Summary, int]]:
        """Yield the summaries, each with the byte at which its line in the journal begins."""
        unkept: list[tuple[str, Summary]] = []
        try:
            for summary in summaries:
                offset = self.journal.append(summary)
                print_ = prints.pop((summary.document, summary.draw), None)
                if summary.error is None and print_ is not None:
                    unkept.append((print_, summary))
                elif summary.error is not None and self.policy.fail_fast:
                    raise StoppedError(f"{summary.system} failed on document {summary.document!r}: {summary.error}")
                if len(unkept) >= _KEPT_AT_ONCE:
                    self._keep(entry, unkept)
                yield summary, offset
        finally:
            self._keep(entry, unkept)

    def _keep(self, entry: SystemEntry, unkept: list[tuple[str, Summary]]) -> None:
        """Put summaries into the cache; one that takes no more is given up, as the journal has them anyway."""
        if self.policy.cache is not None and unkept and not self.faults:
            try:
                self.policy.cache.keep(fingerprint(entry.fingerprint), unkept)
            except RunError as error:
                self.faults.append(str(error))
                _LOG.warning("%s: this run keeps nothing more there", error)
        unkept.clear()


class _Costs:
    """Adds up what the summaries of a system cost while they pass by; `total` is None where none has a price."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.total: float | None = None

    def counted(self, summaries: Iterable[Summary]) -> Iterator[Summary]:
        for summary in summaries:
            cost = self._system.cost(summary)
            if cost is not None:
                self.total = (self.total or 0) + cost
            yield summary


def _absent(reason: str, samples: int, chunks: Iterator[Chunk]) -> Events:
    """Yield the failure of each draw of a system that is known to be unable to load."""
    for number, chunk in enumerate(chunks):
        if not number:
            yield LoadFailed(reason)
        for document, draw in chunk.wanted(samples):
            yield Failed(document, draw, reason)


def _summaries(system: System, events: Iterator[Event], expense: Expense) -> Iterator[Summary]:
    """Yield the summaries among the events, and add up the other events in `expense`."""
    for event in events:
        match event:
            case Made(summary):
                yield checked_answer(summary)
            case Failed(document, draw, reason):
                yield Summary(document, system.name, "", None, None, 0, None, reason, draw, failure="error")
            case Loaded() | LoadFailed() | Spent():
                expense.add(event)
