"""Scores as arrays: one row a system, one column a document, NaN where a system failed."""

from collections.abc import Iterable
from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.records import Score

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
Pairs: TypeAlias = Sequence[tuple[int, int]]


def matrices(scores: Iterable[Score], systems: Sequence[str], documents: Sequence[str]) -> dict[str, FloatArray]:
    """Lay scores out as one array of shape (systems, documents) for each metric.

    Args:
        scores: The scores; those of other systems or documents are left aside.
        systems: The systems that make the rows, in order.
        documents: The ids of the documents that make the columns, in order.

    Returns:
        The arrays by metric, in the order in which metrics first appear; NaN where no score was given.

    Raises:
        ValueError: If a system has two scores for one document and metric.
    """
    rows = {system: row for row, system in enumerate(systems)}
    columns = {document: column for column, document in enumerate(documents)}
    laid: dict[str, FloatArray] = {}
    for score in scores:
        if score.system not in rows or score.document not in columns:
            continue
        if score.metric not in laid:
            laid[score.metric] = np.full((len(rows), len(columns)), np.nan)
        array = laid[score.metric]
        place = rows[score.system], columns[score.document]
        if not np.isnan(array[place]):
            raise ValueError(f"{score.system} has two scores of {score.metric} for document {score.document}")
        array[place] = score.value
    return laid


def every_pair(systems: int) -> list[tuple[int, int]]:
    """Return each unordered pair of row numbers once, the smaller first."""
    return list(combinations(range(systems), 2))


def differences(scores: FloatArray, pairs: Pairs) -> FloatArray:
    """Return left minus right for each pair of rows, of shape (pairs, documents); NaN where either failed."""
    left, right = sides(pairs)
    return scores[left] - scores[right]


def sides(pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Split pairs into the row numbers on the left and those on the right."""
    both = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
