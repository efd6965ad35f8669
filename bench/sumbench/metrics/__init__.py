"""Metrics: the registry, and what a run asks of each."""

from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import Metric
from sumbench.registry import Registry

__all__ = ["AGREEMENT", "REGISTRY", "Metric"]

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "rouge": "sumbench.metrics.rouge:RougeMetric",
    },
)
