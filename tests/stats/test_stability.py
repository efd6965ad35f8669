"""How stable a ranking is over resamples of the documents, and over the choice of the reference."""

import numpy as np
import pytest

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats.stability import ByReference
from sumbench.stats.stability import by_reference
from sumbench.stats.stability import places

VALUE = Value("v", "V")
LOWER = Value("v", "V", direction=Direction.LOWER)


def test_clear_orders_hold_and_close_ones_change() -> None:
    """The first stands far above in every resample; two alike change places in about half of them."""
    rng = np.random.default_rng(1)
    found = places(
        {"best": rng.normal(0.9, 0.1, 50), "one": rng.normal(0.5, 0.1, 50), "other": rng.normal(0.5, 0.1, 50)}, VALUE, 0
    )
    assert found is not None
    assert found.places["best"] == (1, 1, 1.0, 1.0)
    one, other = found.places["one"], found.places["other"]
    assert (one.low, one.high, other.low, other.high, other.above_next) == (2, 3, 2, 3, None)
    assert found.closest is not None
    assert found.closest[:2] == ("one", "other")


def test_the_share_of_changes_is_that_of_the_differences() -> None:
    """It comes to the chance that a normal mean difference falls below 0."""
    rng = np.random.default_rng(2)
    base = rng.normal(0, 0.3, 400)
    apart = rng.normal(0, 0.1, 400)
    apart += 0.5 * 0.1 / np.sqrt(400) - apart.mean()
    found = places({"one": base + apart, "other": base}, VALUE, 0, resamples=4000)
    assert found is not None
    # The mean lies half a standard error above 0, below which a normal variable lies in 30.9 %.
    assert found.places["one"].above_next == pytest.approx(1 - 0.309, abs=0.03)


def test_where_lower_is_better_the_lowest_is_first() -> None:
    """Places follow the direction."""
    scores = {"low": np.full(20, 1.0) + np.arange(20) / 100, "high": np.full(20, 2.0)}
    found = places(scores, LOWER, 0)
    assert found is not None
    assert (found.places["low"].kept, found.places["high"].kept) == (1.0, 1.0)


def test_one_system_has_no_place_to_lose() -> None:
    """Fewer than two systems, or fewer documents than an interval takes, have no stability."""
    assert places({"one": np.ones(50)}, VALUE, 0) is None
    assert places({"one": np.ones(0), "two": np.ones(0)}, VALUE, 0) is None
    assert places({"one": np.ones(7), "two": np.zeros(7)}, VALUE, 0) is None
    assert places({"one": np.ones(8), "two": np.zeros(8)}, VALUE, 0) is not None
    assert places({"one": np.ones(8), "two": np.zeros(8)}, VALUE, 0, clusters="aabbccdd") is None


def test_references_alone_keep_some_orders() -> None:
    """Worked by hand: of three pairs, only the last system is below both others under each reference."""
    means = {"a": (0.5, 0.3, 0.5), "b": (0.4, 0.4, 0.4), "c": (0.1, 0.1, 0.2)}
    assert by_reference(means, VALUE) == ByReference(3, 3, 2, ("a", "b", "a"))
    assert by_reference({"a": (0.5,), "b": (0.4,)}, VALUE) is None
    assert by_reference({"a": (0.5, 0.4)}, VALUE) is None
    assert by_reference({}, VALUE) is None
