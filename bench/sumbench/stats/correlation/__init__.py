"""Metrics against people: correlations at three levels, tests between metrics, agreement among raters, preferences."""

from sumbench.stats.correlation.agreement import krippendorff
from sumbench.stats.correlation.analysis import Correlation
from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.analysis import QualityCorrelations
from sumbench.stats.correlation.analysis import Question
from sumbench.stats.correlation.analysis import Rated
from sumbench.stats.correlation.analysis import correlations
from sumbench.stats.correlation.verdict import correlation_verdict

__all__ = [
    "Correlation",
    "Correlations",
    "QualityCorrelations",
    "Question",
    "Rated",
    "correlation_verdict",
    "correlations",
    "krippendorff",
]
