"""Draws are nested in documents: what that makes of means, intervals and tests."""

import numpy as np
import pytest

from sumbench.records import Score
from sumbench.scores import FloatArray
from sumbench.scores import Scores
from sumbench.stats import analyse
from sumbench.stats import estimates
from sumbench.stats import standings
from sumbench.stats.arrays import between_draws
from sumbench.stats.arrays import by_draw
from sumbench.stats.arrays import matrices
from tests.stats.made import made

DRAWN: dict[str, tuple[float, ...]] = {"a": (0.1, 0.3), "b": (0.2, 0.6), "c": (0.5, 0.7), "d": (0.0, 0.4)}
"""Two draws of four documents: their means are 0.2, 0.4, 0.6 and 0.2, the draws' own 0.2 and 0.5."""

PLAIN: dict[str, tuple[float, ...]] = {"a": (0.1,), "b": (0.2,), "c": (0.2,), "d": (0.1,)}


def test_a_documents_score_is_the_mean_over_the_draws_there_are() -> None:
    """A draw that is missing leaves the others; a document without any has none."""
    scores = Scores.of([Score("a", "s", "m", 0.2), Score("a", "s", "m", 0.6, 3), Score("b", "s", "m", 0.5, 2)])
    np.testing.assert_array_equal(matrices(scores, ["s"], ["a", "b", "c"])["m"], [[0.4, 0.5, np.nan]])
    assert by_draw(scores, ["s"], ["a", "b", "c"])["m"].shape == (3, 1, 3)


def test_the_same_draw_twice_is_refused() -> None:
    """Two scores of one draw are an error, two draws of one document are not."""
    with pytest.raises(ValueError, match="two scores of m"):
        matrices(Scores.of([Score("a", "s", "m", 0.2, 2), Score("a", "s", "m", 0.2, 2)]), ["s"], ["a"])


def test_the_spread_between_draws_is_that_of_their_means_over_whole_documents() -> None:
    """Worked by hand: means 0.2 and 0.5 have a standard deviation of 0.3/√2; a failed draw's document is left out."""
    drawn = np.array([[[0.1, 0.2, 0.5, 0.0]], [[0.3, 0.6, 0.7, 0.4]]])
    np.testing.assert_allclose(between_draws(drawn), [0.3 / np.sqrt(2)])
    drawn[1, 0, 3] = np.nan
    # Without d: (0.1 + 0.2 + 0.5) / 3 and (0.3 + 0.6 + 0.7) / 3.
    np.testing.assert_allclose(between_draws(drawn), [(1.6 - 0.8) / 3 / np.sqrt(2)])
    assert np.isnan(between_draws(drawn[:1])).all()


def test_standings_count_draws_and_what_failed() -> None:
    """A document counts as failed when all its draws did, a draw that failed as 0; what it took is over its draws."""
    run = made({"s": {"a": (0.1, 0.3), "b": (np.nan, 0.6), "c": (np.nan, np.nan)}})
    (row,) = standings(run)
    assert (row.draws, row.scored, row.failed, row.failed_draws) == (2, 3, 1, 1)
    assert row.means["rouge2"] == pytest.approx((0.2 + 0.3 + 0) / 3)
    assert row.answered_means["rouge2"] == pytest.approx((0.2 + 0.6) / 2)
    assert (row.answered, row.failures) == (0.5, {"error": 3})
    assert row.seconds == pytest.approx((1.0 + 0.5) / 2)
    # The draws' own means are (0.1 + 0 + 0) / 3 and (0.3 + 0.6 + 0) / 3.
    assert row.spread["rouge2"] == pytest.approx(0.8 / 3 / np.sqrt(2))


def test_intervals_and_tests_are_those_of_the_documents_means() -> None:
    """A run with draws has the statistics of a run whose one draw scores their mean."""
    means: dict[str, tuple[float, ...]] = {document: (sum(values) / 2,) for document, values in DRAWN.items()}
    drawn, single = analyse(made({"s": DRAWN, "t": PLAIN})), analyse(made({"s": means, "t": PLAIN}))
    assert drawn.comparisons == single.comparisons
    (difference,) = drawn.comparisons["rouge2"].differences
    # By hand: differences 0.1, 0.2, 0.4, 0.1 are all positive, so 2 of the 16 exchanges are as extreme.
    assert difference.effect.difference == pytest.approx(0.2)
    assert (difference.p, difference.exact, difference.effect.units) == (2 / 16, True, 4)


def test_intervals_over_documents_cover_and_intervals_over_draws_do_not() -> None:
    """Of 400 corpora of 30 documents with 5 draws, 95 % of the intervals hold the truth; of flat draws, far fewer.

    Documents spread by 0.1 around 0.4, draws by 0.1 around their document.
    """
    rng = np.random.default_rng(3)
    levels = rng.normal(0.4, 0.1, (400, 30, 1))
    drawn = levels + rng.normal(0, 0.1, (400, 30, 5))

    def coverage(rows: FloatArray) -> float:
        found = estimates(rows, np.random.default_rng(1))
        return float(np.mean([one.interval.low <= 0.4 <= one.interval.high for one in found if one.interval]))

    assert 0.91 <= coverage(drawn.mean(axis=2)) <= 0.98
    assert coverage(drawn.reshape(400, 150)) < 0.85
