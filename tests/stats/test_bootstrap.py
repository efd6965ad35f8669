"""The bootstrap of means over documents, which come together or batch by batch."""

import tracemalloc

import numpy as np
import pytest

from sumbench.scores import FloatArray
from sumbench.stats.bootstrap import Bootstrap
from sumbench.stats.bootstrap import estimates
from sumbench.stats.intervals import Estimate


def skewed(rows: int, documents: int, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).beta(2, 7, size=(rows, documents))


def reference(values: FloatArray, rng: np.random.Generator, resamples: int = 40_000) -> tuple[float, float]:
    """The bootstrap-t interval as textbooks write it: one resample of the usual kind after the other."""
    size, mean, error = len(values), values.mean(), values.std(ddof=1) / np.sqrt(len(values))
    drawn = values[rng.integers(0, size, (resamples, size))]
    distances = (drawn.mean(axis=1) - mean) / (drawn.std(axis=1, ddof=1) / np.sqrt(size))
    short, long = np.quantile(distances, [0.025, 0.975])
    return mean - long * error, mean - short * error


@pytest.mark.parametrize("documents", [30, 200])
def test_the_interval_is_that_of_the_bootstrap_t(documents: int) -> None:
    """It is that of a plain bootstrap-t, up to what Poisson counts and the number of resamples leave open."""
    scores = skewed(1, documents)
    (mine,) = estimates(scores, np.random.default_rng(3), resamples=20_000)
    low, high = reference(scores[0], np.random.default_rng(4))
    assert mine.value == pytest.approx(scores.mean())
    assert mine.interval is not None
    assert mine.interval.low == pytest.approx(low, abs=0.04 * (high - low))
    assert mine.interval.high == pytest.approx(high, abs=0.04 * (high - low))


def test_over_many_documents_it_is_that_of_the_normal_theory() -> None:
    """Over many documents the interval is the mean with 1.96 standard errors to either side."""
    values = np.random.default_rng(1).beta(2, 5, 20_000)
    (mine,) = estimates(values[None], np.random.default_rng(2), resamples=2000)
    error = values.std() / np.sqrt(len(values))
    assert mine.interval is not None
    assert mine.interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert mine.interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_batches_give_the_intervals_of_the_whole() -> None:
    """Documents that come a few at a time have the intervals of all of them together: one figure, one interval."""
    scores = skewed(2, 3_000)
    scores[1, ::3] = np.nan
    whole = estimates(scores, np.random.default_rng(2), resamples=301)
    for sizes in ([1, 2, 1500], [700, 1400, 2100]):
        bootstrap = Bootstrap(np.random.default_rng(2), 301)
        for batch in np.split(scores, sizes, axis=1):
            bootstrap.add(dict(enumerate(batch)))
        for row, expected in enumerate(whole):
            found = bootstrap.estimate(row)
            assert found.value == pytest.approx(expected.value)
            assert found.interval == pytest.approx(expected.interval)
            assert (found.documents, found.units) == (expected.documents, expected.units)


def test_all_rows_share_the_same_resamples() -> None:
    """A row that is another one shifted has the same interval shifted, and other rows change nothing."""
    scores = skewed(1, 60)
    alone = estimates(scores, np.random.default_rng(2))[0].interval
    shifted, same = (each.interval for each in estimates(np.vstack([scores + 0.25, scores]), np.random.default_rng(2)))
    assert alone is not None
    assert shifted is not None
    assert same == pytest.approx(alone)
    assert shifted[:2] == pytest.approx([alone.low + 0.25, alone.high + 0.25], abs=1e-9)


def test_too_few_documents_have_a_figure_and_no_interval() -> None:
    """One document, one cluster, seven documents have no interval, eight have one; none has no figure."""
    rng = np.random.default_rng(1)
    assert estimates(np.array([[0.3]]), rng) == [Estimate(0.3, None, 1, 1)]
    (cluster,) = estimates(skewed(1, 5), rng, clusters="aaaaa")
    assert cluster[1:] == (None, 5, 1)
    (seven,), (eight,) = (estimates(skewed(1, number), rng) for number in (7, 8))
    assert seven.interval is None
    assert eight.interval is not None
    rest, none = estimates(np.array([[np.nan, 0.5, np.nan], [np.nan] * 3]), rng)
    assert rest == (0.5, None, 1, 1)
    assert none == (None, None, 0, 0)
    assert estimates(np.zeros((2, 0)), rng) == [(None, None, 0, 0)] * 2
    assert Bootstrap(rng).estimate("never came") == (None, None, 0, 0)


