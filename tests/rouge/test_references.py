from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sumbench.rouge import CountArrays
from sumbench.rouge import Counts
from sumbench.rouge import RougeError
from sumbench.rouge import combine_references
from sumbench.rouge import reference_agreement

counts = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)).map(
    lambda drawn: Counts(min(drawn), drawn[1], drawn[2])
)
several = st.lists(counts, min_size=1, max_size=5)


def arrays(rows: list[list[Counts]]) -> tuple[CountArrays, np.ndarray]:
    """Return the counts as arrays, filled up with zeros to one width, and where they are real."""
    width = max(map(len, rows))
    filled = np.array([[*row, *[(0, 0, 0)] * (width - len(row))] for row in rows])
    present = np.array([[True] * len(row) + [False] * (width - len(row)) for row in rows])
    return CountArrays(*np.moveaxis(filled, -1, 0)), present


def best(row: list[Counts]) -> Counts:
    """Return the counts with the highest F1, the first of several."""
    return max(row, key=lambda one: one.f1)


@given(st.lists(several, min_size=1, max_size=4))
def test_jackknife_is_its_definition(rows: list[list[Counts]]) -> None:
    """The jackknife is the mean, over i, of the best score against all references but i."""
    scores = combine_references(arrays(rows)[0], "jackknife", arrays(rows)[1])
    for place, row in enumerate(rows):
        picked = [best(list(rest)) for rest in combinations(row, len(row) - 1)] if len(row) > 1 else row
        assert scores.f1[place] == pytest.approx(np.mean([one.f1 for one in picked]), abs=1e-15)
        assert scores.recall[place] == pytest.approx(np.mean([one.recall for one in picked]), abs=1e-15)
        assert scores.precision[place] == pytest.approx(np.mean([one.precision for one in picked]), abs=1e-15)


@given(st.lists(several, min_size=1, max_size=4))
def test_the_other_handlings_are_their_definitions(rows: list[list[Counts]]) -> None:
    """Max and best pick one reference, mean averages scores, pooled sums counts."""
    table, present = arrays(rows)
    scores = {name: combine_references(table, name, present) for name in ("max", "best", "mean", "pooled")}
    for place, row in enumerate(rows):
        assert scores["max"].recall[place] == best(row).recall
        assert scores["best"].precision[place] == max(row, key=lambda one: one.recall).precision
        assert scores["mean"].f1[place] == pytest.approx(np.mean([one.f1 for one in row]), abs=1e-15)
        assert scores["pooled"].f1[place] == Counts(*map(sum, zip(*row, strict=True))).f1


@given(counts)
def test_arrays_score_as_counts(one: Counts) -> None:
    """Arrays of counts make the very figures that single counts make."""
    scores = CountArrays(*(np.array([part]) for part in one)).scores()
    assert (scores.precision[0], scores.recall[0], scores.f1[0]) == (one.precision, one.recall, one.f1)


def test_agreement_scores_each_reference_against_the_others() -> None:
    """The agreement row is the mean of the references' best scores against one another."""
    hits = np.array([[[9, 1, 2], [1, 9, 3], [2, 3, 9]]])
    full = np.full_like(hits, 4)
    scores = reference_agreement(CountArrays(hits, full, full), "jackknife")
    assert scores.f1 == pytest.approx([(2 / 4 + 3 / 4 + 3 / 4) / 3])
    present = np.array([[True, True, False]])
    assert reference_agreement(CountArrays(hits, full, full), "jackknife", present).f1 == pytest.approx([1 / 4])
    assert np.isnan(reference_agreement(CountArrays(hits, full, full), "mean", present[:, [0, 2, 2]]).f1).all()


def test_what_cannot_be_handled_is_refused() -> None:
    """An unknown handling and a document without a reference are refused."""
    one = CountArrays(*np.ones((3, 2, 1), dtype=int))
    with pytest.raises(RougeError, match="jackknife, max"):
        combine_references(one, "median")
    with pytest.raises(RougeError, match="no reference"):
        combine_references(one, "max", np.array([[True], [False]]))
