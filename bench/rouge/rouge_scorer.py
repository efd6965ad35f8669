"""Stands in for `rouge_score.rouge_scorer`."""

from bench.rouge.scorer import RougeScorer

__all__ = ["RougeScorer"]
