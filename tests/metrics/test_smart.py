"""SMART: sentences matched as the paper has it."""

from pathlib import Path

import numpy as np
import pytest

from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics.meaning.smart import Smart
from sumbench.metrics.meaning.smart import smart
from sumbench.metrics.meaning.smart import soft_lcs
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights import Store

CONTEXT = MetricContext(0, Store(Path("nowhere"), offline=True), "cpu")

MATCHES = np.array([[0.9, 0.3, 0.1], [0.2, 0.4, 0.8]])
"""Of two sentences of a reference with three of a summary."""


def slow_lcs(matches: np.ndarray) -> float:
    rows, columns = matches.shape
    table = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            match = matches[i - 1, j - 1]
            table[i][j] = max(table[i - 1][j - 1] + match, table[i - 1][j] + match, table[i][j - 1])
    return table[rows][columns]


def test_smart_1_is_the_mean_of_the_best_matches() -> None:
    """Recall over the reference's sentences, precision over the summary's, F1 of both."""
    found = smart(MATCHES)
    assert found["smart1_recall"] == pytest.approx((0.9 + 0.8) / 2)
    assert found["smart1_precision"] == pytest.approx((0.9 + 0.4 + 0.8) / 3)
    assert found["smart1"] == pytest.approx(2 * 0.85 * 0.7 / (0.85 + 0.7))


def test_smart_2_matches_neighbours_with_an_empty_sentence_at_both_ends() -> None:
    """Of two and three sentences there are three and four pairs; one sentence alone has two."""
    found = smart(MATCHES)
    assert found["smart2_recall"] == pytest.approx((0.9 / 2 + (0.9 + 0.4) / 2 + 0.8 / 2) / 3)
    assert found["smart2_precision"] == pytest.approx((0.9 / 2 + (0.9 + 0.4) / 2 + (0.3 + 0.8) / 2 + 0.8 / 2) / 4)
    assert smart(np.array([[0.6]]))["smart2"] == pytest.approx(0.3)


def test_smart_l_is_the_soft_longest_common_subsequence() -> None:
    """As the recurrence of the paper, cell by cell; a sentence may match several that follow one another."""
    random = np.random.default_rng(7)
    for _ in range(50):
        matches = random.uniform(-0.2, 1, random.integers(1, 7, 2))
        assert soft_lcs(matches) == pytest.approx(slow_lcs(matches))
    assert soft_lcs(np.array([[0.9], [0.8]])) == pytest.approx(1.7)
    found = smart(MATCHES)
    assert found["smartL_recall"] == pytest.approx((0.9 + 0.8) / 2)
    assert found["smartL_precision"] == pytest.approx((0.9 + 0.4 + 0.8) / 3)


def test_order_counts_in_smart_l_alone() -> None:
    """A summary with the reference's sentences the other way round has all of SMART-1 and half of SMART-L."""
    found = smart(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert found["smart1"] == pytest.approx(1)
    assert found["smartL"] == pytest.approx(0.5)


def test_chrf_needs_no_model() -> None:
    """With chrF the same sentences match fully, in another order too; no weights are fetched, and none are signed."""
    document = Document("1", "", ("The council met.\nIt rained.",), language="en")
    texts = ("The council met.\nIt rained.", "It rained.\nThe council met.", "")
    found = [Summary("1", f"s{number}", text, 0, 0, 0, 0.0) for number, text in enumerate(texts)]
    metric = Smart(name="smart", matching="chrf")
    scored = LoadedMetric(metric, metric.load(CONTEXT)).found([document], found)
    assert scored.values["smart1"] == pytest.approx([1, 1, 0])
    assert scored.values["smartL"][0] == pytest.approx(1)
    assert scored.values["smartL"][1] < 0.9
    assert metric.model_weights is None
    line = metric.signatures(["en"])["smart1"]
    assert "|sacrebleu:" in line
    assert "|torch:" not in line
