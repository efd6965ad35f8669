"""Correlations of metrics with people: values against scipy and slow versions, tests, controls, agreement."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sumbench.errors import UsageError
from sumbench.metrics.copying.fragments import SourceWords
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.correlation import Question
from sumbench.stats.correlation import Rated
from sumbench.stats.correlation import correlations
from sumbench.stats.correlation import krippendorff
from sumbench.stats.correlation.accuracy import better_p
from sumbench.stats.correlation.accuracy import better_p_in_resamples
from sumbench.stats.correlation.accuracy import calibrated
from sumbench.stats.correlation.accuracy import random_signs
from sumbench.stats.correlation.accuracy import right_pairs
from sumbench.stats.correlation.analysis import Correlation
from sumbench.stats.correlation.analysis import QualityCorrelations
from sumbench.stats.correlation.cells import Cells
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.controls import controls
from sumbench.stats.correlation.controls import density
from sumbench.stats.correlation.levels import Correlator
from sumbench.stats.correlation.levels import Resamples
from sumbench.stats.correlation.permutation import Exchanges
from sumbench.stats.correlation.permutation import differences_p
from sumbench.stats.correlation.verdict import correlation_verdict
from sumbench.stats.settings import Settings

SCIPY: dict[str, Callable[[Any, Any], Any]] = {
    "pearson": stats.pearsonr,
    "spearman": stats.spearmanr,
    "kendall": stats.kendalltau,
}

DOCUMENTS, SYSTEMS = 14, 6


@pytest.fixture(scope="module")
def rated() -> tuple[FloatArray, FloatArray]:
    """Scores of three metrics, the second with ties, and ratings with ties, a gap and a constant document."""
    rng = np.random.default_rng(7)
    y = rng.integers(1, 5, (DOCUMENTS, SYSTEMS)).astype(float)
    x = rng.normal(size=(3, DOCUMENTS, SYSTEMS)) + 0.5 * y
    x[1] = np.round(x[1])
    y[3], y[5, 2] = 2, np.nan
    return x, y


def slowly(level: str, coefficient: str, x: FloatArray, y: FloatArray) -> float:
    """Return a correlation by scipy, a document at a time."""
    function = SCIPY[coefficient]
    if level == "pooled":
        there = ~np.isnan(y)
        return float(function(x[there], y[there])[0])
    if level == "system":
        means = np.nanmean(np.where(np.isnan(y), np.nan, x), axis=0), np.nanmean(y, axis=0)
        return float(function(*means)[0])
    found = []
    for scores, ratings in zip(x, y, strict=True):
        there = ~np.isnan(ratings)
        if np.ptp(scores[there]) and np.ptp(ratings[there]):
            found.append(float(function(scores[there], ratings[there])[0]))
    return float(np.mean(found))


@pytest.mark.parametrize("coefficient", SCIPY)
def test_weighted_coefficients_are_those_of_repeated_points(coefficient: str) -> None:
    """Each equals scipy's of points that stand as often as their weight says, with ties on both sides."""
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, (2, 20, 9)).astype(float)
    weights = rng.integers(0, 4, (20, 9)).astype(float)
    found = COEFFICIENTS[coefficient](x, y, weights)
    for row in range(20):
        repeated = np.repeat(np.arange(9), weights[row].astype(int))
        assert found[row] == pytest.approx(SCIPY[coefficient](x[row, repeated], y[row, repeated])[0], abs=1e-12)
    assert np.isnan(COEFFICIENTS[coefficient](np.ones(4), np.arange(4.0), np.ones(4)))


