"""Scores of one pair of texts and their averages, under the names of `rouge_score.scoring`."""

from abc import ABC
from abc import abstractmethod
from typing import NamedTuple

from bench.rouge.counts import Counts


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
        return cls(precision, recall, 2 * precision * recall / (precision + recall))


class BaseScorer(ABC):
    """What every scorer of a pair of texts offers."""

    @abstractmethod
    def score(self, target: str, prediction: str) -> dict[str, Score]:
        """Return a score for each score type, of `prediction` against the reference `target`."""
