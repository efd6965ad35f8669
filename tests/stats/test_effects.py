import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.power import TTestPower

from sumbench.scores import FloatArray
from sumbench.stats.effects import detectable
from sumbench.stats.effects import effects


def systems(documents: int, effect: float = 0.02, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    scores: FloatArray = rng.beta(2, 7, size=(2, documents)) + np.array([[effect], [0.0]])
    return scores


def standardized(apart: FloatArray, axis: int = -1) -> FloatArray:
    figure: FloatArray = apart.mean(axis=axis) / apart.std(axis=axis, ddof=1)
    return figure


def test_an_effect_is_the_mean_difference_and_cohens_dz_with_scipys_intervals() -> None:
    """Both figures are those of the paired differences, and both intervals scipy's BCa from the same draws."""
    scores = systems(60)
    apart = scores[0] - scores[1]
    (mine,) = effects(scores, [(0, 1)], np.random.default_rng(3))
    assert mine.difference == pytest.approx(apart.mean())
    assert mine.standardized == pytest.approx(stats.ttest_rel(scores[0], scores[1]).statistic / np.sqrt(60))
    for interval, statistic in ((mine.interval, np.mean), (mine.standardized_interval, standardized)):
        theirs = stats.bootstrap((apart,), statistic, n_resamples=1000, rng=np.random.default_rng(3))
        assert interval is not None
        assert interval.method == "bca"
        assert interval[:2] == pytest.approx(tuple(theirs.confidence_interval), rel=1e-6)


@pytest.mark.parametrize(("documents", "alpha", "power"), [(20, 0.05, 0.8), (300, 0.05, 0.9), (300, 0.001, 0.8)])
def test_the_smallest_detectable_difference_is_that_of_a_paired_t_test(
    documents: int, alpha: float, power: float
) -> None:
    """It is statsmodels' effect size for the same power, in standard deviations of the differences."""
    scores = systems(documents)
    (mine,) = effects(scores, [(0, 1)], np.random.default_rng(3), alpha=alpha, power=power)
    theirs = TTestPower().solve_power(nobs=documents, alpha=alpha, power=power, alternative="two-sided")
    assert mine.detectable == pytest.approx(theirs * (scores[0] - scores[1]).std(ddof=1), rel=0.01)


def test_a_difference_of_the_detectable_size_is_found_with_the_power_asked_for() -> None:
    """Of 2,000 corpora whose true difference is that large, 80 % have a paired t-test below the level."""
    rng = np.random.default_rng(6)
    least = detectable(1 / np.sqrt(40), 40, alpha=0.05, power=0.8)
    p = stats.ttest_1samp(rng.normal(least, 1.0, size=(2000, 40)), 0.0, axis=1).pvalue
    assert np.mean(p <= 0.05) == pytest.approx(0.8, abs=0.03)


def test_clustered_documents_have_the_standard_error_of_cluster_robust_regression() -> None:
    """With clusters the detectable difference follows from statsmodels' cluster-robust standard error."""
    labels = np.repeat(np.arange(12), np.arange(3, 15))
    scores = systems(len(labels)) + np.random.default_rng(7).normal(0, 0.2, 12)[labels] * np.array([[1.0], [0.0]])
    apart = scores[0] - scores[1]
    fit = sm.OLS(apart, np.ones(len(apart))).fit(cov_type="cluster", cov_kwds={"groups": labels})
    (mine,) = effects(scores, [(0, 1)], np.random.default_rng(3), clusters=labels.tolist())
    assert mine.units == 12
    assert mine.detectable == pytest.approx(detectable(float(fit.bse[0]), 12), rel=1e-9)


def test_differences_that_do_not_vary_have_no_standardised_effect() -> None:
    """A constant difference has an interval of no width, nothing standardised, and any difference is detectable."""
    scores = np.array([np.full(20, 0.5), np.full(20, 0.3)])
    (mine,) = effects(scores, [(0, 1)], np.random.default_rng(3))
    assert mine.difference == pytest.approx(0.2)
    assert mine.interval is not None
    assert mine.interval[:2] == pytest.approx((0.2, 0.2))
    assert (mine.standardized, mine.standardized_interval) == (None, None)
    assert mine.detectable == pytest.approx(0.0, abs=1e-9)


def test_one_common_document_has_a_difference_and_nothing_else() -> None:
    """From a single document no interval, no standardised effect and no detectable difference can be had."""
    scores = np.array([[0.5, np.nan, 0.4], [0.2, 0.1, np.nan]])
    (mine,) = effects(scores, [(0, 1)], np.random.default_rng(3))
    assert mine.difference == pytest.approx(0.3)
    assert mine[3:] == (None, None, None, None, 1, 1)


def test_detectable_refuses_what_is_no_test() -> None:
    """One unit, and levels that are no probabilities, raise an error."""
    with pytest.raises(ValueError, match="2 or more"):
        detectable(0.1, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        detectable(0.1, 10, power=80)
