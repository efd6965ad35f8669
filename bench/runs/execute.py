"""The local executor: one system after the other, each in a process of its own, every summary journalled."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

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
    """What a system did: why it could not be loaded (or None), its summaries in the corpus' order, what it took."""

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
    if system.seeded:
        parts["seed"] = context.seed
    return SystemEntry(
        system.name, system.role.value, tuple(system.trained_on), parts, weights, error=None, telemetry=None
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

    def run(self, system: System, entry: SystemEntry, done: Mapping[str, Summary], watch: Advance) -> Outcome:
        """Summarize the documents that are neither `done` already (by id) nor in the cache.

        What fails is recorded in its Summary, and the rest goes on; with `fail_fast` it raises StoppedError.
        """
        made = dict(done)
        keys = {
            document_fingerprint(document, with_references=system.uses_references): document.id
            for document in self.documents
            if document.id not in made
        }
        for summary in self._cached(system, entry, keys):
            made[summary.document] = summary
        reused = len(made)
        watch(reused)
        failed = 0
        left = tuple(document for document in self.documents if document.id not in made)
        task = Task(system, left, self.context, self.policy.memory_limit)
        worker = Worker(task, self.policy.timeout) if system.isolated else Inline(task)
        for summary in self._journalled(system, entry, worker, {identifier: key for key, identifier in keys.items()}):
            made[summary.document] = summary
            failed += summary.error is not None
            watch(len(made), failed)
        summaries = tuple(made[document.id] for document in self.documents)
        costs = [cost for summary in summaries if (cost := system.cost(summary)) is not None]
        telemetry = _telemetry(summaries, worker, reused)
        return Outcome(worker.error, summaries, replace(telemetry, cost=sum(costs) if costs else None))

    def _cached(self, system: System, entry: SystemEntry, keys: Mapping[str, str]) -> Iterator[Summary]:
        if self.policy.cache is None or not system.isolated:
            return
        for summary in self.policy.cache.find(fingerprint(entry.fingerprint), keys).values():
            named = replace(summary, system=system.name)
            self.journal.append(named)
            yield named

    def _journalled(
        self, system: System, entry: SystemEntry, worker: Labour, keys: Mapping[str, str]
    ) -> Iterator[Summary]:
        unkept: list[tuple[str, Summary]] = []
        try:
            for summary in worker.summaries():
                self.journal.append(summary)
                if summary.error is None and system.isolated:
                    unkept.append((keys[summary.document], summary))
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
    timed = [summary for summary in summaries if summary.error is None and summary.seconds is not None]
    seconds = [summary.seconds or 0.0 for summary in timed]
    total = sum(seconds)
    median_seconds, p95_seconds = _quantiles(seconds)
    median_input, p95_input = _quantiles([summary.seen_tokens for summary in timed if summary.seen_tokens is not None])
    median_output, p95_output = _quantiles([summary.output_tokens for summary in timed])

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
        input_tokens_a_second=a_second(sum(summary.seen_tokens or 0 for summary in timed)),
        output_tokens_a_second=a_second(sum(summary.output_tokens for summary in timed)),
        memory=worker.memory,
        gpu_memory=worker.gpu_memory,
        reused=reused,
        cost=None,
    )


def _quantiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return median and 95th percentile, None for both where there are no values."""
    return (float(np.quantile(values, 0.5)), float(np.quantile(values, 0.95))) if values else (None, None)
