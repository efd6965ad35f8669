"""The local executor: one system after the other, each in a process of its own, every summary journalled."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from bench.errors import StoppedError
from bench.progress import Advance
from bench.records import Document
from bench.records import Summary
from bench.runs.cache import Cache
from bench.runs.cache import document_fingerprint
from bench.runs.cache import fingerprint
from bench.runs.child import Inline
from bench.runs.child import Labour
from bench.runs.child import Worker
from bench.runs.journal import Journal
from bench.runs.manifest import SystemEntry
from bench.runs.manifest import Telemetry
from bench.runs.manifest import WeightsEntry
from bench.runs.worker import Task
from bench.systems import Context
from bench.systems import System

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


def describe(system: System, context: Context) -> SystemEntry:
    """Return the system's entry in the manifest before it has run, with the checksum of the weights it will use."""
    weights = None
    parts = dict(system.fingerprint())
    if system.weights is not None:
        weights = WeightsEntry(
            name=system.weights,
            source=context.store.origin(system.weights),
            sha256=context.store.fingerprint(system.weights),
        )
        parts |= {"weights": weights.sha256, "device": context.device}
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
        error=None,
        telemetry=None,
        samples=system.samples,
    )


def prepare(systems: Sequence[System], context: Context) -> None:
    """Fetch all weights that the systems need and that are missing, before anything runs.

    Raises WeightsError for weights that are not to be had.
    """
    for name in dict.fromkeys(system.weights for system in systems if system.weights is not None):
        context.store.folder(name)


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
        reused = len(made)
        watch(reused)
        failed = 0
        task = self._task(system, made)
        worker = Worker(task, self.policy.timeout) if system.isolated else Inline(task)
        for summary in self._journalled(system, entry, worker, {place: key for key, place in keys.items()}):
            made[summary.document, summary.draw] = summary
            failed += summary.error is not None
            watch(len(made), failed)
        summaries = tuple(made[place] for place in places)
        costs = [cost for summary in summaries if (cost := system.cost(summary)) is not None]
        telemetry = _telemetry(summaries, worker, reused)
        return Outcome(worker.error, summaries, replace(telemetry, cost=sum(costs) if costs else None))

    def _keys(self, system: System, made: Mapping[Place, Summary]) -> dict[str, Place]:
        """Return the fingerprints, of document and draw, of the summaries that are not made yet."""
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
        left = tuple(document for document in self.documents if len(there[document.id]) < system.samples)
        drawn = {document.id: frozenset(there[document.id]) for document in left}
        return Task(system, left, replace(self.context, made=drawn), self.policy.memory_limit)

    def _cached(self, system: System, entry: SystemEntry, keys: Mapping[str, Place]) -> Iterator[tuple[Place, Summary]]:
        if self.policy.cache is None or not system.isolated:
            return
        for key, summary in self.policy.cache.find(fingerprint(entry.fingerprint), keys).items():
            named = replace(summary, system=system.name)
            self.journal.append(named)
            yield keys[key], named

    def _journalled(
        self, system: System, entry: SystemEntry, worker: Labour, keys: Mapping[Place, str]
    ) -> Iterator[Summary]:
        unkept: list[tuple[str, Summary]] = []
        try:
            for summary in worker.summaries():
                self.journal.append(summary)
                if summary.error is None and system.isolated:
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


def _telemetry(summaries: Sequence[Summary], worker: Labour, reused: int) -> Telemetry:
    by_document: defaultdict[str, list[Summary]] = defaultdict(list)
    for summary in summaries:
        if summary.error is None and summary.seconds is not None:
            by_document[summary.document].append(summary)
    timed = list(by_document.values())
    seconds = [sum(draw.seconds or 0.0 for draw in draws) for draws in timed]
    # What a document's draws go on from is the same text.
    seen = [draws[0].seen_tokens for draws in timed if draws[0].seen_tokens is not None]
    written = [sum(draw.output_tokens for draw in draws) for draws in timed]
    total = sum(seconds)
    median_seconds, p95_seconds = _quantiles(seconds)
    median_input, p95_input = _quantiles(seen)
    median_output, p95_output = _quantiles(written)

    def a_second(tokens: int) -> float | None:
        return tokens / total if total > 0 else None

    return Telemetry(
        load_seconds=worker.load_seconds,
        median_seconds=median_seconds,
        p95_seconds=p95_seconds,
        median_input_tokens=median_input,
        p95_input_tokens=p95_input,
        median_output_tokens=median_output,
        p95_output_tokens=p95_output,
        documents_a_minute=60 * len(timed) / total if total > 0 else None,
        input_tokens_a_second=a_second(sum(seen)),
        output_tokens_a_second=a_second(sum(written)),
        memory=worker.memory,
        gpu_memory=worker.gpu_memory,
        reused=reused,
        cost=None,
    )


def _quantiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return median and 95th percentile, None for both where there are no values."""
    return (float(np.quantile(values, 0.5)), float(np.quantile(values, 0.95))) if values else (None, None)
