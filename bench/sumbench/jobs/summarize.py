"""Makes a system's summaries: takes them from the journal and the cache, and runs the system for the rest."""

import logging
import math
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import TypeAlias

from sumbench.errors import RunError
from sumbench.errors import StoppedError
from sumbench.errors import UsageError
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
from sumbench.executors.ray import Cluster
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
from sumbench.systems import Context
from sumbench.systems import System

_KEPT_AT_ONCE = 200

_LOG = logging.getLogger(__name__)

Key: TypeAlias = tuple[str, int]
"""The key of a system's summary: document id and draw."""


LOAD_TIMEOUT = 3600.0
"""Seconds after which a system that is not ready is given up, where no limit was given."""

LEAST_LOAD_TIMEOUT = 30.0
"""Seconds that loading may take at least, where only a document's limit was given."""

LEAST_MEMORY = 0.05
"""Gigabytes without which not even Python starts."""


def checked_limits(timeout: float | None, load_timeout: float | None, memory: float | None) -> dict[str, Any]:
    """Return limits as fields of a Policy: seconds of a document and of loading, gigabytes of memory; None is none.

    Raises UsageError for what is no time, or too little memory.
    """
    for flag, seconds in (("--timeout", timeout), ("--load-timeout", load_timeout)):
        if seconds is not None and not 0 < seconds < math.inf:
            raise UsageError(f"{flag} {seconds:g} is no time: give seconds, more than 0")
    if memory is not None and not LEAST_MEMORY <= memory < math.inf:
        raise UsageError(f"--memory-limit {memory:g} is no memory to work in: give gigabytes, {LEAST_MEMORY:g} or more")
    limit = None if memory is None else int(memory * 1e9)
    return {"timeout": timeout, "load_timeout": load_timeout, "memory_limit": limit}


def checked_workers(number: int) -> int:
    """Return a number of workers; raise UsageError for less than one."""
    if number < 1:
        raise UsageError(f"--workers {number} leaves nobody to work: give 1 or more")
    return number


@dataclass(frozen=True)
class Policy:
    """How a run deals with failures, and what it may reuse.

    `timeout` is the time a document may take (seconds), `load_timeout` the time a system may take to be ready,
    `memory_limit` what a system's process may use (bytes); None is no limit. With `fail_fast` the first failure ends
    the run. `cache` holds earlier runs' summaries, None for no reuse. So many `workers` work on a system at once, or
    those of a Ray `cluster` where there is one.
    """

    timeout: float | None = None
    memory_limit: int | None = None
    fail_fast: bool = False
    cache: Cache | None = None
    load_timeout: float | None = None
    workers: int = 1
    cluster: Cluster | None = None

    @property
    def load_limit(self) -> float:
        """The seconds that loading may take: where nothing else was said, as long as ten documents, and 30 at least."""
        if self.load_timeout is not None:
            return self.load_timeout
        return LOAD_TIMEOUT if self.timeout is None else max(10 * self.timeout, LEAST_LOAD_TIMEOUT)


@dataclass(frozen=True)
class Summarized:
    """A system's work: why it could not be loaded (or None), its summaries in the corpus' order, its telemetry.

    The draws of a document follow one another.
    """

    error: str | None
    summaries: tuple[Summary, ...]
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

    def run(self, system: System, entry: SystemEntry, done: Mapping[Key, Summary], watch: Advance) -> Summarized:
        """Return the summaries of every document and draw: those `done` before, cached ones, and the rest made now.

        A failure is recorded in its Summary, and the rest continues; with `fail_fast` it raises StoppedError. `watch`
        is called with the number of summaries, of those that failed, and of those that were reused.
        """
        wanted = [(document.id, draw) for document in self.documents for draw in range(1, system.samples + 1)]
        made = {key: done[key] for key in wanted if key in done}
        prints = self._fingerprints(system, made)
        made |= self._cached(system, entry, prints)
        reused = frozenset(made)
        watch(len(reused), reused=len(reused))
        failed = 0
        expense = Expense()
        with closing(self._events(system, entry, self._chunks(system, reused))) as events:
            for summary in self._journalled(entry, _summaries(system, events, expense), prints):
                made[summary.document, summary.draw] = summary
                failed += summary.error is not None
                watch(len(made), failed, len(reused))
        summaries = tuple(made[key] for key in wanted)
        costs = [cost for summary in summaries if (cost := system.cost(summary)) is not None]
        fresh = [made[key] for key in wanted if key not in reused]
        telemetry = measure_telemetry(summaries, fresh, expense, len(reused))
        return Summarized(expense.error, summaries, replace(telemetry, cost=sum(costs) if costs else None))

    def reuse(self, system: System, entry: SystemEntry, done: Mapping[Key, Summary]) -> dict[Key, Summary]:
        """Return summaries that the cache has, beyond those `done` before, once they are in the journal."""
        return dict(self._cached(system, entry, self._fingerprints(system, done)))

    def _events(self, system: System, entry: SystemEntry, chunks: Iterator[Chunk]) -> Events:
        """Yield the events of the system; it is not started where its entry has an error."""
        if entry.error is None:
            return self.executor.run(Assignment(system, self.context), chunks)
        return _absent(entry.error, system.samples, chunks)

    def _fingerprints(self, system: System, made: Mapping[Key, Summary]) -> dict[Key, str]:
        """Return the cache keys of the summaries that are still to be made; none without a cache."""
        if self.policy.cache is None or not system.isolated:
            return {}
        return {
            (document.id, draw): document_fingerprint(document, draw, with_references=system.uses_references)
            for document in self.documents
            for draw in range(1, system.samples + 1)
            if (document.id, draw) not in made
        }

    def _chunks(self, system: System, made: frozenset[Key]) -> Iterator[Chunk]:
        """Yield the documents that lack draws, in chunks."""
        there: defaultdict[str, set[int]] = defaultdict(set)
        for document, draw in made:
            there[document].add(draw)
        left = [document for document in self.documents if len(there.get(document.id, ())) < system.samples]
        drawn = {document.id: frozenset(there[document.id]) for document in left if document.id in there}
        return chunked(left, drawn)

    def _cached(self, system: System, entry: SystemEntry, prints: Mapping[Key, str]) -> Iterator[tuple[Key, Summary]]:
        if self.policy.cache is None or not prints:
            return
        keys = {print_: key for key, print_ in prints.items()}
        for print_, summary in self.policy.cache.find(fingerprint(entry.fingerprint), keys).items():
            if (summary.document, summary.draw) != keys[print_]:
                # A row that holds another document's summary is none of this one's: it is made anew.
                continue
            named = checked_answer(replace(summary, system=system.name))
            self.journal.append(named)
            yield keys[print_], named

    def _journalled(
        self, entry: SystemEntry, summaries: Iterator[Summary], prints: Mapping[Key, str]
    ) -> Iterator[Summary]:
        unkept: list[tuple[str, Summary]] = []
        try:
            for summary in summaries:
                self.journal.append(summary)
                if summary.error is None and prints:
                    unkept.append((prints[summary.document, summary.draw], summary))
                elif summary.error is not None and self.policy.fail_fast:
                    raise StoppedError(f"{summary.system} failed on document {summary.document!r}: {summary.error}")
                if len(unkept) >= _KEPT_AT_ONCE:
                    self._keep(entry, unkept)
                yield summary
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
