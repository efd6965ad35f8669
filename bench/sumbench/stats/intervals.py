"""Intervals, and when scores support one."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray

LEVEL = 0.95

FEWEST_UNITS = 8
"""Below so many documents (or sources) a mean has no interval."""

FEWEST_OTHERS = 6
"""So many documents must have another score than the most frequent one."""

FEW_VALUES = 5
"""With fewer distinct scores than this, FEWEST_OTHERS_OF_FEW_VALUES documents must have another score."""

FEWEST_OTHERS_OF_FEW_VALUES = 10


class Interval(NamedTuple):
    """A two-sided confidence interval from `low` to `high` at `level` (0 to 1)."""

    low: float
    high: float
    level: float


class Estimate(NamedTuple):
    """A figure over a corpus with its interval.

    `value` is None when no document was scored; `interval` is None where the documents, or clusters of them (`units`),
    do not support one.
    """

    value: float | None
    interval: Interval | None
    documents: int
    units: int


class Shape:
    """Whether the scores of some units have the shape that an interval needs; values may come a few at a time.

    An interval keeps the level it promises only where enough units differ from the most frequent score: of a score
    that is mostly zero, a few documents say little, and nothing of how little. The limits are those from which the
    intervals' coverage was within 92 to 98 % in simulations (see tests/speed/coverage.py).
    """

    def __init__(self, values: Iterable[float] | FloatArray = ()) -> None:
        """Start with the given values."""
        self._counts: dict[float, int] = {}
        self._units = 0
        self.add(values)

    def add(self, values: Iterable[float] | FloatArray) -> None:
        """Add values, one a unit."""
        array = np.asarray(values, dtype=np.float64)
        self._units += array.size
        # Once so many values are known to be distinct, any further ones change no answer.
        if len(self._counts) > 2 * FEWEST_OTHERS_OF_FEW_VALUES or not array.size:
            return
        for value, count in zip(*np.unique(array, return_counts=True), strict=True):
            self._counts[float(value)] = self._counts.get(float(value), 0) + int(count)

    @property
    def varied(self) -> bool:
        """Whether enough units differ from the most frequent score."""
        if len(self._counts) > 2 * FEWEST_OTHERS_OF_FEW_VALUES:
            return True
        most = max(self._counts.values(), default=0)
        others = sum(self._counts.values()) - (most if most > 1 else 0)
        few = len(self._counts) < FEW_VALUES
        return others >= (FEWEST_OTHERS_OF_FEW_VALUES if few else FEWEST_OTHERS)

    @property
    def supports_mean(self) -> bool:
        """Whether the interval of a mean is to be trusted."""
        return self._units >= FEWEST_UNITS and self.varied
