"""Language models as judges: ratings by named qualities, and comparisons with one system in both orders."""

from sumbench.metrics.judge.judge import Judge
from sumbench.metrics.judge.pairs import PairJudge

__all__ = ["Judge", "PairJudge"]
