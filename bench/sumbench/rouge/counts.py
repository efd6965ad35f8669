"""Sufficient statistics: the counts from which all ROUGE scores, averages, intervals and tests are computed."""

from typing import Any
from typing import NamedTuple
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.errors import RougeError


class Counts(NamedTuple):
    """What one pair of texts shares and holds, for one ROUGE variant, in that variant's units.

    The units are n-grams for ROUGE-N and tokens for ROUGE-L. All three counts are zero or more.
    """

    hits: int
    reference: int
    system: int

    @property
    def recall(self) -> float:
        """Share of the reference's units that were hit, 0 to 1; 0 for a reference without units."""
        return self.hits / max(self.reference, 1)

    @property
    def precision(self) -> float:
        """Share of the system's units that were hits, 0 to 1; 0 for a summary without units."""
        return self.hits / max(self.system, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1; 0 if both are."""
        return harmonic_mean(self.precision, self.recall)


class ScoreArrays(NamedTuple):
    """Precision, recall and F1 of many pairs: float64 arrays of one shape, values 0 to 1."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]


class CountArrays(NamedTuple):
    """The counts of many pairs: three numeric arrays of one shape, each as in `Counts`.

    Counts of a pair that does not exist (a document with fewer references than another) are all zero.
    """

    hits: NDArray[Any]
    reference: NDArray[Any]
    system: NDArray[Any]

    def scores(self) -> ScoreArrays:
        """Return precision, recall and F1 of every pair, equal to those of `Counts` in every bit."""
        precision = self.hits / np.maximum(self.system, 1)
        recall = self.hits / np.maximum(self.reference, 1)
        both = precision + recall
        f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
        return ScoreArrays(precision, recall, f1)

    def sum(self, axis: int | tuple[int, ...]) -> Self:
        """Return the counts summed along `axis`: pooled counts, whose scores weigh long texts more."""
        return type(self)(*(np.sum(part, axis=axis) for part in self))

    def at(self, *index: Any) -> Self:  # noqa: ANN401 - whatever numpy takes as an index
        """Return the counts at a numpy index, the same one for all three arrays."""
        return type(self)(*(part[index] for part in self))

    @classmethod
    def concatenate(cls, blocks: "list[CountArrays]", axis: int = 0) -> Self:
        """Join blocks of documents along `axis`.

        Raises:
            RougeError: If there is no block, so that the shape of the result is unknown.
        """
        if not blocks:
            msg = "no counts to join: the corpus has no documents"
            raise RougeError(msg)
        return cls(*(np.concatenate(parts, axis=axis) for parts in zip(*blocks, strict=True)))


def harmonic_mean(precision: float, recall: float) -> float:
    """Return F1, the harmonic mean of two shares; 0 if both are 0.

    The order of the operations is rouge_score's, so that the result has the same bits.
    """
    both = precision + recall
    return 2 * precision * recall / both if both > 0 else 0.0
