import numpy as np
import pytest
from scipy import stats

from sumbench.scores import FloatArray
from sumbench.stats.bootstrap import Method
from sumbench.stats.bootstrap import estimates
from sumbench.stats.bootstrap import resample

METHODS: tuple[Method, ...] = ("percentile", "bca")


def skewed(rows: int, documents: int, seed: int = 1) -> FloatArray:
    # Multiples of 2**-20, so that scipy's sums are exact too and resamples that equal the corpus tie in both.
    return np.rint(np.random.default_rng(seed).beta(2, 7, size=(rows, documents)) * 2**20) / 2**20


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("documents", "level"), [(2, 0.95), (9, 0.95), (150, 0.95), (150, 0.8)])
def test_intervals_are_those_of_scipy_on_the_same_draws(method: Method, documents: int, level: float) -> None:
    """Percentile and BCa intervals of the mean equal scipy's when both draw from the same seed."""
    scores = skewed(1, documents)
    (mine,) = estimates(scores, np.random.default_rng(3), method=method, level=level, resamples=999)
    theirs = stats.bootstrap(
        (scores[0],),
        np.mean,
        n_resamples=999,
        confidence_level=level,
        method="BCa" if method == "bca" else "percentile",
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert mine.value == pytest.approx(scores.mean(), rel=1e-9)
    assert mine.interval is not None
    assert mine.interval.method == method
    assert mine.interval[:2] == pytest.approx((theirs.low, theirs.high), rel=1e-7)


def test_each_row_has_its_own_bias_and_acceleration() -> None:
    """Among rows of different skew each gets the BCa interval that scipy gives it alone on the same draws."""
    scores = skewed(3, 40) ** np.array([[1], [2], [3]])
    for row, mine in zip(scores, estimates(scores, np.random.default_rng(3)), strict=True):
        theirs = stats.bootstrap((row,), np.mean, n_resamples=1000, rng=np.random.default_rng(3)).confidence_interval
        assert mine.interval is not None
        assert mine.interval[:2] == pytest.approx((theirs.low, theirs.high), rel=1e-7)


def test_an_aggregate_has_the_interval_of_scipy_on_the_same_draws() -> None:
    """A ratio of sums, which is no mean over documents, gets scipy's BCa interval."""
    rng = np.random.default_rng(5)
    hits, tries = rng.integers(0, 9, 40).astype(float), rng.integers(10, 30, 40).astype(float)
    counts = np.stack([hits, tries], axis=-1)[None]
    (mine,) = resample(counts, np.random.default_rng(3)).estimates(lambda sums: sums[..., 0] / sums[..., 1])
    theirs = stats.bootstrap(
        (hits, tries),
        lambda top, bottom, axis: top.sum(axis=axis) / bottom.sum(axis=axis),
        n_resamples=1000,
        paired=True,
        vectorized=True,
        method="BCa",
        rng=np.random.default_rng(3),
    ).confidence_interval
    assert mine.interval is not None
    assert mine.interval[:2] == pytest.approx((theirs.low, theirs.high), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_do_not_depend_on_the_size_of_the_chunks(method: Method) -> None:
    """The same seed gives the same intervals to the last bit, whatever is held in memory at once."""
    scores = skewed(4, 130)
    scores[1, 7] = np.nan
    results = [
        estimates(scores, np.random.default_rng(2), method=method, working_bytes=size)
        for size in (1, 5_000, 100_000, 1 << 30)
    ]
    assert results[1:] == results[:1] * 3


def test_all_rows_share_the_same_resamples() -> None:
    """A row that is another one shifted has the same interval shifted, and other rows change nothing."""
    scores = skewed(1, 60)
    alone = estimates(scores, np.random.default_rng(2))[0].interval
    together = estimates(np.vstack([scores + 0.25, scores]), np.random.default_rng(2))
    assert alone is not None
    assert together[0].interval is not None
    assert together[1].interval is not None
    assert together[1].interval[:2] == pytest.approx(alone[:2], abs=1e-9)
    assert together[0].interval[:2] == pytest.approx([alone.low + 0.25, alone.high + 0.25], abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_one_document_has_a_figure_and_no_interval(method: Method) -> None:
    """One document, one cluster, or one document that did not fail cannot support an interval; none has no figure."""
    (one,) = estimates(np.array([[0.3]]), np.random.default_rng(1), method=method)
    assert one == (0.3, None, 1, 1)
    (cluster,) = estimates(skewed(1, 5), np.random.default_rng(1), clusters="aaaaa", method=method)
    assert cluster[1:] == (None, 5, 1)
    rest, none = estimates(np.array([[np.nan, 0.5, np.nan], [np.nan] * 3]), np.random.default_rng(1), method=method)
    assert rest == (0.5, None, 1, 1)
    assert none == (None, None, 0, 0)


def test_a_corpus_without_documents_has_no_figure() -> None:
    """No document gives neither figure nor interval, and no error."""
    assert estimates(np.zeros((2, 0)), np.random.default_rng(1)) == [(None, None, 0, 0)] * 2


def test_equal_scores_have_an_interval_of_no_width() -> None:
    """Where every document has the same score, BCa is not defined and the percentile interval is that score."""
    (mine,) = estimates(np.full((1, 20), 0.25), np.random.default_rng(1), method="bca")
    assert mine.interval == (0.25, 0.25, 0.95, "percentile", 1000)


def test_documents_that_failed_are_left_out_of_figure_and_interval() -> None:
    """A row with failures has the mean of what is there, and about the interval of the rest of the corpus."""
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


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_true_mean_as_often_as_they_say(method: Method) -> None:
    """Of 1,000 samples from a skewed population, 95 % intervals hold its mean in about 95 %."""
    rows = estimates(skewed(1000, 80), np.random.default_rng(1), method=method)
    held = [row.interval is not None and row.interval.low <= 2 / 9 <= row.interval.high for row in rows]
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_wrong_settings_are_refused() -> None:
    """A level that is no probability, no resamples, and labels that do not fit the documents raise an error."""
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimates(skewed(1, 5), rng, level=95)
    with pytest.raises(ValueError, match="1 or more"):
        estimates(skewed(1, 5), rng, resamples=0)
    with pytest.raises(ValueError, match="3 cluster labels for 5 documents"):
        estimates(skewed(1, 5), rng, clusters="abc")
