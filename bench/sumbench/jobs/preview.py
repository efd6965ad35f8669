"""Dry run: the table of what a run would do, without fetching, loading or writing anything."""

from sumbench import suites
from sumbench.corpus import RemoteCorpus
from sumbench.corpus import find_remote
from sumbench.corpus.shard import Shard
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import plan
from sumbench.jobs.policy import Policy
from sumbench.jobs.requests import Request
from sumbench.jobs.requests import build_parts
from sumbench.metrics.protocol import ForecastsSpending
from sumbench.runs.forecast import Forecast
from sumbench.runs.forecast import forecast
from sumbench.runs.forecast import has_price
from sumbench.runs.forecast import missing
from sumbench.runs.forecast import missing_for_metrics
from sumbench.systems import Context
from sumbench.tables.forecast import forecast_table
from sumbench.tables.model import Table
from sumbench.tables.run_notes import spending
from sumbench.weights import Store


def preview(request: Request, store: Store, policy: Policy) -> Table:
    """Return the table of what a run of the request's task would do; a corpus on the hub is not read.

    Raises UsageError and CorpusError for what could not be done.
    """
    corpus = request.corpus or suites.read_suite(request.suite).task(request.task).corpus
    elsewhere = find_remote(corpus)
    if elsewhere is not None:
        return _unread(request, elsewhere, store)
    planned = plan(request, store, None, policy)
    made = forecast(planned.systems, planned.corpus.documents, planned.context, policy.cache)
    fetched = missing_for_metrics(planned.metrics, store)
    return forecast_table(planned.corpus.name, made, _spending(planned), metrics=fetched)


def _spending(planned: Plan) -> list[str]:
    """Say of each metric that asks a model or a service about what it would ask."""
    systems = {system.name: system.samples for system in planned.systems}
    foretold = {
        metric.name: metric.forecast(planned.corpus.documents, systems)
        for metric in planned.metrics
        if isinstance(metric, ForecastsSpending)
    }
    return [f"{name}: about {spending(spent)}, if no score is kept" for name, spent in foretold.items()]


def _unread(request: Request, corpus: RemoteCorpus, store: Store) -> Table:
    systems, metrics = build_parts(request)
    context = Context(0, store, request.device)
    documents = _documents(request, corpus)
    made = [
        Forecast(
            system.name,
            documents,
            None if documents is None else documents * system.samples,
            None,
            *missing(system, context),
            None,
            priced=has_price(system),
        )
        for system in systems
    ]
    rows = "of unknown size" if corpus.rows is None else f"{corpus.rows:,} rows"
    where = f"corpus: would be read from the hub, data set {corpus.hub}, {rows}; nothing of it was read"
    return forecast_table(corpus.name, made, (where,), missing_for_metrics(metrics, store))


def _documents(request: Request, corpus: RemoteCorpus) -> int | None:
    """Return the number of documents, None where it does not follow from the number of rows alone."""
    if request.ids is not None or request.filters or corpus.rows is None or corpus.merged:
        return None
    documents = min(filter(None, (corpus.rows, request.sample, request.limit)))
    return documents if request.shard is None else len(Shard.parse(request.shard).positions([""] * documents))
