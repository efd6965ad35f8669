from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.score_journal import ScoreJournal
from sumbench.testing import check_metric
from sumbench.weights import Store
from tests.metrics.scored import batch


@dataclass(frozen=True, kw_only=True)
class Digits(SummaryMetric):
    """The mean digit of a summary, which is not defined for one without any."""

    declared: ClassVar[tuple[Value, ...]] = (Value("digit", "Digit", optional=True), Value("length", "Length"))

    def measure(self, document: Document, summary: Summary) -> Measured:  # noqa: ARG002 - it looks at the summary
        """Look at each sign."""
        found = [int(sign) for sign in summary.text if sign.isdecimal()]
        return Measured({"digit": sum(found) / len(found) if found else float("nan"), "length": len(summary.text)})


@dataclass(frozen=True, kw_only=True)
class Dear(Digits):
    """The same at a price."""

    costly: ClassVar[bool] = True


DOCUMENT = Document("a", "text", ("reference",), language="en")
SUMMARIES = [Summary("a", system, text, 0, 0, 0, 0) for system, text in (("with", "1 and 3"), ("without", "none"))]


def test_a_value_that_is_not_defined_for_a_summary_is_no_failure() -> None:
    """It is absent for this summary alone, its other values stand, and a note names the summary."""
    found = batch(Digits(name="digits"), [DOCUMENT], SUMMARIES)
    assert not found.failed
    assert [(score.system, score.metric, score.value) for score in found.scores] == [
        ("with", "digit", 2.0),
        ("with", "length", 7.0),
        ("without", "length", 4.0),
    ]
    (note,) = found.notes
    assert (note.what, note.texts) == (
        "summaries for which Digit is not defined, left out of the mean",
        ["without's summary of document 'a'"],
    )
    check_metric(Digits(name="digits"))


def test_it_stays_absent_where_scores_are_kept(tmp_path: Path) -> None:
    """A journalled score without it is whole, and is not made again."""
    metric = Dear(name="dear")
    loaded = LoadedMetric(metric, metric.load(MetricContext(0, Store(Path("nowhere"), offline=True))))
    first = ScoreJournal(tmp_path / "scores.jsonl").score(loaded, [DOCUMENT], SUMMARIES)
    kept = (tmp_path / "scores.jsonl").read_bytes()
    again = ScoreJournal(tmp_path / "scores.jsonl").score(loaded, [DOCUMENT], SUMMARIES)
    assert first.scores == again.scores
    assert len(again.scores) == 3
    assert (tmp_path / "scores.jsonl").read_bytes() == kept


def test_all_stands_for_what_works_anywhere() -> None:
    """Every metric without device, service and options of its own; one that is named beside it is as it is named."""
    built = build_metrics(["all"])
    names = [metric.name for metric in built]
    assert {"rouge", "text", "copying"} <= set(names)
    assert len(set(names)) == len(names)
    assert not any(metric.needs.device or metric.needs.service for metric in built)
    mixed = build_metrics(["rouge,types=rouge2", "all"])
    assert [metric.name for metric in mixed if "rouge2" in {value.name for value in metric.values()}] == [
        "rouge,types=rouge2"
    ]
    with pytest.raises(UsageError, match="both yield coverage"):
        build_metrics(["copying", "copying,as=again"])
