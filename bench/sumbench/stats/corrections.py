"""Corrections of p-values for many tests."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Literal
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray

Correction: TypeAlias = Literal["holm", "benjamini-hochberg", "none"]


def holm(p: Sequence[float] | FloatArray) -> FloatArray:
    """Return p-values adjusted so that the chance of any false rejection in the family stays below the level.

    Holm (1979), "A simple sequentially rejective multiple test procedure": the i-th smallest of m is multiplied by
    m - i + 1, none falls below the one before it, none exceeds 1. Valid under any dependence.
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    raised = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    return _put_back(raised, order)


def benjamini_hochberg(p: Sequence[float] | FloatArray) -> FloatArray:
    """Return p-values adjusted so that the expected share of false rejections among all stays below the level.

    Benjamini & Hochberg (1995), "Controlling the false discovery rate": the i-th smallest of m is multiplied by m / i,
    none exceeds the one after it. Valid for independent or positively dependent tests.
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * len(values) / np.arange(1, len(values) + 1)
    return _put_back(np.minimum.accumulate(scaled[::-1])[::-1], order)


def none(p: Sequence[float] | FloatArray) -> FloatArray:
    """Return the p-values as they are."""
    return _checked(p)


CORRECTIONS: Mapping[Correction, Callable[[Sequence[float] | FloatArray], FloatArray]] = {
    "holm": holm,
    "benjamini-hochberg": benjamini_hochberg,
    "none": none,
}


def _checked(p: Sequence[float] | FloatArray) -> FloatArray:
    values = np.array(p, dtype=np.float64)
    if values.ndim != 1 or not np.all((values >= 0) & (values <= 1)):
        raise ValueError("p-values come in one row and lie between 0 and 1")
    return values


def _put_back(ordered: FloatArray, order: np.ndarray[tuple[int], np.dtype[np.intp]]) -> FloatArray:
    adjusted = np.empty_like(ordered)
    adjusted[order] = np.minimum(ordered, 1.0)
    return adjusted
