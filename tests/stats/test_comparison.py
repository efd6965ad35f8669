from dataclasses import replace

import numpy as np
import pytest

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.bootstrap import estimates
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import compare_systems
from sumbench.stats.comparison import compare_values
from sumbench.stats.corrections import holm
from sumbench.stats.movement import most_moved
from sumbench.stats.settings import Settings
from sumbench.stats.sign_flips import paired_flips


def scores(documents: int = 120, seed: int = 1) -> FloatArray:
    """Three systems: the first two alike, the third far below."""
    rng = np.random.default_rng(seed)
    shared, noise = rng.beta(2, 5, size=documents), 0.05 * rng.normal(size=(3, documents))
    values: FloatArray = shared + noise - np.array([[0.0], [0.0], [0.1]])
    return values


def test_a_comparison_tells_apart_what_differs() -> None:
    """Under each metric the two alike share a letter, and the third stands alone."""
    found = compare_systems({"rouge1": scores(), "rouge2": scores(seed=2)}, 1)
    assert [each.metric for each in found] == ["rouge1", "rouge2"]
    for each in found:
        assert each.letters == ("a", "a", "b")
        assert [(one.effect.left, one.effect.right) for one in each.differences] == [(0, 1), (0, 2), (1, 2)]
        assert [one.different for one in each.differences] == [False, True, True]