@pytest.mark.parametrize("level", ["system", "summary", "pooled"])
@pytest.mark.parametrize("coefficient", SCIPY)
def test_levels_equal_scipy_on_the_data_and_in_resamples(
    level: Any,  # noqa: ANN401
    coefficient: Any,  # noqa: ANN401
    rated: tuple[FloatArray, FloatArray],
) -> None:
    """So it is with gaps, ties and a constant document, for documents drawn alone and with systems."""
    x, y = rated
    made = Correlator(Cells.of(x, y), level, coefficient)
    assert made.observed() == pytest.approx([slowly(level, coefficient, row, y) for row in x], abs=1e-9)
    rng = np.random.default_rng(3)
    of_documents = rng.multinomial(DOCUMENTS, np.full(DOCUMENTS, 1 / DOCUMENTS), 3)
    of_systems = np.array([[2, 1, 1, 0, 1, 1], [1, 2, 0, 2, 1, 0], [1, 1, 1, 1, 1, 1]])
    alone = made.resampled(Resamples(of_documents.astype(float)))
    both = made.resampled(Resamples(of_documents.astype(float), of_systems.astype(float)))
    for draw in range(3):
        rows = np.repeat(np.arange(DOCUMENTS), of_documents[draw])
        columns = np.repeat(np.arange(SYSTEMS), of_systems[draw])
        assert alone[draw, 0] == pytest.approx(slowly(level, coefficient, x[0][rows], y[rows]), abs=1e-9)
        drawn = (each[np.ix_(rows, columns)] for each in (x[0], y))
        assert both[draw, 0] == pytest.approx(slowly(level, coefficient, *drawn), abs=1e-6)


def test_accuracy_is_calibrated_to_the_best_threshold_of_ties(rated: tuple[FloatArray, FloatArray]) -> None:
    """No other difference between two scores has more pairs right, ties among them."""
    x, y = rated[0][0][:2], rated[1][:2]
    weights = np.ones((2, 15))
    threshold = calibrated(x, y, weights)
    reached = right_pairs(x, y, threshold).sum()
    every = [right_pairs(x, y, each).sum() for each in (0.0, *np.abs(x[:, :, None] - x[:, None, :]).ravel())]
    assert reached == max(every)
    assert right_pairs(np.array([1.0, 1.2, 3.0]), np.array([2.0, 2.0, 1.0]), 0.3).tolist() == [1, 0, 0]


@pytest.mark.parametrize("level", ["system", "summary", "pooled"])
def test_accuracy_in_resamples_is_that_of_repeated_summaries(
    level: Any,  # noqa: ANN401
    rated: tuple[FloatArray, FloatArray],
) -> None:
    """A pair counts as often as both of it were drawn; two draws of one summary are no pair."""
    x, y = rated
    made = Correlator(Cells.of(x, y), level, "accuracy")
    of_documents, of_systems = np.random.default_rng(3).integers(0, 3, DOCUMENTS), np.array([2, 1, 1, 0, 1, 1])
    drawn = Resamples(of_documents[None].astype(float), of_systems[None].astype(float))
    thresholds = made._threshold

    def share(scores: FloatArray, ratings: FloatArray, counts: FloatArray, threshold: float) -> float:
        """The share of right pairs among points that count so often."""
        there = ~np.isnan(ratings)
        right = right_pairs(scores[there], ratings[there], threshold)
        left, other = np.triu_indices(int(there.sum()), 1)
        return float(np.average(right, weights=counts[there][left] * counts[there][other]))

    if level == "system":
        number = np.where(np.isnan(y), 0, of_documents[:, None])
        scores, ratings = ((number * np.nan_to_num(each)).sum(axis=0) / number.sum(axis=0) for each in (x[0], y))
        expected = share(scores, ratings, of_systems, 0.0)
    elif level == "summary":
        found = [share(*row, of_systems, thresholds[0]) for row in zip(x[0], y, strict=True)]
        expected = float(np.average(found, weights=of_documents))
    else:
        counts = np.outer(of_documents, of_systems).ravel()
        expected = share(x[0].ravel(), y.ravel(), counts, thresholds[0])
    assert made.resampled(drawn)[0, 0] == pytest.approx(expected)


def test_soft_accuracy_is_1_for_people_themselves_and_its_p_values_are_those_of_all_flips() -> None:
    """The p-value counts sign patterns that do as well, a tie a half; its limit comes near it."""
    rng = np.random.default_rng(5)
    y = rng.integers(1, 6, (9, 4)).astype(float)
    flips = np.array(list(product((-1.0, 1.0), repeat=9)))
    sums = flips @ (y[:, 0] - y[:, 1])
    observed = (y[:, 0] - y[:, 1]).sum()
    expected = (np.sum(sums > observed) + 0.5 * np.sum(sums == observed)) / len(flips)
    found = better_p(y, flips)
    assert found[0] == pytest.approx(expected)
    assert better_p_in_resamples(y, np.ones((1, 9)))[0] == pytest.approx(found, abs=0.05)
    x = np.stack([y, -y])
    same, opposite = Correlator(Cells.of(x, y), "system", "soft", flips).observed()
    assert same == pytest.approx(1)
    assert opposite < 0.5


