"""Drop-in replacement for `rouge_score.scoring`: scores of one pair of texts, and their averages."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any
from typing import Final
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.bootstrap import check_confidence
from sumbench.rouge.counts import Counts
from sumbench.rouge.counts import harmonic_mean
from sumbench.rouge.errors import RougeError

fmeasure = harmonic_mean

_DRAWS_AT_ONCE: Final = 1 << 18


class Score(NamedTuple):
    """Precision, recall and F1 of one pair of texts, each 0 to 1."""

    precision: float
    recall: float
    fmeasure: float

    @classmethod
    def of(cls, counts: Counts) -> "Score":
        """Return the score that these counts make."""
        hits, reference, system = counts
        if not hits:
            return cls(0.0, 0.0, 0.0)
        precision, recall = hits / system, hits / reference
        return cls(precision, recall, harmonic_mean(precision, recall))


class BaseScorer(ABC):
    """What every scorer of a pair of texts offers."""

    @abstractmethod
    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """Return a score for each score type, of `prediction` against the reference `target`."""


class AggregateScore(NamedTuple):
    """A bootstrap's lower bound, median and upper bound, each of the type of the scores that were added."""

    low: Any
    mid: Any
    high: Any


class BootstrapAggregator:
    """Averages scores with confidence intervals, as rouge_score does; for anything new, `bootstrap` is faster.

    It draws from numpy's global generator, so that after `numpy.random.seed` its figures are rouge_score's.

    Args:
        confidence_interval: The share of resample means that lie between the bounds, 0 to 1.
        n_samples: How many resamples to draw.

    Raises:
        RougeError: If one of them is out of range.
    """

    def __init__(self, confidence_interval: float = 0.95, n_samples: int = 1000) -> None:
        """Start with no scores."""
        check_confidence(confidence_interval)
        if n_samples <= 0:
            msg = f"n_samples is {n_samples}: at least one resample is needed"
            raise RougeError(msg)
        self._confidence = confidence_interval
        self._resamples = n_samples
        self._scores: dict[str, list[Any]] = {}

    def add_scores(self, scores: Mapping[str, Any]) -> None:
        """Add one pair's scores: for each score type a named tuple of numbers."""
        for score_type, score in scores.items():
            self._scores.setdefault(score_type, []).append(score)

    def aggregate(self) -> dict[str, AggregateScore]:
        """Return for each score type the bounds and the median of the resamples' means."""
        tail = (1 - self._confidence) / 2
        shares = 100 * np.array([tail, 0.5, 1 - tail])
        result = {}
        for score_type, scores in self._scores.items():
            means = _resample_means(np.vstack(scores), self._resamples)
            make = type(scores[0])
            result[score_type] = AggregateScore(*(make(*row) for row in np.percentile(means, shares, axis=0)))
        return result


def _resample_means(matrix: NDArray[Any], resamples: int) -> NDArray[np.float64]:
    """Return means of shape (resamples, measures), with the draws and the order of summing that rouge_score has."""
    documents, measures = matrix.shape
    size = max(1, _DRAWS_AT_ONCE // documents)
    means = np.empty((resamples, measures))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = np.random.randint(0, documents, size=(rows, documents))  # noqa: NPY002 - rouge_score's generator
        means[start : start + rows] = np.mean(matrix[drawn.T], axis=0)
    return means
