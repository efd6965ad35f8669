"""Metrics: the registry, and what a run asks of each."""

from functools import partial

from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import Metric
from sumbench.options import lacking
from sumbench.registry import Registry

__all__ = ["AGREEMENT", "REGISTRY", "Metric"]

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "rouge": "sumbench.metrics.rouge:RougeMetric",
    },
    group="sumbench.metrics",
    misfit=partial(lacking, protocol=Metric),
)