def test_a_comparison_is_made_of_its_parts() -> None:
    """Its figures, intervals, tests and corrections are those of the functions that make them, from the same seed."""
    both = {"rouge1": scores(), "rouge2": scores(seed=2)}
    rows, pairs = np.vstack(list(both.values())), [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    figures = estimates(rows, stream(1, "bootstrap"))
    flips = list(paired_flips(rows, pairs, stream(1, "sign flips")))
    found = compare_systems(both, 1)
    assert [figure for each in found for figure in each.estimates] == figures
    assert [one.effect.interval for each in found for one in each.differences] == [each.interval() for each in flips]
    assert [one.effect.difference for each in found for one in each.differences] == pytest.approx(
        [each.mean for each in flips]
    )
    p = [each.p() for each in flips]
    assert [one.p for each in found for one in each.differences] == p
    for each, of_metric in zip(found, (p[:3], p[3:]), strict=True):
        assert [one.corrected for one in each.differences] == pytest.approx(holm(of_metric))


def test_one_figure_has_one_interval() -> None:
    """A mean and a difference have the same interval alone, in a larger table, and with and without effects."""
    three = scores()
    (whole,) = compare_systems({"rouge1": three}, 1)
    (fewer,) = compare_systems({"rouge1": three[:2], "rouge2": scores(seed=2)[:2]}, 1)[:1]
    assert whole.estimates[:2] == fewer.estimates
    assert whole.differences[0].effect.interval == fewer.differences[0].effect.interval
    assert whole.differences[0].p == fewer.differences[0].p
    (tested,) = compare_systems({"rouge1": three}, 1, with_effects=False)
    assert [one.p for one in tested.differences] == [one.p for one in whole.differences]
    assert tested.letters == whole.letters


def test_where_no_outcome_could_show_a_difference_there_are_no_letters() -> None:
    """Ten documents and 45 pairs: the least p-value, corrected, is above 0.05, whatever the scores are."""
    steps = np.linspace(0, 5, 10)[:, None] + np.random.default_rng(1).normal(size=(10, 11)) / 100
    (ten,) = compare_systems({"rouge1": steps[:, :10]}, 1, with_effects=False)
    assert (ten.letters, ten.showable) == (None, False)
    assert not any(one.different for one in ten.differences)
    (eleven,) = compare_systems({"rouge1": steps}, 1, with_effects=False)
    assert eleven.showable
    assert eleven.letters == tuple("jihgfedcba")
    (uncorrected,) = compare_systems({"rouge1": steps[:, :6]}, 1, settings=Settings(correction="none"))
    assert uncorrected.showable


def test_exact_only_where_every_test_is() -> None:
    """Up to 14 documents all patterns are gone through; beyond, none of the tests is called exact."""
    assert compare_systems({"rouge1": scores(14)}, 1)[0].exact
    assert not compare_systems({"rouge1": scores(15)}, 1)[0].exact


def test_the_same_seed_gives_the_same_comparison() -> None:
    """Everything follows from the seed."""
    both = {"rouge1": scores(), "rouge2": scores(seed=2)}
    assert compare_systems(both, 1) == compare_systems(both, 1)
    assert compare_systems(both, 1) != compare_systems(both, 2)


def test_only_the_pairs_asked_for_are_tested() -> None:
    """A choice of pairs makes a smaller family, and without every pair there are no letters."""
    (found,) = compare_systems({"rouge1": scores()}, 1, pairs=[(2, 0)])
    (one,) = found.differences
    assert (one.effect.left, one.effect.right, one.p) == (2, 0, one.corrected)
    assert one.effect.difference is not None
    assert one.effect.difference < 0
    assert len(found.estimates) == 3
    two = compare_systems({"rouge1": np.vstack([scores(), scores(seed=2)])}, 1, pairs=[(0, 1), (2, 3)])
    assert two[0].letters is None


def test_systems_that_are_not_compared_have_no_letter() -> None:
    """Letters cover the systems among which every pair was tested; the rest have a figure alone."""
    (found,) = compare_systems({"rouge1": scores()}, 1, pairs=[(0, 2)])
    assert found.letters == ("a", "", "b")


def test_a_system_that_failed_everywhere_stands_aside() -> None:
    """It has no figure and no letter, its pairs have p = 1 on 0 documents, and the others are compared as ever."""
    three = scores()
    three[1] = np.nan
    (found,) = compare_systems({"rouge1": three}, 1)
    assert found.estimates[1].value is None
    assert found.letters == ("a", "", "b")
    assert [(one.p, one.effect.documents) for one in found.differences] == [
        (1.0, 0),
        (found.differences[1].p, 120),
        (1.0, 0),
    ]


def test_one_document_compares_without_verdict() -> None:
    """With one document there are figures, no interval anywhere, and no letters."""
    (found,) = compare_systems({"rouge1": scores(documents=1)}, 1)
    assert all(figure.value is not None and figure.interval is None for figure in found.estimates)
    assert all(one.effect.interval is None and one.p == 1.0 and one.exact for one in found.differences)
    assert found.letters is None


def test_a_large_family_gets_as_many_draws_as_its_correction_needs() -> None:
    """However many tests are corrected, the clearest difference can still be shown."""
    settings = Settings(permutations=100, resamples=100)
    steps = np.linspace(0, 5, 12)[:, None] + np.random.default_rng(1).normal(size=(12, 40)) / 100
    (found,) = compare_systems({"rouge1": steps}, 1, settings=settings, with_effects=False)
    assert all(one.different for one in found.differences)
    assert {one.draws for one in found.differences} == {2 * 66 * 20}
    (small,) = compare_systems({"rouge1": steps[:2]}, 1, settings=replace(settings, alpha=0.5))
    assert small.differences[0].draws == 100


def test_nothing_to_compare_is_no_error() -> None:
    """No metric gives nothing; one system gives its figure, one letter and no pair."""
    assert compare_systems({}, 1) == ()
    (found,) = compare_systems({"rouge1": scores()[:1]}, 1)
    assert len(found.estimates) == 1
    assert found.differences == ()


def test_metrics_of_other_documents_are_refused() -> None:
    """Arrays of different shapes raise an error."""
    with pytest.raises(ValueError, match="one shape"):
        compare_systems({"a": scores(), "b": scores(9)}, 1)


def test_the_documents_that_moved_most_come_first() -> None:
    """Moves up and down count alike; documents that stayed, or that one of the two lacks, are left out."""
    before = np.array([0.1, 0.5, 0.3, np.nan, 0.2, 0.4])
    after = np.array([0.2, 0.1, 0.3, 0.9, np.nan, 0.6])
    assert most_moved(before, after) == ((1, 0.5, 0.1), (5, 0.4, 0.6), (0, 0.1, 0.2))
    assert most_moved(before, after, limit=1) == ((1, 0.5, 0.1),)


def test_letters_follow_the_direction_and_a_property_is_not_tested() -> None:
    """Where lower is better the lowest has the first letter; differences keep their sign; a property has no p."""
    directions = {"up": Direction.HIGHER, "down": Direction.LOWER, "length": Direction.NEITHER}
    up, down, length = compare_systems(dict.fromkeys(directions, scores()), 1, directions=directions)
    assert (up.letters, down.letters, length.letters) == (("a", "a", "b"), ("b", "b", "a"), None)
    assert up.differences == down.differences
    assert {(one.p, one.corrected, one.different, one.draws) for one in length.differences} == {(None, None, False, 0)}
    assert [one.effect for one in length.differences] == [one.effect for one in up.differences]
    assert up.estimates == down.estimates == length.estimates


def test_a_values_figures_do_not_depend_on_the_size_of_another() -> None:
    """Beside counts in the millions, a value between 0 and 1 has to the last bit the figures that it has alone."""
    values = {"share": Value("share", "share"), "count": Value("count", "count", "words")}
    both = {"share": scores(), "count": 1e6 * scores(seed=2)}

    def found(metrics: list[str]) -> Comparison:
        chosen = {metric: both[metric] for metric in metrics}
        return compare_values(chosen, values, 1)["share"]

    assert found(["share"]) == found(["count", "share"])
