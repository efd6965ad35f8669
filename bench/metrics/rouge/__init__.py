"""ROUGE as a metric: for runs (`RougeMetric`), and for `evaluate.load` (this folder, or its rouge.py)."""

from bench.metrics.rouge.measure import RougeMetric

__all__ = ["RougeMetric"]
