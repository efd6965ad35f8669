"""What metrics ask for before any work is done: documents, a system to compare with, trust in their code, weights."""

from collections.abc import Collection
from collections.abc import Sequence

from sumbench import plugins
from sumbench.errors import UsageError
from sumbench.executors import weights
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics.protocol import ChecksDocuments
from sumbench.metrics.protocol import ComparesSystems
from sumbench.metrics.protocol import RunsRemoteCode
from sumbench.records import Document
from sumbench.registry import unknown
from sumbench.systems import Context
from sumbench.weights import Store


def check_documents(metrics: Sequence[Metric], documents: Sequence[Document]) -> None:
    """Raise MetricError for a document against whose references a metric does not score."""
    for metric in metrics:
        if isinstance(metric, ChecksDocuments):
            with plugins.own_faults("metric", metric.name, metric):
                metric.check_documents(documents)


def remote_code(metrics: Sequence[Metric]) -> set[str]:
    """Return the repositories of the hub whose code the metrics run."""
    return {metric.remote_code for metric in metrics if isinstance(metric, RunsRemoteCode)} - {""}


def check_trust(metrics: Sequence[Metric], store: Store) -> None:
    """Raise UsageError for a metric that runs code of the hub which is not trusted."""
    if untrusted := sorted(name for name in remote_code(metrics) if not store.trusts(name)):
        raise UsageError(
            f"{untrusted[0]} on the hub is code, which runs with your rights: to run it, "
            f"--trust-remote-code {untrusted[0]}"
        )


def check_systems(metrics: Sequence[Metric], systems: Collection[str]) -> None:
    """Raise UsageError for a metric that compares with a system which is not among those called `systems`."""
    for metric in metrics:
        if isinstance(metric, ComparesSystems) and metric.baseline not in systems:
            hint = unknown("system", metric.baseline, sorted(systems))
            raise UsageError(f"{metric.name}: no summaries to compare with: {hint}")


def check_ranking(metrics: Sequence[Metric], ranked_by: str, suite: str) -> None:
    """Raise UsageError where a suite ranks by a value that may not rank."""
    for value in (value for metric in metrics for value in metric.values()):
        if value.name == ranked_by and value.withheld:
            raise UsageError(f"suite {suite}: ranked_by={ranked_by} cannot be used: {value.withheld}")


def fetch_weights(metrics: Sequence[Metric], context: MetricContext) -> None:
    """Fetch the weights that metrics compute with, and verify those that are there.

    Raises UsageError for what the user must provide or accept first, MetricError for what cannot be had.
    """
    weights.check((), Context(context.seed, context.store, context.device), metrics)
    weights.fetch_for_metrics(metrics, context.store)
