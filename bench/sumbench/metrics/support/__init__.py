"""Support without a model: numbers, dates, amounts, units and names of a summary that its source does not contain."""

from sumbench.metrics.support.support import SupportMetric

__all__ = ["SupportMetric"]
