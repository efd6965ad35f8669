from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from scipy import stats

from sumbench.scores import FloatArray
from sumbench.stats.arrays import every_pair
from sumbench.stats.paired import randomization
from sumbench.stats.permutations import Alternative

ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less")


def two_systems(documents: int, effect: float, seed: int = 1) -> FloatArray:
    rng = np.random.default_rng(seed)
    shared = rng.beta(2, 7, size=documents)
    scores: FloatArray = shared + 0.1 * rng.normal(size=(2, documents)) + np.array([[effect], [0.0]])
    return scores


def scipy_p(scores: FloatArray, alternative: Alternative = "two-sided", permutations: int = 1_000_000) -> float:
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


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("documents", [2, 5, 12])
@pytest.mark.parametrize("decimals", [1, 16])
def test_exact_p_values_are_those_of_scipy(alternative: Alternative, documents: int, decimals: int) -> None:
    """With few documents every exchange is gone through and p is scipy's, also where many exchanges tie."""
    scores = np.round(two_systems(documents, 0.05), decimals)
    (mine,) = randomization(scores, [(0, 1)], np.random.default_rng(1), alternative=alternative)
    assert mine.kind == "exact"
    assert mine.patterns == 2 ** int((scores[0] != scores[1]).sum())
    assert mine.p == pytest.approx(scipy_p(scores, alternative), abs=1e-12)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("effect", [0.0, 0.01, 0.02])
def test_random_p_values_are_those_of_scipy(alternative: Alternative, effect: float) -> None:
    """With many documents p is scipy's up to what 10,000 random exchanges leave open."""
    scores = two_systems(200, effect)
    (mine,) = randomization(scores, [(0, 1)], np.random.default_rng(1), alternative=alternative)
    theirs = scipy_p(scores, alternative, 9_999)
    assert (mine.kind, mine.patterns) == ("random", 10_000)
    assert mine.p == pytest.approx(theirs, abs=5 * np.sqrt(2 * max(theirs, 1e-3) / 10_000))


def test_random_p_values_agree_with_exact_ones() -> None:
    """Documents on which the two tie take no part, so 14 that differ are exact, 15 random, with about the same p."""
    scores = np.round(two_systems(30, 0.06), 2)
    scores[1, 14:] = scores[0, 14:]
    assert (scores[0] != scores[1]).sum() == 14
    (exact,) = randomization(scores, [(0, 1)], np.random.default_rng(1))
    scores[1, 14] += 1e-7
    (random,) = randomization(scores, [(0, 1)], np.random.default_rng(1))
    assert (exact.kind, random.kind) == ("exact", "random")
    assert random.p == pytest.approx(exact.p, abs=0.025)


def test_a_random_p_value_is_never_zero() -> None:
    """Where no exchange is as extreme as the data, p is 1 / (1 + permutations)."""
    (mine,) = randomization(two_systems(100, 1.0), [(0, 1)], np.random.default_rng(1), permutations=99)
    assert mine.p == 0.01


def test_identical_systems_do_not_differ() -> None:
    """Two systems with the same scores have a difference of 0 and p = 1."""
    scores = np.repeat(two_systems(40, 0.0)[:1], 2, axis=0)
    (flipped,) = randomization(scores, [(0, 1)], np.random.default_rng(1))
    assert flipped == (0, 1, 0.0, 1.0, 40, 40, "exact", 1)


def test_differences_that_cancel_tie_despite_rounding() -> None:
    """0.1 + 0.2 - 0.3 is no difference, whatever floating point makes of it."""
    scores = np.array([[0.1, 0.2, 0.0], [0.0, 0.0, 0.3]])
    assert scores.sum(axis=1)[0] != scores.sum(axis=1)[1]
    (mine,) = randomization(scores, [(0, 1)], np.random.default_rng(1))
    assert mine.p == 1.0


def test_one_document_shows_nothing() -> None:
    """A single document has p = 1, however far apart the two are."""
    (flipped,) = randomization(np.array([[0.9], [0.1]]), [(0, 1)], np.random.default_rng(1))
    assert flipped.p == 1.0
    assert flipped.difference == pytest.approx(0.8)


