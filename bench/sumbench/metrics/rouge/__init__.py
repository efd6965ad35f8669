"""ROUGE as a metric of runs (`RougeMetric`, `OriginalRouge`) and of `evaluate.load` (this folder, or its rouge.py)."""

from sumbench.metrics.rouge.metric import GOOGLE
from sumbench.metrics.rouge.metric import PERL
from sumbench.metrics.rouge.metric import ROUGE_TYPES
from sumbench.metrics.rouge.metric import RougeMetric
from sumbench.metrics.rouge.original import OriginalRouge

__all__ = ["GOOGLE", "PERL", "ROUGE_TYPES", "OriginalRouge", "RougeMetric"]
