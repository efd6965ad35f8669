import numpy as np
import pytest
from scipy import stats

from sumbench.stats.effects import standardized


def test_the_standardised_effect_is_cohens_dz() -> None:
    """It is the t statistic of a paired test over the root of the number of documents; gaps are left out."""
    rng = np.random.default_rng(1)
    scores = rng.beta(2, 7, size=(2, 60))
    apart = scores[0] - scores[1]
    expected = stats.ttest_rel(scores[0], scores[1]).statistic / np.sqrt(60)
    assert standardized(apart) == pytest.approx(expected)
    assert standardized(np.append(apart, np.nan)) == pytest.approx(expected)


def test_differences_that_do_not_vary_have_no_standardised_effect() -> None:
    """A constant difference, one document, and none have nothing to be measured in."""
    assert standardized(np.full(20, 0.5) - 0.3) is None
    assert standardized(np.array([0.3, np.nan])) is None
    assert standardized(np.array([np.nan])) is None
