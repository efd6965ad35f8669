import numpy as np
import pytest
from scipy.stats import bootstrap

from sumbench.scores import FloatArray
from sumbench.stats.intervals import Interval
from sumbench.stats.scale import position
from sumbench.stats.scale import position_intervals


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


def intervals(scores: list[FloatArray]) -> list[Interval | None]:
    return position_intervals(np.stack(scores), 1, 2, np.random.default_rng(1))


def test_a_position_has_the_interval_of_its_ratio() -> None:
    """Over many documents it comes to that of the ratio in scipy's bootstrap; floor and ceiling have none."""
    rng = np.random.default_rng(2)
    floor = rng.uniform(0.0, 0.1, 200)
    ceiling, system = floor + rng.uniform(0.3, 0.5, 200), floor + rng.uniform(0.0, 0.4, 200)
    found = intervals([system, floor, ceiling])
    assert found[1] is None
    assert found[2] is None

    def place(one: FloatArray, low: FloatArray, high: FloatArray, axis: int = -1) -> FloatArray:
        base = low.mean(axis=axis)
        return np.asarray(100 * (one.mean(axis=axis) - base) / (high.mean(axis=axis) - base))

    expected = bootstrap(
        (system, floor, ceiling),
        place,
        paired=True,
        n_resamples=4000,
        method="percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert found[0] is not None
    assert (found[0].low, found[0].high) == pytest.approx((expected.low, expected.high), abs=0.6)


def test_a_scale_of_uncertain_length_gives_no_interval() -> None:
    """Where some subset of the documents has the ceiling at or below the floor, and where there is one document."""
    flat = np.full(12, 0.2)
    floor = np.where(np.arange(12) == 2, 0.3, 0.1)
    assert intervals([flat + np.arange(12) / 100, floor, flat]) == [None] * 3
    assert intervals([np.array([0.2]), np.array([0.1]), np.array([0.3])]) == [None] * 3
