"""The local executor: one system after the other over the documents, every summary journalled as it is made."""

import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import BenchError
from bench.records import Document
from bench.records import Summary
from bench.runs.folder import Journal
from bench.runs.manifest import SystemEntry
from bench.runs.manifest import WeightsEntry
from bench.systems import Context
from bench.systems import Summarizer
from bench.systems import System

Watch = Callable[[int], None]
"""Told how many documents are done."""


@dataclass(frozen=True)
class Outcome:
    """What a system did: its entry in the manifest, and its summaries in the corpus' order."""

    entry: SystemEntry
    summaries: tuple[Summary, ...]


def execute(system: System, documents: Sequence[Document], context: Context, journal: Journal, watch: Watch) -> Outcome:
    """Run one system over the documents.

    A system that cannot be loaded fails on every document, with the reason in each Summary and in its entry.
    Weights that are not to be had are the user's to mend before anything runs: see `prepare`.
    """
    start = time.perf_counter()
    error = None
    try:
        summarize = system.load(context)
    except Exception as failure:  # noqa: BLE001 - a system that fails is a result, and the run goes on
        error = str(failure) if isinstance(failure, BenchError) else f"{type(failure).__name__}: {failure}"
        summarize = _failing(system.name, error)
    load_seconds = time.perf_counter() - start
    made: dict[str, Summary] = {}
    for summary in summarize(documents):
        journal.append(summary)
        made[summary.document] = summary
        watch(len(made))
    return Outcome(
        entry(system, context, load_seconds=load_seconds, error=error),
        tuple(made[document.id] for document in documents),
    )


def _failing(name: str, reason: str) -> Summarizer:
    return lambda documents: (Summary(document.id, name, "", 0, 0, 0, 0.0, error=reason) for document in documents)


def entry(system: System, context: Context, *, load_seconds: float, error: str | None) -> SystemEntry:
    """Return the system's entry in the manifest, with the checksum of the weights it used."""
    weights = None
    fingerprint = dict(system.fingerprint())
    if system.weights is not None and error is None:
        weights = WeightsEntry(
            name=system.weights,
            source=context.store.origin(system.weights),
            sha256=context.store.fingerprint(system.weights),
        )
        fingerprint["weights"] = weights.sha256
    return SystemEntry(system.name, system.role.value, fingerprint, weights, load_seconds, error)


def prepare(systems: Sequence[System], context: Context) -> None:
    """Fetch all weights that the systems need and that are missing, before anything runs.

    Raises WeightsError for weights that are not to be had.
    """
    for name in dict.fromkeys(system.weights for system in systems if system.weights is not None):
        context.store.folder(name)
