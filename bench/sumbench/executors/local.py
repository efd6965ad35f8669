"""The local executor: one system after the other, each in a process of its own, every summary journalled."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import TypeAlias

from sumbench.errors import StoppedError
from sumbench.errors import WeightsError
from sumbench.executors.devices import resolved
from sumbench.executors.subprocess import Absent
from sumbench.executors.subprocess import Inline
from sumbench.executors.subprocess import Labour
from sumbench.executors.subprocess import Worker
from sumbench.executors.telemetry import measured
from sumbench.executors.worker import Task
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.manifest import WeightsEntry
from sumbench.progress import Advance
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.cache import Cache
from sumbench.runs.cache import document_fingerprint
from sumbench.runs.cache import fingerprint
from sumbench.runs.journal import Journal
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.weights import Store

_KEPT_AT_ONCE = 200

Place: TypeAlias = tuple[str, int]
"""Which summary of a system: the document's id, and the draw."""


@dataclass(frozen=True)
class Policy:
    """How a run treats what goes wrong, and what it may reuse.

    `timeout` is the time a document may take (seconds), `memory_limit` what a system's process may use (bytes); None
    is no limit. With `fail_fast` the first failure ends the run. `cache` holds earlier runs' summaries, None for no
    reuse.
    """

    timeout: float | None = None
    memory_limit: int | None = None
    fail_fast: bool = False
    cache: Cache | None = None


@dataclass(frozen=True)
class Outcome:
    """What a system did: why it could not be loaded (or None), its summaries in the corpus' order, what it took.

    The draws of a document follow one another.
    """

    error: str | None
    summaries: tuple[Summary, ...]
    telemetry: Telemetry


def describe(system: System, context: Context, faults: Mapping[str, str] | None = None) -> SystemEntry:
    """Return the system's entry in the manifest before it has run, with the checksum of the weights it will use.

    That is null for weights that are not there, and for those in `faults`, which says by name why they are not to be
    had.
    """
    weights, error = None, None
    parts = dict(system.fingerprint())
    if system.weights is not None:
        error = (faults or {}).get(system.weights)
        weights = None if error else _weights(context.store, system.weights)
        parts |= {"weights": weights and weights.sha256} | _place(parts, context)
        if context.store.trusts(system.weights):
            parts["trust_remote_code"] = True
    if system.seeded:
        parts["seed"] = context.seed
    return SystemEntry(
        system.name,
        system.role.value,
        tuple(system.trained_on),
        parts,
        weights,
        error,
        telemetry=None,
        samples=system.samples,
        prompt=system.prompt_text,
    )


def _place(parts: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the kind of device that a system with these `parts` works on, and its number format if that follows."""
    found = resolved(context.device, context.store.home)
    return {"device": found["device"], **({"dtype": found["dtype"]} if parts.get("dtype") == "by device" else {})}


def _weights(store: Store, name: str) -> WeightsEntry | None:
    try:
        if store.installed(name):
            return WeightsEntry(name, source=store.origin(name), sha256=store.fingerprint(name))
    except WeightsError:
        # Fetching will say what is wrong with them.
        pass
    return None


@dataclass(frozen=True)
class Executor:
    """Runs systems over documents, with what is the same for all of them."""

    documents: Sequence[Document]
    context: Context
    policy: Policy
    journal: Journal

    def run(self, system: System, entry: SystemEntry, done: Mapping[Place, Summary], watch: Advance) -> Outcome:
        """Make the summaries that are neither `done` already nor in the cache: of every document, every draw.

        What fails is recorded in its Summary, and the rest goes on; with `fail_fast` it raises StoppedError. `watch`
        is told the number of summaries.
        """
        places = [(document.id, draw) for document in self.documents for draw in range(1, system.samples + 1)]
        made = {place: done[place] for place in places if place in done}
        keys = self._keys(system, made)
        made |= self._cached(system, entry, keys)
        reused = frozenset(made)
        watch(len(reused))
        failed = 0
        task = self._task(system, made)
        worker = self._labour(task, entry)
        for summary in self._journalled(entry, worker, {place: key for key, place in keys.items()}):
            made[summary.document, summary.draw] = summary
            failed += summary.error is not None
            watch(len(made), failed)
        summaries = tuple(made[place] for place in places)
        costs = [cost for summary in summaries if (cost := system.cost(summary)) is not None]
        fresh = [made[place] for place in places if place not in reused]
        telemetry = measured(summaries, fresh, worker, len(reused))
        return Outcome(worker.error, summaries, replace(telemetry, cost=sum(costs) if costs else None))

    def _labour(self, task: Task, entry: SystemEntry) -> Labour:
        if entry.error is not None:
            return Absent(task, entry.error)
        return Worker(task, self.policy.timeout) if task.system.isolated else Inline(task)

    def _keys(self, system: System, made: Mapping[Place, Summary]) -> dict[str, Place]:
        """Return the fingerprints, of document and draw, of summaries that are not made yet; none without a cache."""
        if self.policy.cache is None or not system.isolated:
            return {}
        return {
            document_fingerprint(document, draw, with_references=system.uses_references): (document.id, draw)
            for document in self.documents
            for draw in range(1, system.samples + 1)
            if (document.id, draw) not in made
        }

    def _task(self, system: System, made: Mapping[Place, Summary]) -> Task:
        """Return the work that is left of a system."""
        there: defaultdict[str, set[int]] = defaultdict(set)
        for document, draw in made:
            there[document].add(draw)
        left = tuple(document for document in self.documents if len(there.get(document.id, ())) < system.samples)
        drawn = {document.id: frozenset(there[document.id]) for document in left if document.id in there}
        return Task(system, left, replace(self.context, made=drawn), self.policy.memory_limit)

    def _cached(self, system: System, entry: SystemEntry, keys: Mapping[str, Place]) -> Iterator[tuple[Place, Summary]]:
        if self.policy.cache is None or not keys:
            return
        for key, summary in self.policy.cache.find(fingerprint(entry.fingerprint), keys).items():
            named = replace(summary, system=system.name)
            self.journal.append(named)
            yield keys[key], named

    def _journalled(self, entry: SystemEntry, worker: Labour, keys: Mapping[Place, str]) -> Iterator[Summary]:
        unkept: list[tuple[str, Summary]] = []
        try:
            for summary in worker.summaries():
                self.journal.append(summary)
                if summary.error is None and keys:
                    unkept.append((keys[summary.document, summary.draw], summary))
                elif summary.error is not None and self.policy.fail_fast:
                    raise StoppedError(f"{summary.system} failed on document {summary.document!r}: {summary.error}")
                if len(unkept) >= _KEPT_AT_ONCE:
                    self._keep(entry, unkept)
                yield summary
        finally:
            self._keep(entry, unkept)

    def _keep(self, entry: SystemEntry, unkept: list[tuple[str, Summary]]) -> None:
        if self.policy.cache is not None and unkept:
            self.policy.cache.keep(fingerprint(entry.fingerprint), unkept)
        unkept.clear()
