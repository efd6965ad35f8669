"""What a summary copies of its document: fragments, novel n-grams, the longest copy."""

from sumbench.metrics.copying.copying import CopyingMetric

__all__ = ["CopyingMetric"]
