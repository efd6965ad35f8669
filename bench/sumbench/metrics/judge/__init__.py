"""Language models as judges: ratings by named qualities, and comparisons with one system in both orders."""

from sumbench.metrics.judge.judge import JudgeMetric
from sumbench.metrics.judge.pairs import PairJudgeMetric

__all__ = ["JudgeMetric", "PairJudgeMetric"]
