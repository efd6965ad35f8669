import numpy as np
import pytest

from sumbench.records import Score
from sumbench.stats.arrays import differences
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import matrices


def test_scores_become_one_array_a_metric_with_nan_where_none_was_given() -> None:
    """Rows are the systems and columns the documents in the order asked for, whatever the order of the scores."""
    scores = [Score("b", "one", "rouge2", 0.2), Score("a", "two", "rouge2", 0.3), Score("a", "one", "rougeL", 0.4)]
    laid = matrices([*scores, Score("a", "other", "rouge2", 0.9)], ["one", "two"], ["a", "b"])
    assert list(laid) == ["rouge2", "rougeL"]
    np.testing.assert_array_equal(laid["rouge2"], [[np.nan, 0.2], [0.3, np.nan]])
    np.testing.assert_array_equal(laid["rougeL"], [[0.4, np.nan], [np.nan, np.nan]])


def test_two_scores_for_one_place_are_refused() -> None:
    """A second score of one system, document and metric is an error, not an overwriting."""
    with pytest.raises(ValueError, match="two scores of rouge2"):
        matrices([Score("a", "one", "rouge2", 0.2), Score("a", "one", "rouge2", 0.3)], ["one"], ["a"])


def test_a_difference_is_missing_where_either_side_is() -> None:
    """Differences are left minus right, NaN where one of the two failed."""
    scores = np.array([[1.0, 2.0, np.nan], [0.5, np.nan, 1.0], [0.0, 0.0, 0.0]])
    assert every_pair(3) == [(0, 1), (0, 2), (1, 2)]
    np.testing.assert_array_equal(
        differences(scores, every_pair(3)), [[0.5, np.nan, np.nan], [1, 2, np.nan], [0.5, np.nan, 1]]
    )
