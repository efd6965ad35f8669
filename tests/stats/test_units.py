import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies

from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import totals_by_unit


@given(
    strategies.lists(strategies.floats(-1e6, 1e6), min_size=1, max_size=40), strategies.randoms(use_true_random=False)
)
def test_sums_on_the_grid_do_not_depend_on_their_order(values: list[float], random: object) -> None:
    """Any order of summing gives the same bits, and each value stays within half a step of what it was."""
    grid = on_grid(np.array(values).reshape(1, -1, 1))
    shuffled = grid.values[0, :, 0].tolist()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum(shuffled) == sum(grid.values[0, :, 0].tolist()) == grid.values.sum()
    assert np.abs(grid.values[0, :, 0] - values).max() <= grid.step[0] / 2
    assert grid.step[0] <= 2.0**-49 * len(values) * max(map(abs, values)) or not any(values)


def test_counts_stay_as_they_are_on_the_grid() -> None:
    """Whole numbers, such as matches and lengths, are on the grid already."""
    counts = np.random.default_rng(1).integers(0, 1000, size=(3, 500, 4)).astype(float)
    np.testing.assert_array_equal(on_grid(counts).values, counts)


def test_clusters_are_summed_and_what_is_missing_counts_nothing() -> None:
    """Clusters are numbered by first appearance; a document with a NaN in any statistic adds to none of them."""
    numbers = numbered(["x", "y", "x", "z"], 4)
    assert numbers.tolist() == [0, 1, 0, 2]
    statistics = np.array([[[1.0, 10.0], [2.0, np.nan], [3.0, 30.0], [4.0, 40.0]]])
    np.testing.assert_array_equal(totals_by_unit(statistics, numbers), [[[4, 40], [0, 0], [4, 40]]])


def test_every_document_needs_a_label() -> None:
    """Labels of another number than the documents raise an error."""
    with pytest.raises(ValueError, match="2 cluster labels for 3 documents"):
        numbered(["x", "y"], 3)
