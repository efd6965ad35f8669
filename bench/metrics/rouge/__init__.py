"""ROUGE as a metric: for runs (`RougeMetric`), and for `evaluate.load` (this folder, or its rouge.py)."""

from bench.metrics.rouge.measure import GOOGLE
from bench.metrics.rouge.measure import PERL
from bench.metrics.rouge.measure import ROUGE_TYPES
from bench.metrics.rouge.measure import RougeMetric
from bench.metrics.rouge.original import OriginalRouge

__all__ = ["GOOGLE", "PERL", "ROUGE_TYPES", "OriginalRouge", "RougeMetric"]
