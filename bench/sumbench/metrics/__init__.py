"""Metrics: the contract, the registry, and scoring of batches."""

from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import Metric
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.scoring import LoadedMetric
from sumbench.metrics.scoring import ScoredBatch
from sumbench.registry import Registry

__all__ = [
    "AGREEMENT",
    "REGISTRY",
    "BatchScores",
    "LoadedMetric",
    "Metric",
    "MetricContext",
    "Needs",
    "ScoredBatch",
    "Scorer",
]

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "rouge": "sumbench.metrics.rouge:RougeMetric",
    },
)
