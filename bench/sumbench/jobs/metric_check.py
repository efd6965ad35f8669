"""Scores the summaries that ship with a metric, to see whether it tells supported ones from others."""

from sumbench.errors import UsageError
from sumbench.jobs.preconditions import check_trust
from sumbench.jobs.preconditions import fetch_weights
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.metrics.checks import Checked
from sumbench.metrics.checks import shipped
from sumbench.weights import Store


def check_on_shipped(metric: str | Metric, store: Store, device: str = "auto") -> Checked:
    """Load a metric, named as for a run, and return what it makes of the documents and summaries that ship.

    Weights that are missing are fetched. Raises UsageError for what the user must provide first, MetricError or
    WeightsError for a metric that cannot be loaded.
    """
    built, *others = build_metrics([metric])
    if others:
        raise UsageError(f"{metric} names {1 + len(others)} metrics: name one of them")
    context = MetricContext(0, store, device)
    check_trust([built], store)
    fetch_weights([built], context)
    documents, claims = shipped()
    loaded = LoadedMetric(built, built.load(context))
    found = loaded.found(documents, [claim.summary() for claim in claims])
    shown = [value for value in loaded.values if value.main]
    return Checked(built.name, shown, claims, found.values, found.failures)
