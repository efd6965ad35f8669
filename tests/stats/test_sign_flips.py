"""The paired randomization test and the interval that belongs to it."""

from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
import pytest
from scipy import stats

from sumbench.scores import FloatArray
from sumbench.stats.arrays import every_pair
from sumbench.stats.sign_flips import SignFlips
from sumbench.stats.sign_flips import paired_flips
from sumbench.stats.sign_flips import ratio_flips
from sumbench.stats.sign_flips import smallest_p
from sumbench.stats.subsets import subset_sums


def two_systems(documents: int, effect: float, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    shared = rng.beta(2, 7, size=documents)
    scores: FloatArray = shared + 0.1 * rng.normal(size=(2, documents)) + np.array([[effect], [0.0]])
    return scores


def flips(
    scores: FloatArray, pairs: Sequence[tuple[int, int]] = ((0, 1),), seed: int = 1, **settings: object
) -> list[SignFlips]:
    return list(paired_flips(scores, pairs, np.random.default_rng(seed), **settings))  # type: ignore[arg-type]


def scipy_p(
    scores: FloatArray,
    alternative: Literal["two-sided", "less", "greater"] = "two-sided",
    permutations: int = 1_000_000,
) -> float:
    result = stats.permutation_test(
        (scores[0], scores[1]),
        lambda one, other, axis: np.mean(one - other, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=permutations,
        alternative=alternative,
        rng=np.random.default_rng(11),
    )
    return float(result.pvalue)


@pytest.mark.parametrize("documents", [2, 5, 12])
@pytest.mark.parametrize("decimals", [1, 16])
def test_exact_p_values_are_those_of_scipy(documents: int, decimals: int) -> None:
    """With few documents every pattern is gone through and p is scipy's on either side, also where many tie."""
    scores = np.round(two_systems(documents, 0.05), decimals)
    (mine,) = flips(scores)
    assert mine.exact
    assert mine.patterns == 2**documents
    assert mine.p() == pytest.approx(scipy_p(scores), abs=1e-12)
    assert mine.p_below(0) == pytest.approx(scipy_p(scores, "less"), abs=1e-12)
    assert mine.p_above(0) == pytest.approx(scipy_p(scores, "greater"), abs=1e-12)


@pytest.mark.parametrize("effect", [0.0, 0.01, 0.02])
def test_random_p_values_are_those_of_scipy(effect: float) -> None:
    """With many documents p is scipy's up to what 10,000 random patterns leave open."""
    scores = two_systems(200, effect)
    (mine,) = flips(scores)
    assert (mine.exact, mine.patterns) == (False, 10_001)
    for p, alternative in ((mine.p(), "two-sided"), (mine.p_below(0), "less"), (mine.p_above(0), "greater")):
        theirs = scipy_p(scores, alternative, 9_999)  # type: ignore[arg-type]
        assert p == pytest.approx(theirs, abs=5 * np.sqrt(2 * max(theirs, 1e-3) / 10_000))


@pytest.mark.parametrize("documents", [6, 9, 12])
def test_the_interval_is_what_scipys_test_does_not_reject(documents: int) -> None:
    """Moved by a little less than an end, the differences are not rejected; by a little more, they are."""
    scores = two_systems(documents, 0.05)
    (mine,) = flips(scores)
    interval = mine.interval()
    assert interval is not None
    for end, outward in ((interval.low, -1e-6), (interval.high, 1e-6)):
        for shift, rejected in ((end - outward, False), (end + outward, True)):
            assert (scipy_p(scores - np.array([[shift], [0.0]])) <= 0.05) is rejected


@pytest.mark.parametrize("documents", [6, 12, 14, 15, 40, 300])
def test_no_interval_contradicts_its_p_value(documents: int) -> None:
    """Zero lies outside the interval exactly where p is at most 0.05, for scores with ties and without."""
    for seed in range(40):
        scores = np.round(two_systems(documents, 0.02, seed), 2 if seed % 2 else 16)
        (mine,) = flips(scores, seed=seed)
        interval = mine.interval()
        if interval is not None:
            assert (mine.p() <= 0.05) == (interval.low > 0 or interval.high < 0)


def test_the_interval_has_the_ends_worked_out_by_hand() -> None:
    """Of six differences the 95 % interval is from the smallest to the largest: 2 of 64 patterns lie beyond either."""
    apart = np.array([0.1, -0.3, 0.5, 0.2, 0.4, 0.7])
    (mine,) = flips(np.stack([apart, np.zeros(6)]))
    interval = mine.interval()
    assert interval is not None
    assert interval[:2] == pytest.approx((-0.3, 0.7))
    # By hand: the means of all 63 nonempty subsets in order; at 80 % the 6th from either end.
    means = sorted(apart[list(map(bool, pattern))].mean() for pattern in product((0, 1), repeat=6) if any(pattern))
    wider = mine.interval(0.8)
    assert wider is not None
    assert wider[:2] == pytest.approx((means[5], means[-6]))


@pytest.mark.parametrize("documents", [1, 2, 5])
def test_too_few_documents_have_no_interval(documents: int) -> None:
    """Below six documents no difference could be significant at 0.05, so there is no interval at 95 %."""
    (mine,) = flips(two_systems(documents, 5.0))
    assert mine.interval() is None
    assert mine.p() > 0.05
    assert smallest_p(documents) > 0.05


def test_the_smallest_p_value_is_reached_by_the_clearest_difference() -> None:
    """It is what a test gives when all documents agree."""
    for documents in (1, 6, 14, 15, 50):
        (mine,) = flips(two_systems(documents, 50.0))
        assert mine.p() == pytest.approx(smallest_p(documents))


def test_random_p_values_agree_with_exact_ones() -> None:
    """14 documents are exact, 15 random, with about the same p where the fifteenth adds nothing."""
    scores = two_systems(14, 0.06)
    (exact,) = flips(scores)
    (random,) = flips(np.hstack([scores, [[0.1], [0.1]]]))
    assert (exact.exact, random.exact) == (True, False)
    assert random.p() == pytest.approx(exact.p(), abs=0.025)


def test_a_random_p_value_is_never_zero() -> None:
    """Where no pattern is as extreme as the data, p is 1 / (1 + permutations)."""
    (mine,) = flips(two_systems(100, 1.0), permutations=98)
    assert mine.p() == pytest.approx(1 / 99)


def test_identical_systems_are_not_told_apart() -> None:
    """Two systems with the same scores have a difference of 0, p = 1 and no interval."""
    (mine,) = flips(np.repeat(two_systems(40, 0.0)[:1], 2, axis=0))
    assert (mine.mean, mine.p(), mine.interval(), mine.documents) == (0.0, 1.0, None, 40)


def test_differences_that_cancel_tie_despite_rounding() -> None:
    """0.1 + 0.2 - 0.3 is no difference, whatever floating point makes of it."""
    scores = np.array([[0.1, 0.2, 0.0], [0.0, 0.0, 0.3]])
    assert scores.sum(axis=1)[0] != scores.sum(axis=1)[1]
    (mine,) = flips(scores)
    assert mine.p() == 1.0


def test_mostly_equal_scores_have_no_interval() -> None:
    """Where all but a few documents tie, the others say too little of how far apart the systems are."""
    scores = np.zeros((2, 200))
    scores[0, :5] = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert flips(scores)[0].interval() is None
    scores[0, 5] = 0.6
    assert flips(scores)[0].interval() is not None


def test_systems_are_compared_on_the_documents_that_both_have() -> None:
    """Each pair's test is the one on its common documents alone, and says how many those are."""
    rng = np.random.default_rng(4)
    scores = rng.random((3, 13))
    scores[0, :3], scores[1, 2:5] = np.nan, np.nan
    tests = flips(scores, every_pair(3))
    for test, pair in zip(tests, every_pair(3), strict=True):
        both = scores[list(pair)]
        common = both[:, ~np.isnan(both).any(axis=0)]
        assert test.documents == test.units == common.shape[1]
        assert test.mean == pytest.approx((common[0] - common[1]).mean())
        assert test.p() == pytest.approx(scipy_p(common))
        (alone,) = flips(common)
        assert test.interval() == pytest.approx(alone.interval())
    assert [test.documents for test in tests] == [8, 10, 10]


def test_systems_without_a_common_document_are_not_told_apart() -> None:
    """No common document gives no difference, p = 1 and no interval, and other pairs are not touched."""
    scores = np.array([[0.1, 0.2, np.nan, np.nan], [np.nan, np.nan, 0.7, 0.8], [0.3, 0.3, 0.9, 0.9]])
    tests = flips(scores, every_pair(3))
    assert (tests[0].mean, tests[0].p(), tests[0].interval(), tests[0].units) == (None, 1.0, None, 0)
    assert [test.p() for test in tests[1:]] == [0.5, 0.5]


def test_clusters_are_flipped_together() -> None:
    """The test of clustered documents is scipy's on the sums of the clusters, and less sure than one of singles."""
    scores = np.repeat(two_systems(8, 0.1), 5, axis=1)
    labels = np.repeat(np.arange(8), 5).tolist()
    (mine,) = flips(scores, clusters=labels)
    (single,) = flips(scores)
    assert (mine.documents, mine.units, mine.exact) == (40, 8, True)
    assert mine.p() == pytest.approx(scipy_p(scores[:, ::5]))
    assert mine.interval() == pytest.approx(flips(scores[:, ::5])[0].interval())
    assert single.p() < mine.p()


@pytest.mark.parametrize("clusters", [None, [at // 3 for at in range(240)]])
def test_nothing_depends_on_the_size_of_the_chunks(clusters: Sequence[int] | None) -> None:
    """The same seed gives the same tests and intervals to the last bit, whatever is held in memory at once."""
    scores = np.vstack([two_systems(240, 0.01, seed) for seed in (1, 2)])
    scores[1, 5:9] = np.nan
    found = [
        [(each.p(), each.interval()) for each in flips(scores, every_pair(4), clusters=clusters, working_bytes=size)]
        for size in (1, 3_000, 100_000, 1 << 30)
    ]
    assert found[1:] == found[:1] * 3


def test_the_order_of_a_pair_turns_the_sign_alone() -> None:
    """Left against right and right against left differ in the signs of difference and interval, and nothing else."""
    forward, back = flips(two_systems(80, 0.02), [(0, 1), (1, 0)])
    one, other = forward.interval(), back.interval()
    assert one is not None
    assert other is not None
    assert forward.p() == back.p()
    assert (one.low, one.high) == (-other.high, -other.low)


@pytest.mark.parametrize("documents", [10, 60])
def test_the_size_under_the_null_is_the_level(documents: int) -> None:
    """Of 2,000 pairs of systems alike but for noise, 5 % ± 1.5 are rejected at 5 %, exactly and at random."""
    pairs = [(at, at + 1) for at in range(0, 4000, 2)]
    scores = np.vstack([two_systems(documents, 0.0, seed) for seed in range(2000)])
    tests = flips(scores, pairs, permutations=1000)
    assert np.mean([test.p() <= 0.05 for test in tests]) == pytest.approx(0.05, abs=0.015)


def test_a_ratio_has_the_interval_of_its_null() -> None:
    """At an end, numerator minus end times denominator is just not rejected; a denominator below 0 gives none."""
    rng = np.random.default_rng(2)
    tops, bottoms = rng.uniform(0.1, 0.4, (1, 60)), rng.uniform(0.4, 0.6, (1, 60))
    (mine,) = ratio_flips(tops, bottoms, np.random.default_rng(1))
    assert mine is not None
    assert mine.mean == pytest.approx(tops.mean() / bottoms.mean())
    interval = mine.interval()
    assert interval is not None
    for end, outward in ((interval.low, -1e-6), (interval.high, 1e-6)):
        for at, rejected in ((end - outward, False), (end + outward, True)):
            (null,) = flips(np.vstack([tops - at * bottoms, np.zeros((1, 60))]))
            assert (null.p() <= 0.05) is rejected
    bottoms[0, :40] -= 1
    assert ratio_flips(tops, bottoms, np.random.default_rng(1)) == [None]


def test_no_permutation_is_no_test() -> None:
    """Asking for fewer than one permutation raises an error."""
    with pytest.raises(ValueError, match="1 or more"):
        flips(two_systems(20, 0), permutations=0)


def test_random_subsets_come_with_their_complements() -> None:
    """So p is the literal share of sign patterns whose sum is as far from 0 as the data's, on either side."""
    apart = np.random.default_rng(3).normal(0.1, 1.0, 40)
    drawn = subset_sums(apart[None], np.random.default_rng(1), 2_000)
    half = drawn.sums.shape[1] // 2
    np.testing.assert_allclose(drawn.sums[0, :half] + drawn.sums[0, half:], apart.sum())
    flipped = apart.sum() - 2 * drawn.sums[0]
    extreme = int(np.count_nonzero(np.abs(flipped) >= abs(apart.sum()) - 1e-12))
    (mine,) = flips(np.stack([apart, np.zeros(40)]), permutations=2_000)
    assert mine.p() == pytest.approx((1 + extreme) / drawn.patterns)