def test_means_that_differ_in_rounding_alone_are_tied() -> None:
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 make one mean."""
    y = np.array([[0.1, 0.3, 0.5], [0.2, 0.2, 0.6], [0.3, 0.1, 0.7]])
    x = np.array([[[1.0, 1.0, 2.0]] * 3])
    assert Correlator(Cells.of(x, y), "system", "kendall").observed() == pytest.approx([1.0])


@pytest.mark.parametrize("units", ["documents", "systems", "both"])
@pytest.mark.parametrize(
    ("level", "coefficient"),
    [
        ("summary", "kendall"),
        ("summary", "pearson"),
        ("system", "kendall"),
        ("system", "pearson"),
        ("pooled", "pearson"),
    ],
)
def test_a_test_counts_the_exchanges_that_set_metrics_as_far_apart(
    level: Any,  # noqa: ANN401
    coefficient: Any,  # noqa: ANN401
    units: Any,  # noqa: ANN401
) -> None:
    """Where all exchanges can be listed, p is their share among all, each correlated anew by scipy."""
    rng = np.random.default_rng(11)
    # Of single summaries there are 64 patterns, of documents or systems eight.
    size = (2, 3) if units == "both" else (3, 3)
    y = rng.integers(1, 6, size).astype(float) + 0.1 * np.arange(3)
    x = np.stack([y + rng.normal(size=size), rng.normal(size=size)])
    x = (x - x.mean(axis=(1, 2), keepdims=True)) / x.std(axis=(1, 2), keepdims=True)
    made = Correlator(Cells.of(x, y), level, coefficient)
    shape = {"documents": (3, 1), "systems": (1, 3), "both": (2, 3)}[units]
    apart = []
    for kept in product((0.0, 1.0), repeat=shape[0] * shape[1]):
        mask = np.broadcast_to(np.reshape(kept, shape), size)
        one, other = (mask * a + (1 - mask) * b for a, b in ((x[0], x[1]), (x[1], x[0])))
        apart.append(abs(slowly(level, coefficient, one, y) - slowly(level, coefficient, other, y)))
    exchanges = Exchanges(units, np.arange(size[0]), 3, 100)
    (p,) = differences_p(made, [(0, 1)], exchanges, np.random.default_rng(0))
    assert exchanges.exact
    assert p == pytest.approx(np.mean(np.array(apart) >= apart[-1] - 1e-9))


def test_sources_are_exchanged_and_drawn_whole(rated: tuple[FloatArray, FloatArray]) -> None:
    """Fourteen documents of two sources are two units: no test could show anything, and there is no interval."""
    x, y = rated
    ids = tuple(map(str, range(DOCUMENTS)))
    names = tuple("abcdef")
    shared = Rated(ids, names, {"one": x[0], "other": x[1]}, {"q": y}, clusters=[number % 2 for number in range(14)])
    (quality,) = correlations(shared, Question(), Settings(), 0).qualities
    assert quality.tests == 0
    assert quality.by_metric["one"].interval is None
    alone = Rated(ids, names, {"one": x[0], "other": x[1]}, {"q": y})
    (quality,) = correlations(alone, Question(), Settings(), 0).qualities
    assert quality.tests == 1
    assert quality.constant == 1
    assert quality.by_metric["one"].documents == 13
    interval = quality.by_metric["one"].interval
    assert interval is not None
    assert interval.low < (quality.by_metric["one"].value or 0) < interval.high


def test_partial_correlation_is_that_of_residuals(rated: tuple[FloatArray, FloatArray]) -> None:
    """Pearson's r given a third variable is that of what regressions on it leave."""
    x, y = rated
    made = Correlator(Cells.of(x, y), "pooled", "pearson")
    there = ~np.isnan(y)
    one, given, rating = x[0][there], x[2][there], y[there]
    left = [side - np.polyval(np.polyfit(given, side, 1), given) for side in (one, rating)]
    assert made.partial(2)[0] == pytest.approx(stats.pearsonr(*left)[0])
    assert np.isnan(made.partial(2)[2])


def of_people(shape: tuple[int, int]) -> tuple[tuple[str, ...], tuple[str, ...], FloatArray, FloatArray]:
    """Ids of documents, names of systems, ratings, and noise."""
    y, noise = np.random.default_rng(2).normal(size=(2, *shape))
    return tuple(map(str, range(shape[0]))), tuple("abcdefgh"[: shape[1]]), y, noise


