"""The smallest detectable difference, and how many documents show one."""

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from sumbench.scores import FloatArray
from sumbench.stats.power import UnitDifferences
from sumbench.stats.power import detectable
from sumbench.stats.power import fewest_units
from sumbench.stats.power import power_at
from sumbench.stats.power import units_needed
from sumbench.stats.power import units_of
from sumbench.stats.sign_flips import paired_flips
from sumbench.stats.units import numbered


def units(apart: FloatArray) -> UnitDifferences:
    return units_of(apart, numbered(None, len(apart)))


def differences(documents: int, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    return rng.beta(2, 7, size=documents) - rng.beta(2, 7, size=documents)


def found(apart: FloatArray, documents: int, mean: float, alpha: float, trials: int = 300) -> float:
    """The share of samples in which the tables' own test shows a true mean difference."""
    rng = np.random.default_rng(9)
    centred = apart - apart.mean() + mean
    shown = 0
    for _ in range(trials):
        sample = centred[rng.integers(0, len(apart), documents)]
        (flips,) = paired_flips(np.stack([sample, np.zeros(documents)]), [(0, 1)], rng, permutations=1000)
        shown += flips.p() <= alpha and flips.mean is not None and flips.mean > 0
    return shown / trials


@pytest.mark.parametrize(("documents", "alpha"), [(12, 0.05), (40, 0.05), (40, 0.01), (150, 0.05)])
def test_a_difference_of_the_detectable_size_is_found_with_the_power_asked_for(documents: int, alpha: float) -> None:
    """Of 300 corpora whose true difference is that large, 80 % ± 5 are told apart by the test itself."""
    apart = differences(documents)
    least = detectable(units(apart), np.random.default_rng(1), alpha=alpha)
    assert least is not None
    assert found(apart, documents, least, alpha) == pytest.approx(0.8, abs=0.05 + 2 * np.sqrt(0.16 / 300))


@pytest.mark.parametrize(("documents", "alpha", "power"), [(300, 0.05, 0.9), (5000, 0.001, 0.8)])
def test_over_many_documents_it_is_that_of_a_paired_t_test(documents: int, alpha: float, power: float) -> None:
    """It comes to statsmodels' effect size for the same power, in standard deviations of the differences."""
    apart = differences(documents)
    least = detectable(units(apart), np.random.default_rng(1), alpha=alpha, power=power)
    theirs = TTestPower().solve_power(nobs=documents, alpha=alpha, power=power, alternative="two-sided")
    assert least == pytest.approx(theirs * apart.std(ddof=1), rel=0.05)


@pytest.mark.parametrize("difference", [0.06, 0.2])
def test_as_many_documents_as_are_needed_show_the_difference(difference: float) -> None:
    """With the number that is given, the test itself shows the difference with 80 % power, ± 5 points."""
    apart = differences(30)
    needed = units_needed(units(apart), difference, np.random.default_rng(1), alpha=0.01)
    assert needed is not None
    # The number is rounded up to two digits, which adds a little power.
    assert 0.75 - 0.05 <= found(apart, needed, difference, 0.01) <= 0.87 + 0.05
    mine = power_at(units(apart), needed, difference, np.random.default_rng(2), alpha=0.01)
    assert mine == pytest.approx(found(apart, needed, difference, 0.01), abs=0.07)


def test_more_documents_are_needed_for_less_and_for_more_certainty() -> None:
    """Half the difference takes about four times the documents, a stricter level and more power take more."""
    apart = units(differences(60))

    def needed(difference: float, alpha: float = 0.05, power: float = 0.8) -> int:
        number = units_needed(apart, difference, np.random.default_rng(1), alpha=alpha, power=power)
        assert number is not None
        return number

    assert needed(0.03) == pytest.approx(4 * needed(0.06), rel=0.15)
    assert needed(0.06, alpha=0.005) > needed(0.06)
    assert needed(0.06, power=0.95) > needed(0.06)
    assert len(str(needed(0.005)).rstrip("0")) <= 2


def test_what_no_number_of_documents_shows_is_none() -> None:
    """A tiny difference takes more than 100,000; differences without spread say nothing of any."""
    assert units_needed(units(differences(60)), 1e-5, np.random.default_rng(1), alpha=0.05) is None
    assert units_needed(units(np.full(20, 0.3)), 0.1, np.random.default_rng(1), alpha=0.05) is None
    assert detectable(units(np.full(20, 0.3)), np.random.default_rng(1), alpha=0.05) is None


@pytest.mark.parametrize(("alpha", "fewest"), [(0.05, 6), (0.05 / 45, 11), (0.5, 2)])
def test_below_the_fewest_documents_nothing_can_be_shown(alpha: float, fewest: int) -> None:
    """Two of 2**n patterns are the least p-value of n documents: with fewer, no difference of any size shows."""
    assert fewest_units(alpha) == fewest
    assert 2 / 2**fewest <= alpha < 2 / 2 ** (fewest - 1)
    few = units(differences(fewest - 1)) if fewest > 2 else UnitDifferences(np.array([0.1]), np.ones(1))
    if len(few.sums) > 1:
        assert detectable(few, np.random.default_rng(1), alpha=alpha) is None
    assert power_at(few, fewest - 1, 10.0, np.random.default_rng(1), alpha=alpha) == 0.0
    assert detectable(units(differences(fewest + 1)), np.random.default_rng(1), alpha=alpha) is not None


def test_lopsided_differences_have_a_power_in_each_direction() -> None:
    """A mean above 0 of mostly small gains is shown by other numbers than the same mean of mostly small losses."""
    apart = np.random.default_rng(1).exponential(1.0, 40)
    gains = units(apart - apart.mean() - 0.1)
    assert gains.upward.sums.sum() > 0
    np.testing.assert_array_equal(gains.upward.sums, gains.turned.sums)
    forward, back = (detectable(each, np.random.default_rng(1), alpha=0.05) for each in (gains, gains.turned))
    assert forward is not None
    assert back is not None
    # A long tail above: where the mean is to be shown above 0, it makes the interval's lower end lie near.
    assert forward < 0.95 * back


def test_clusters_count_as_one() -> None:
    """Four copies of each document under one label say no more than one of each."""
    apart = differences(40)
    labels = np.repeat(np.arange(40), 4)
    clustered = units_of(np.repeat(apart, 4), numbered(labels.tolist(), 160))
    one = detectable(units(apart), np.random.default_rng(1), alpha=0.05)
    assert detectable(clustered, np.random.default_rng(1), alpha=0.05) == pytest.approx(one)
