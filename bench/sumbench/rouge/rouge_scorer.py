"""Drop-in replacement for `rouge_score.rouge_scorer`."""

from sumbench.rouge.scorer import RougeScorer

__all__ = ["RougeScorer"]