def test_metrics_are_tested_at_any_level() -> None:
    """However strict the tests and however many, enough permutations are made to tell good metrics from noise."""
    ids, names, y, noise = of_people((40, 6))
    scores = {"good": y + 0.1 * noise} | {f"noise{at}": np.roll(noise, at, axis=0) for at in range(5)}
    (quality,) = correlations(Rated(ids, names, scores, {"q": y}), Question(), Settings(alpha=0.01), 0).qualities
    assert quality.tests == 15
    assert {pair for pair in quality.apart if "good" in pair} == {frozenset(("good", f"noise{at}")) for at in range(5)}


def test_a_quality_rests_on_what_is_rated_in_it() -> None:
    """Of two qualities, one rated on three documents alone has no interval and no test, whatever the other has."""
    ids, names, y, noise = of_people((40, 6))
    few = np.full(y.shape, np.nan)
    few[:3] = y[:3]
    scores = {"one": y + noise, "other": noise}
    every, some = correlations(Rated(ids, names, scores, {"q": y, "r": few}), Question(), Settings(), 0).qualities
    assert every.by_metric["one"].interval is not None
    assert (every.resampled, some.resampled) == ("documents", None)
    assert (some.by_metric["one"].interval, some.tests, some.documents) == (None, 0, 3)
    nobody = np.where(np.arange(6) == 0, y, np.nan)
    (_, alone) = correlations(Rated(ids, names, scores, {"q": y, "r": nobody}), Question(), Settings(), 0).qualities
    assert (alone.by_metric["one"], alone.systems) == (Correlation(None), 1)


def test_systems_that_no_document_has_together_are_no_pair_of_soft_accuracy() -> None:
    """Of people's opposite half of the pairs is left, each wrong; the others are not counted as agreement."""
    ids, names, y, _ = of_people((60, 4))
    y[:30, 2:], y[30:, :2] = np.nan, np.nan
    rated = Rated(ids, names, {"opposite": -y}, {"q": y})
    (quality,) = correlations(rated, Question("system", "soft", "documents"), Settings(resamples=50), 0).qualities
    p = [better_p(y[:, pair], random_signs(stream(0, "correlate", "flips"), 60))[0] for pair in ([0, 1], [2, 3])]
    assert quality.by_metric["opposite"].value == pytest.approx(1 - np.mean([abs(1 - 2 * each) for each in p]))


def test_metrics_that_scored_nothing_in_common_are_refused() -> None:
    """The reason is that, and not what the ratings are."""
    ids, names, y, noise = of_people((10, 4))
    one, other = np.where(np.arange(10)[:, None] < 5, noise, np.nan), np.where(np.arange(10)[:, None] < 5, np.nan, y)
    with pytest.raises(UsageError, match="no rated summary has a score of every metric"):
        correlations(Rated(ids, names, {"one": one, "other": other}, {"q": y}), Question(), Settings(), 0)


def test_only_the_closest_pairs_of_systems_count() -> None:
    """A metric that orders far systems as people do, and close ones the other way round, has 1 of all, -1 of these."""
    y = np.tile([1.0, 2.0, 11.0, 12.0], (8, 1))
    x = np.tile([2.0, 1.0, 12.0, 11.0], (8, 1))
    rated = Rated(tuple("abcdefgh"), tuple("wxyz"), {"m": x}, {"q": y})
    whole, close = (
        correlations(rated, Question("system", "kendall", "documents", share), Settings(), 0) for share in (None, 0.33)
    )
    assert whole.qualities[0].by_metric["m"].value == pytest.approx(1 / 3)
    assert close.qualities[0].by_metric["m"].value == pytest.approx(-1)
    assert "among the 33 % closest pairs" in correlation_verdict(close, {"m": "M"})[0]


def test_krippendorffs_alpha_is_that_of_his_example() -> None:
    """Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", part C: four observers, twelve units, gaps."""
    gap = np.nan
    ratings = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
            [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
        ]
    ).T
    found = [krippendorff(ratings, scale) for scale in ("nominal", "ordinal", "interval")]
    assert found == pytest.approx([0.743, 0.815, 0.849], abs=5e-4)
    assert np.isnan(krippendorff(np.ones((3, 2)), "interval"))


