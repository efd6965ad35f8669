import numpy as np
import pyarrow as pa
import pytest

from sumbench.records import Score
from sumbench.records import ScoreFailure
from sumbench.scores import Scores
from sumbench.stats.arrays import differences
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import matrices


def test_scores_become_one_array_a_metric_with_nan_where_none_was_given() -> None:
    """Rows are the systems and columns the documents in the order asked for, whatever the order of the scores.

    What could not be scored is a gap like any other; metrics come in the order of the scores.
    """
    scores = [Score("b", "one", "rouge2", 0.2), Score("a", "two", "rouge2", 0.3), Score("a", "one", "rougeL", 0.4)]
    every = Scores.of([*scores, Score("a", "other", "rouge2", 0.9)], [ScoreFailure("b", "two", "rougeL", "it broke")])
    laid = matrices(every, ["one", "two"], ["a", "b"])
    assert list(laid) == ["rouge2", "rougeL"]
    np.testing.assert_array_equal(laid["rouge2"], [[np.nan, 0.2], [0.3, np.nan]])
    np.testing.assert_array_equal(laid["rougeL"], [[0.4, np.nan], [np.nan, np.nan]])


def test_columns_of_several_chunks_are_laid_out_alike() -> None:
    """Scores that came batch by batch, each with names of its own, give the arrays of the whole."""
    every = [Score(document, system, "m", len(document) / 7) for system in ("x", "y") for document in ("a", "bb", "c")]
    parts = Scores(pa.concat_tables([Scores.of([score]).table for score in every]))
    np.testing.assert_array_equal(
        matrices(parts, ["y", "x"], ["c", "bb"])["m"], matrices(Scores.of(every), ["y", "x"], ["c", "bb"])["m"]
    )


def test_two_scores_for_one_place_are_refused() -> None:
    """A second score of one system, document and metric is an error, not an overwriting."""
    with pytest.raises(ValueError, match="two scores of rouge2"):
        matrices(Scores.of([Score("a", "one", "rouge2", 0.2), Score("a", "one", "rouge2", 0.3)]), ["one"], ["a"])


def test_a_difference_is_missing_where_either_side_is() -> None:
    """Differences are left minus right, NaN where one of the two failed."""
    scores = np.array([[1.0, 2.0, np.nan], [0.5, np.nan, 1.0], [0.0, 0.0, 0.0]])
    assert every_pair(3) == [(0, 1), (0, 2), (1, 2)]
    np.testing.assert_array_equal(
        differences(scores, every_pair(3)), [[0.5, np.nan, np.nan], [1, 2, np.nan], [0.5, np.nan, 1]]
    )
