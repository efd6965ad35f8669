"""Forecasts a run: for each system, the work left, the weights to fetch, and the estimated time."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from sumbench.executors.describe import describe
from sumbench.executors.weights import weights_of
from sumbench.metrics import Metric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.cache import Cache
from sumbench.runs.cache import document_fingerprint
from sumbench.runs.cache import fingerprint
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.weights import Store
from sumbench.weights.catalog import find_model


@dataclass(frozen=True)
class Forecast:
    """The work of one system in a planned run.

    Of the `summaries` that it would make, one a draw of each of the `documents`, `reused` are there from earlier runs;
    all three are None where that is not known. `fetch` is the name of weights that are missing, or None, and
    `download` their size in bytes where it is known. `seconds` is the estimate for the summaries that are left, from
    earlier runs of the same system on this machine (its loading not counted); None without any. `priced` says that its
    summaries cost something, and `cost` is what those that are left would, in the currency of the prices, if they cost
    as much as kept ones of the same system; None without a price, and without a kept one.
    """

    system: str
    documents: int | None
    summaries: int | None
    reused: int | None
    fetch: str | None
    download: int | None
    seconds: float | None
    priced: bool = False
    cost: float | None = None


@dataclass(frozen=True)
class MetricForecast:
    """The weights `fetch` that a metric would fetch, and the size of their `download` in bytes, None if unknown."""

    metric: str
    fetch: str
    download: int | None


def has_price(system: System) -> bool:
    """Tell whether a system's summaries cost something that is billed."""
    return system.cost(Summary("", system.name, "", 1, 1, 1, None)) is not None


def missing(system: System, context: Context) -> tuple[str | None, int | None]:
    """Return the name of the weights that a system lacks, and their size in bytes where it is known."""
    return _missing(system.weights, context.store)


def missing_for_metrics(metrics: Sequence[Metric], store: Store) -> list[MetricForecast]:
    """Return what would be fetched for metrics, in their order."""
    found = [(metric.name, *_missing(weights_of(metric), store)) for metric in metrics]
    return [MetricForecast(metric, fetch, download) for metric, fetch, download in found if fetch is not None]


def _missing(weights: str | None, store: Store) -> tuple[str | None, int | None]:
    if weights is None or store.installed(weights):
        return None, None
    known = find_model(weights)
    return weights, known.download if known else None


def forecast(
    systems: Sequence[System], documents: Sequence[Document], context: Context, cache: Cache | None
) -> Iterator[Forecast]:
    """Yield what each system would do; nothing is fetched, loaded or written."""
    for system in systems:
        summaries = len(documents) * system.samples
        fetch, size = missing(system, context)
        if fetch is not None:
            yield Forecast(system.name, len(documents), summaries, 0, fetch, size, None)
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
        cost = _cost(system, cache.some(key) if cache else [], summaries - reused)
        yield Forecast(
            system.name, len(documents), summaries, reused, None, None, seconds, priced=has_price(system), cost=cost
        )


def _cost(system: System, kept: Sequence[Summary], left: int) -> float | None:
    """Return what the summaries that are left would cost if they cost as much as the `kept` ones; None if unknown."""
    if not left and has_price(system):
        return 0.0
    costs = [cost for summary in kept if (cost := system.cost(summary)) is not None]
    return left * sum(costs) / len(costs) if costs else None
