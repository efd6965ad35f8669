"""Positions: where a score lies between floor (0) and ceiling (100), with intervals."""

from math import isfinite

import numpy as np

from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import Resamples
from sumbench.stats.bootstrap import percentile_interval
from sumbench.stats.units import mean


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


def position_intervals(drawn: Resamples, floor: int, ceiling: int, level: float) -> list[Interval | None]:
    """Return the percentile interval of each row's position between the rows `floor` and `ceiling`.

    In every resample all three are means over the same documents, so that what floor and ceiling owe to the choice of
    documents is in the interval. None for floor and ceiling themselves, whose positions are 0 and 100 by definition,
    for a row with fewer than two units, and for all rows where in some resample the ceiling does not stand above the
    floor: then these documents do not say how long the scale is.
    """
    values = drawn.values(mean)
    span = values[:, ceiling] - values[:, floor]
    if not (span > 0).all():
        return [None] * values.shape[1]
    positions = 100 * (values - values[:, [floor]]) / span[:, None]
    found: list[Interval | None] = []
    for row, units in enumerate(drawn.units):
        if row in {floor, ceiling} or units < 2 or np.isnan(positions[:, row]).any():  # noqa: PLR2004 - two make a sample
            found.append(None)
            continue
        found.append(percentile_interval(positions[:, row], level))
    return found
