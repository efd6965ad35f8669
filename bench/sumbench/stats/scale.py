"""Positions: where a score lies between floor (0) and ceiling (100), with intervals."""

from collections.abc import Hashable
from collections.abc import Sequence
from math import isfinite

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.intervals import LEVEL
from sumbench.stats.intervals import Interval
from sumbench.stats.sign_flips import PERMUTATIONS
from sumbench.stats.sign_flips import ratio_flips


def position(score: float | None, floor: float | None, ceiling: float | None) -> float | None:
    """Return where `score` lies between `floor` (0) and `ceiling` (100), on a straight line through both.

    The floor is what random sentences reach, the ceiling how well references agree with each other; all three are
    scores of one metric on its own scale. A score below the floor is negative, one above the ceiling over 100.
    None when any of the three is missing, or the ceiling is not above the floor.
    """
    if score is None or floor is None or ceiling is None:
        return None
    if not (isfinite(score) and isfinite(floor) and isfinite(ceiling)) or ceiling <= floor:
        return None
    return 100 * (score - floor) / (ceiling - floor)


def position_intervals(  # noqa: PLR0913 - the settings of a test
    scores: FloatArray,
    floor: int,
    ceiling: int,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = LEVEL,
    permutations: int = PERMUTATIONS,
) -> list[Interval | None]:
    """Return the interval of each row's position between the rows `floor` and `ceiling`.

    The positions that sign flips of (score - floor) - position x (ceiling - floor) do not reject, so that what floor
    and ceiling owe to the choice of documents is in the interval. None for floor and ceiling themselves, whose
    positions are 0 and 100 by definition, where the ceiling does not stand above the floor in all subsets of the
    documents (then these do not say how long the scale is), and where documents do not support an interval.

    Args:
        scores: Shape (rows, documents), higher is better, NaN where there is no score.
        floor: The row of the floor.
        ceiling: The row of the ceiling.
        rng: Where random subsets come from.
        clusters: One label a document; documents with the same label belong together.
        level: The confidence level, above 0 and below 1.
        permutations: How many random sign patterns to draw.
    """
    span = np.broadcast_to(scores[ceiling] - scores[floor], scores.shape)
    found: list[Interval | None] = []
    flips = ratio_flips(scores - scores[floor], span, rng, clusters=clusters, permutations=permutations)
    for row, each in enumerate(flips):
        interval = None if each is None or row in {floor, ceiling} else each.interval(level)
        found.append(interval and Interval(100 * interval.low, 100 * interval.high, level))
    return found
