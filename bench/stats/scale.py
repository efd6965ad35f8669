"""Where a score lies between floor and ceiling."""

from math import isfinite


def position(score: float | None, floor: float | None, ceiling: float | None) -> float | None:
    """Return where `score` lies between `floor` (0) and `ceiling` (100), on a straight line through both.

    The floor is what random sentences reach, the ceiling how well references agree with each other; all three are
    scores of one metric on its own scale. A score below the floor is negative, one above the ceiling over 100.
    None when any of the three is missing, or the ceiling does not stand above the floor.
    """
    if score is None or floor is None or ceiling is None:
        return None
    if not (isfinite(score) and isfinite(floor) and isfinite(ceiling)) or ceiling <= floor:
        return None
    return 100 * (score - floor) / (ceiling - floor)
