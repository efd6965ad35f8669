"""Scores of single texts under a metric, as a run computes them."""

from collections.abc import Sequence
from pathlib import Path

from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import ScoredBatch
from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.weights import Store


def batch(
    metric: Metric, documents: Sequence[Document], summaries: Sequence[Summary], *, fail_fast: bool = False
) -> ScoredBatch:
    """Load the metric and score one batch."""
    scorer = metric.load(MetricContext(0, Store(Path("nowhere"), offline=True)))
    return LoadedMetric(metric, scorer, fail_fast).score(documents, summaries)


def scored(metric: Metric, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[Score]:
    """Return the scores of one batch."""
    return list(batch(metric, documents, summaries).scores)
