"""What a run would do, before it does anything."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from bench.records import Document
from bench.runs.cache import Cache
from bench.runs.cache import document_fingerprint
from bench.runs.cache import fingerprint
from bench.runs.execute import describe
from bench.systems import Context
from bench.systems import System
from bench.weights.catalog import catalog


@dataclass(frozen=True)
class Forecast:
    """What one system would do.

    Of the `summaries` that it would make, one a draw of each of the `documents`, `reused` are there from earlier runs.
    `fetch` is the name of weights that are missing, or None, and `download` their size in bytes where it is known.
    `seconds` is the estimate for the summaries that are left, from earlier runs of the same system on this machine
    (its loading not counted); None without any.
    """

    system: str
    documents: int
    summaries: int
    reused: int
    fetch: str | None
    download: int | None
    seconds: float | None


def forecast(
    systems: Sequence[System], documents: Sequence[Document], context: Context, cache: Cache | None
) -> Iterator[Forecast]:
    """Yield what each system would do; nothing is fetched, loaded or written."""
    for system in systems:
        summaries = len(documents) * system.samples
        if system.weights is not None and not context.store.installed(system.weights):
            known = catalog().get(system.weights)
            size = known.download if known else None
            yield Forecast(system.name, len(documents), summaries, 0, system.weights, size, None)
            continue
        key = fingerprint(describe(system, context).fingerprint)
        keys = [
            document_fingerprint(document, draw, with_references=system.uses_references)
            for document in documents
            for draw in range(1, system.samples + 1)
        ]
        reused = len(cache.find(key, keys)) if cache else 0
        pace = cache.pace(key) if cache else None
        seconds = 0.0 if reused == summaries else None if pace is None else pace * (summaries - reused)
        yield Forecast(system.name, len(documents), summaries, reused, None, None, seconds)