def test_controls_are_lengths_copied_fragments_and_draws() -> None:
    """Density is the sum of squared fragments over words; what failed has no control; the seed says the draws."""
    source = ["the", "cat", "sat", "on", "the", "mat", "and", "slept"]
    assert density(["the", "cat", "sat", "on", "a", "mat"], SourceWords(source)) == pytest.approx((16 + 1) / 6)
    documents = [Document("a", " ".join(source), ("x",)), Document("b", "", ("x",))]
    summaries = [
        Summary("a", "s", "The cat , sat", None, None, 4, None),
        Summary("a", "t", "", None, None, 0, None, "wrote nothing"),
        Summary("b", "s", "one", None, None, 1, None),
    ]
    found = controls(documents, summaries, ["s", "t"], 0)
    assert found["length"][0, 0] == 3
    assert found["density"][0, 0] == pytest.approx(3)
    assert np.isnan(found["length"][0, 1])
    assert np.isnan(found["density"][1, 0])
    assert found["random"][0, 0] == controls(documents, summaries, ["s", "t"], 0)["random"][0, 0]
    assert found["random"][0, 0] != controls(documents, summaries, ["s", "t"], 1)["random"][0, 0]


def test_the_verdict_says_what_beats_length_and_what_length_beats() -> None:
    """A metric of people's own ratings is told from noise and from length; a noisy one is not told from chance."""
    rng = np.random.default_rng(2)
    y, noise = rng.normal(size=(2, 40, 6))
    length = rng.normal(size=(40, 6))
    ids, names = tuple(map(str, range(40))), tuple("abcdef")
    good = Rated(ids, names, {"good": y + 0.1 * noise, "bad": noise, "length": length}, {"q": y}, ("length",), "length")
    titles = {"good": "Good", "bad": "Bad", "length": "length"}
    said = correlation_verdict(correlations(good, Question(), Settings(), 0), titles)
    assert said[0].startswith("On these 40 documents and 6 systems the metric that follows people best is Good in q (.")
    assert said[1:] == (
        "In q the best is told from every other metric.",
        "Length alone does worse than the best metric.",
    )
    bad = Rated(ids, names, {"bad": noise, "length": y}, {"q": y}, ("length",), "length")
    said = correlation_verdict(correlations(bad, Question(), Settings(), 0), titles)
    assert said[0].endswith("; that is not beyond chance.")
    assert said[1].startswith("Length alone does better than every metric in q (1.00 against")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"level": "word"}, "--level 'word' means nothing: give system, summary, pooled"),
        ({"coefficient": "gamma"}, "--coefficient 'gamma' means nothing"),
        ({"units": "words"}, "--units 'words' means nothing"),
        ({"coefficient": "soft"}, "give --level system"),
        ({"closest": 0.5}, "give --level system"),
        ({"closest": 3.0, "level": "system"}, "--closest 300 is no share"),
    ],
)
def test_a_question_that_means_nothing_is_refused(question: dict[str, Any], expected: str) -> None:
    """The error names the flag and what there is."""
    with pytest.raises(UsageError, match=expected):
        Question(**question)


def test_one_system_and_equal_ratings_are_refused() -> None:
    """There is nothing to correlate, which is said in a line."""
    ones = np.ones((3, 2))
    with pytest.raises(UsageError, match="no quality's ratings differ"):
        correlations(
            Rated(tuple("abc"), tuple("xy"), {"m": ones + np.arange(2)}, {"q": ones}), Question(), Settings(), 0
        )
    with pytest.raises(UsageError, match="one system"):
        correlations(Rated(tuple("abc"), ("x",), {"m": ones[:, :1]}, {"q": ones[:, :1]}), Question(), Settings(), 0)


def test_a_metric_that_seldom_tells_systems_apart_is_not_the_best() -> None:
    """One that agrees with people in two of ten documents, and says the same of all in the rest, leads nothing."""
    seldom, often = (Correlation(value, documents=documents) for value, documents in ((0.9, 2), (0.2, 10)))
    quality = QualityCorrelations("coherence", {"seldom": seldom, "often": often}, 40, 10, 4, 0)
    assert quality.best(["seldom", "often"]) == "often"
    assert replace(quality, documents=4).best(["seldom", "often"]) == "seldom"
