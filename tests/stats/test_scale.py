import pytest

from bench.stats.scale import position


@pytest.mark.parametrize(("score", "expected"), [(0.1, 0.0), (0.3, 100.0), (0.2, 50.0), (0.05, -25.0), (0.35, 125.0)])
def test_a_score_lies_between_floor_and_ceiling(score: float, expected: float) -> None:
    """The floor is 0 and the ceiling 100; what is below or above them goes beyond."""
    assert position(score, 0.1, 0.3) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("score", "floor", "ceiling"),
    [
        (None, 0.1, 0.3),
        (0.2, None, 0.3),
        (0.2, 0.1, None),
        (float("nan"), 0.1, 0.3),
        (0.2, 0.3, 0.3),
        (0.2, 0.4, 0.3),
    ],
)
def test_no_place_without_a_ceiling_above_a_floor(
    score: float | None, floor: float | None, ceiling: float | None
) -> None:
    """A missing figure, or a ceiling that is not above the floor, gives None and not a number."""
    assert position(score, floor, ceiling) is None
