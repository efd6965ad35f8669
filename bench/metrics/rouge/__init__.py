"""ROUGE as a metric: for runs (`RougeMetric`), and for `evaluate.load` (this folder, or its rouge.py)."""

from bench.metrics.rouge.measure import ROUGE_TYPES
from bench.metrics.rouge.measure import RougeMetric
from bench.metrics.rouge.original import OriginalRouge

__all__ = ["ROUGE_TYPES", "OriginalRouge", "RougeMetric"]
