"""Metrics: the registry, and what a run asks of each."""

from bench.metrics.protocol import AGREEMENT
from bench.metrics.protocol import Metric
from bench.registry import Registry

__all__ = ["AGREEMENT", "REGISTRY", "Metric"]

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "rouge": "bench.metrics.rouge:RougeMetric",
    },
)
