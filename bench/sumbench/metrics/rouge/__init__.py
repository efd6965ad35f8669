"""ROUGE as a metric of runs (`RougeMetric`, `OriginalRouge`) and of `evaluate.load` (this folder, or its rouge.py)."""

from sumbench.metrics.rouge.measure import GOOGLE
from sumbench.metrics.rouge.measure import PERL
from sumbench.metrics.rouge.measure import ROUGE_TYPES
from sumbench.metrics.rouge.measure import RougeMetric
from sumbench.metrics.rouge.original import OriginalRouge

__all__ = ["GOOGLE", "PERL", "ROUGE_TYPES", "OriginalRouge", "RougeMetric"]
