from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import scoring as original

from sumbench.rouge import RougeError
from sumbench.rouge import rouge_scorer
from sumbench.rouge import scoring

shares = st.floats(0, 1)
rows = st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=40)


@given(rows, st.sampled_from([0.5, 0.95, 1.0]), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_aggregates_are_the_original_s(
    drawn: list[tuple[float, float, float]], confidence: float, resamples: int, seed: int
) -> None:
    """With numpy's global seed the same, the averages and intervals are rouge_score's to the last bit."""
    results = []
    for module in (scoring, original):
        aggregator = module.BootstrapAggregator(confidence_interval=confidence, n_samples=resamples)
        for score in drawn:
            aggregator.add_scores({"rouge1": module.Score(*score), "rouge2": module.Score(*score[::-1])})
        np.random.seed(seed)  # noqa: NPY002 - rouge_score draws from it
        results.append(aggregator.aggregate())
    assert results[0] == results[1]
    assert isinstance(results[0]["rouge1"], scoring.AggregateScore)
    assert isinstance(results[0]["rouge1"].low, scoring.Score)


def test_more_resamples_than_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing in several parts changes no figure."""

    def aggregate() -> dict[str, scoring.AggregateScore]:
        aggregator = scoring.BootstrapAggregator(n_samples=20)
        for number in range(50):
            aggregator.add_scores({"rouge1": scoring.Score(number / 50, 0.5, 0.1 * number)})
        np.random.seed(1)  # noqa: NPY002 - rouge_score draws from it
        return aggregator.aggregate()

    whole = aggregate()
    monkeypatch.setattr(scoring, "_DRAWS_AT_ONCE", 120)
    assert aggregate() == whole


def test_code_written_for_the_original_runs() -> None:
    """The modules offer what code written for rouge_score uses."""
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeLsum"], use_stemmer=True)
    assert isinstance(scorer, scoring.BaseScorer)
    aggregator = scoring.BootstrapAggregator()
    aggregator.add_scores(scorer.score("the cat sat", "the cat"))
    aggregator.add_scores(scorer.score_multi(["the dog", "dogs"], "a dog"))
    low, mid, high = aggregator.aggregate()["rouge1"]
    assert low.fmeasure <= mid.fmeasure <= high.fmeasure
    assert scoring.fmeasure(0.5, 0.5) == original.fmeasure(0.5, 0.5)
    assert scoring.fmeasure(0, 0) == 0


@pytest.mark.parametrize("settings_", [{"confidence_interval": 1.5}, {"confidence_interval": -1}, {"n_samples": 0}])
def test_settings_out_of_range_are_refused(settings_: dict[str, Any]) -> None:
    """A confidence that is no share, and fewer than one resample, are refused."""
    with pytest.raises(RougeError):
        scoring.BootstrapAggregator(**settings_)