def test_scores_that_are_mostly_the_same_have_no_interval() -> None:
    """Equal scores, and scores that are zero but for five documents, say too little of how far the mean may lie."""
    rng = np.random.default_rng(1)
    mostly = np.zeros(200)
    mostly[:5] = [0.1, 0.2, 0.3, 0.4, 0.5]
    more = mostly.copy()
    more[5] = 0.6
    equal, few, enough = estimates(np.stack([np.full(200, 0.25), mostly, more]), rng)
    assert equal == (0.25, None, 200, 200)
    assert few.interval is None
    assert enough.interval is not None


def test_two_values_need_ten_of_the_rarer_one() -> None:
    """A score that is 0 or 1 has an interval once ten documents have the rarer value."""
    rng = np.random.default_rng(1)
    nine, ten = ((np.arange(60) < ones).astype(float) for ones in (9, 10))
    assert [each.interval is not None for each in estimates(np.stack([nine, ten]), rng)] == [False, True]


def test_documents_without_a_score_are_left_out() -> None:
    """A row with gaps has the mean of what is there, and about the interval of the rest of the corpus."""
    scores = skewed(1, 400)
    with_gaps = scores.copy()
    with_gaps[0, ::4] = np.nan
    rest = scores[:, ~np.isnan(with_gaps[0])]
    (mine,) = estimates(with_gaps, np.random.default_rng(1), resamples=4000)
    (theirs,) = estimates(rest, np.random.default_rng(2), resamples=4000)
    assert mine.value == pytest.approx(rest.mean(), rel=1e-9)
    assert (mine.documents, mine.units) == (300, 300)
    assert mine.interval is not None
    assert theirs.interval is not None
    assert mine.interval[:2] == pytest.approx(theirs.interval[:2], abs=0.002)


def test_clusters_are_drawn_together() -> None:
    """Clusters of equal size have the interval of their means, wider than that of single ones, whatever their names."""
    of_sources = skewed(1, 30)
    scores = np.repeat(of_sources, 4, axis=1)
    labels = np.repeat(np.arange(30), 4)
    (sources,) = estimates(of_sources, np.random.default_rng(1))
    (clustered,) = estimates(scores, np.random.default_rng(1), clusters=labels.tolist())
    (renamed,) = estimates(scores, np.random.default_rng(1), clusters=[f"source {29 - at}" for at in labels])
    (single,) = estimates(scores, np.random.default_rng(1))
    assert sources.interval is not None
    assert clustered.interval is not None
    assert single.interval is not None
    assert clustered.interval[:2] == pytest.approx(sources.interval[:2], abs=1e-9)
    assert (clustered.documents, clustered.units) == (120, 30)
    assert renamed == clustered
    assert single.interval.high - single.interval.low < 0.7 * (clustered.interval.high - clustered.interval.low)


def test_the_means_of_resamples_are_those_of_weighted_documents() -> None:
    """Their spread over resamples is the standard error of the mean."""
    values = np.random.default_rng(1).beta(2, 5, 4_000)
    bootstrap = Bootstrap(np.random.default_rng(2), 2_000)
    bootstrap.add({"row": values})
    means = bootstrap.means("row")
    assert means.shape == (2_000,)
    assert means.std() == pytest.approx(values.std() / np.sqrt(4_000), rel=0.06)


def test_memory_does_not_grow_with_the_documents() -> None:
    """Nothing is kept of a batch but a few sums a resample and series."""
    bootstrap = Bootstrap(np.random.default_rng(0), 200)
    batch = skewed(1, 500)[0]
    bootstrap.add({"row": batch})
    tracemalloc.start()
    for _ in range(5):
        bootstrap.add({"row": batch})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 50_000


def test_wrong_settings_are_refused() -> None:
    """No resamples, and labels that do not fit the documents, raise an error; too few resamples give no interval."""
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="1 or more"):
        estimates(skewed(1, 5), rng, resamples=0)
    with pytest.raises(ValueError, match="3 cluster labels for 5 documents"):
        estimates(skewed(1, 5), rng, clusters="abc")
    assert estimates(skewed(1, 50), rng, resamples=39)[0].interval is None