def test_systems_are_compared_on_the_documents_that_both_have() -> None:
    """Each pair's test is the one on its common documents alone, and says how many those are."""
    rng = np.random.default_rng(4)
    scores = rng.random((3, 13))
    scores[0, :3], scores[1, 2:5] = np.nan, np.nan
    tests = randomization(scores, every_pair(3), np.random.default_rng(1))
    for test in tests:
        pair = scores[[test.left, test.right]]
        common = pair[:, ~np.isnan(pair).any(axis=0)]
        assert test.documents == test.units == common.shape[1]
        assert test.difference == pytest.approx((common[0] - common[1]).mean())
        assert test.p == pytest.approx(scipy_p(common))
    assert [test.documents for test in tests] == [8, 10, 10]


def test_systems_without_a_common_document_are_not_told_apart() -> None:
    """No common document gives no difference, p = 1 and a count of 0, and other pairs are not touched."""
    scores = np.array([[0.1, 0.2, np.nan, np.nan], [np.nan, np.nan, 0.7, 0.8], [0.3, 0.3, 0.9, 0.9]])
    tests = randomization(scores, every_pair(3), np.random.default_rng(1))
    assert tests[0] == (0, 1, None, 1.0, 0, 0, "exact", 1)
    assert [test.p for test in tests[1:]] == [0.5, 0.5]


def test_clusters_are_exchanged_together() -> None:
    """The test of clustered documents is scipy's on the sums of the clusters, and less sure than one of singles."""
    scores = np.repeat(two_systems(8, 0.1), 5, axis=1)
    labels = np.repeat(np.arange(8), 5).tolist()
    (mine,) = randomization(scores, [(0, 1)], np.random.default_rng(1), clusters=labels)
    (single,) = randomization(scores, [(0, 1)], np.random.default_rng(1))
    assert (mine.documents, mine.units, mine.kind) == (40, 8, "exact")
    assert mine.p == pytest.approx(scipy_p(scores[:, ::5]))
    assert single.p < mine.p


@pytest.mark.parametrize("clusters", [None, [at // 3 for at in range(240)]])
def test_p_values_do_not_depend_on_the_size_of_the_chunks(clusters: Sequence[int] | None) -> None:
    """The same seed gives the same tests to the last bit, whatever is held in memory at once."""
    scores = np.vstack([two_systems(240, 0.01, seed) for seed in (1, 2)])
    scores[1, 5:9] = np.nan
    flipped = [
        randomization(scores, every_pair(4), np.random.default_rng(1), clusters=clusters, working_bytes=size)
        for size in (1, 3_000, 100_000, 1 << 30)
    ]
    assert flipped[1:] == flipped[:1] * 3


def test_the_order_of_a_pair_turns_the_sign_alone() -> None:
    """Left against right and right against left differ in the sign of the difference and nothing else."""
    forward, back = randomization(two_systems(80, 0.02), [(0, 1), (1, 0)], np.random.default_rng(1))
    assert forward.p == back.p
    assert forward.difference == -cast("float", back.difference)


@pytest.mark.parametrize("documents", [10, 60])
def test_the_size_under_the_null_is_the_level(documents: int) -> None:
    """Of 2,000 pairs of systems that do not differ, 5 % ± 1.5 are rejected at 5 %, exactly and at random."""
    pairs = [(at, at + 1) for at in range(0, 4000, 2)]
    scores = np.vstack([two_systems(documents, 0.0, seed) for seed in range(2000)])
    tests = randomization(scores, pairs, np.random.default_rng(1), permutations=1000)
    assert np.mean([test.p <= 0.05 for test in tests]) == pytest.approx(0.05, abs=0.015)


def test_power_rises_with_the_effect() -> None:
    """The larger the true difference, the more of 200 pairs are told apart, up to nearly all."""
    pairs = [(at, at + 1) for at in range(0, 400, 2)]
    shares = []
    for effect in (0.0, 0.015, 0.03, 0.06):
        scores = np.vstack([two_systems(100, effect, seed) for seed in range(200)])
        tests = randomization(scores, pairs, np.random.default_rng(1), permutations=1000)
        shares.append(np.mean([test.p <= 0.05 for test in tests]))
    assert shares == sorted(set(shares))
    assert shares[0] < 0.1
    assert shares[-1] > 0.95


def test_no_permutation_is_no_test() -> None:
    """Asking for fewer than one permutation raises an error."""
    with pytest.raises(ValueError, match="1 or more"):
        randomization(two_systems(20, 0), [(0, 1)], np.random.default_rng(1), permutations=0)
