"""The check on summaries that ship: a checkpoint that is wired right passes, one that is not is told so."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from sumbench.cli import main
from sumbench.jobs.metric_check import check_on_shipped
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import REGISTRY
from sumbench.metrics import MetricContext
from sumbench.metrics import Needs
from sumbench.metrics import build_metric
from sumbench.metrics.checks import shipped
from sumbench.metrics.model_metric import ModelMetric
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import words
from sumbench.tables.checks import check_table
from sumbench.tables.terminal import render
from sumbench.weights.catalog import catalog
from tests.metrics import classifiers


@dataclass(frozen=True, kw_only=True)
class Telling(SummaryMetric):
    """Whether a summary has a word that gives it away; `fails` is a text of which it fails."""

    declared: ClassVar[tuple[Value, ...]] = (
        Value("size", "Size", direction=Direction.NEITHER),
        Value("telling", "Telling", direction=Direction.LOWER),
        Value("hidden", "Hidden", main=False),
    )
    needs: ClassVar[Needs] = Needs(references=False)
    fails: str = "no text at all"
    inverted: bool = False

    def measure(self, document: Document, summary: Summary) -> Measured:  # noqa: ARG002 - a summary is enough
        """Look for the words."""
        if self.fails in summary.text:
            raise ValueError("it is of that text")
        found = any(word in summary.text.lower() for word in classifiers.TELLTALES)
        return Measured({"size": 1, "telling": float(found != self.inverted), "hidden": 0})


def test_what_ships_is_plain_and_long_enough() -> None:
    """Each document has supported and other claims, the last more than 512 tokens with its evidence at the end."""
    documents, claims = shipped()
    for document in documents:
        kinds = [claim.supported for claim in claims if claim.document == document.id]
        assert 2 <= sum(kinds) < len(kinds)
        assert document.references
    assert words(documents[-1].text) > 512
    end = documents[-1].text[-300:]
    assert next(claim.text for claim in claims if claim.what == "the end, in its words") in end
    assert len({(claim.document, claim.what) for claim in claims}) == len(claims)


def test_a_metric_that_tells_them_apart_passes_whatever_its_direction(offline: MetricContext) -> None:
    """It is judged by its first value of which more or less is better; the table has a row for each summary."""
    checked = check_on_shipped(Telling(name="telling"), offline.store, "cpu")
    assert checked.fault() == ""
    assert checked.deciding is not None
    assert checked.deciding.name == "telling"
    assert checked.share(checked.deciding) == 1
    shown = render(check_table(checked))
    assert "telling tells supported summaries from others: telling has 100% of the pairs" in shown
    assert "hidden" not in shown
    assert shown.count("4 of 4") == len([claim for claim in checked.claims if claim.supported])


def test_one_that_has_it_the_wrong_way_round_or_fails_is_told_so(offline: MetricContext) -> None:
    """The line says what failed; a tie of everything is no telling apart."""
    wrong = check_on_shipped(Telling(name="telling", inverted=True), offline.store, "cpu")
    assert wrong.fault().startswith("telling: telling has 0% of the pairs of a supported and another summary")
    assert "it is the wrong way round" in wrong.fault()
    failing = check_on_shipped(Telling(name="telling", fails="Nobody was hurt"), offline.store, "cpu")
    number = len(failing.claims)
    assert (
        failing.fault()
        == f"telling: 1 of {number} summaries could not be scored, the first: ValueError: it is of that text"
    )
    tied = check_on_shipped("rouge,types=rouge1", offline.store, "cpu")
    assert "it does not tell them apart" in tied.fault()


def test_a_checkpoint_with_swapped_classes_fails_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same weights end with 0 under the right names and with 3 under swapped ones, where the table says it."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    for names, code, said in (
        (classifiers.NLI, 0, "tells supported summaries from others: entailment has 100% of the pairs"),
        (classifiers.NLI[::-1], 3, "it is the wrong way round: are the model's classes those that were meant?"),
    ):
        folder = classifiers.well_read(tmp_path / str(code), names)
        asked = ["metrics", "check", f"entailment,model={folder}", "--device", "cpu", "--offline"]
        assert main(asked) == code
        shown = " ".join(capsys.readouterr().out.split())
        assert said in shown
        assert "document: dam" in shown


def test_a_check_without_a_metric_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """So is one of a metric that there is not, and weights that are not there offline."""
    for asked, said in (
        (["check"], "metrics check: name the metric"),
        (["rouge", "more"], "did you mean: sumbench metrics check METRIC?"),
        (["check", "entailmen"], "did you mean .*entailment"),
        (["check", "entailment", "--offline"], "metric entailment: weights 'deberta-v3-base-nli' are not in the store"),
    ):
        assert main(["metrics", *asked]) == 2
        assert re.search(said, capsys.readouterr().err)


@pytest.mark.parametrize("name", ["entailment", "grounding", "hallucination"])
def test_the_models_of_the_catalog_are_listed_with_their_metric(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The one that is taken without `model=` is among them; each has a licence, languages, and no pickle."""
    metric = build_metric(name)
    assert isinstance(metric, ModelMetric)
    kind = REGISTRY[name].model_kind
    known = [model for model in catalog().values() if model.kind == kind]
    assert metric.model in {model.name for model in known}
    for model in known:
        assert model.format == "safetensors"
        assert model.languages
        assert model.accuracy or model.notes
    assert main(["metrics", name]) == 0
    shown = capsys.readouterr().out
    assert all(model.name in shown for model in known)
