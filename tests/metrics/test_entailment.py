"""Entailment: SummaC-ZS's reckoning with a classifier, the order of its classes, spans, long sources."""

import json
from pathlib import Path

import numpy as np
import pytest

from sumbench.cli import main
from sumbench.errors import MetricError
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import read_run
from sumbench.testing import check_metric
from sumbench.weights import Store
from tests.metrics import classifiers
from tests.metrics.claimed import check_spans
from tests.metrics.claimed import content
from tests.metrics.claimed import document
from tests.metrics.claimed import renamed
from tests.metrics.claimed import scores

SOURCE = "It rained all day in the valley. The council granted the bridge. The mayor denied everyone an answer."
SUMMARY = "The baker met the mayor.\nWho pays, «Zoë» 😀?"


def pairs_of(source: str, summary: str) -> list[tuple[str, str]]:
    return [(part, claim) for claim in summary.split("\n") for part in source.split(". ")]


def probabilities(folder: Path, source: str, summary: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Return transformers' own probabilities of all classes: [claims, sentences, classes]."""
    from transformers import pipeline

    own = pipeline("text-classification", model=str(folder), device="cpu")
    sentences = [part + "." * (not part.endswith(".")) for part in source.split(". ")]
    asked = [{"text": part, "text_pair": claim} for claim in summary.split("\n") for part in sentences]
    found = [{each["label"]: each["score"] for each in own(one, top_k=None)} for one in asked]
    rows = [[one[name] for name in classifiers.NLI] for one in found]
    return np.array(rows).reshape(len(summary.split("\n")), len(sentences), 3)


def test_values_are_means_of_the_best_entailment_by_transformers_own_probabilities(
    ruled: Path, offline: MetricContext
) -> None:
    """A sentence has the highest probability of any sentence of the source; difference takes off contradiction."""
    own = probabilities(ruled, SOURCE, SUMMARY)
    found = scores(f"entailment,model={ruled}", offline, SOURCE, SUMMARY)
    best = own[:, :, 0].max(axis=1)
    assert found.values["entailment"][0] == pytest.approx(best.mean(), abs=1e-5)
    assert found.values["entailment_min"][0] == pytest.approx(best.min(), abs=1e-5)
    assert found.values["entailment_share"][0] == 1
    assert best.min() > 0.9
    less = scores(f"entailment,model={ruled},score=difference", offline, SOURCE, SUMMARY)
    expected = (best - own[:, :, 2].max(axis=1)).mean()
    assert less.values["entailment"][0] == pytest.approx(expected, abs=1e-5)
    assert abs(expected) < 0.1


def test_what_the_classes_are_called_decides_and_not_their_order(
    ruled: Path, offline: MetricContext, tmp_path: Path
) -> None:
    """With the names of other classes the score is that of the other class; names in any order mean the same."""
    granted, denied = "The council granted the bridge.", "The council denied the bridge."
    for source, expected in ((granted, 1), (denied, 0)):
        turned = renamed(ruled, tmp_path / f"turned{expected}", classifiers.NLI[::-1])
        assert scores(f"entailment,model={ruled}", offline, source, SUMMARY).values["entailment"][0] == pytest.approx(
            expected, abs=0.1
        )
        assert scores(f"entailment,model={turned}", offline, source, SUMMARY).values["entailment"][0] == pytest.approx(
            1 - expected, abs=0.1
        )
    order = ("contradiction", "entailment", "neutral")
    other = classifiers.bert(tmp_path / "other", [name.upper() for name in order], order)
    found = scores(f"entailment,model={other}", offline, granted, SUMMARY)
    assert found.values["entailment"][0] == pytest.approx(1, abs=0.1)
    numbered = renamed(ruled, tmp_path / "numbered", ("LABEL_0", "LABEL_1", "LABEL_2"))
    with pytest.raises(MetricError, match="give entailment_label=NAME or its number"):
        build_metric(f"entailment,model={numbered}").load(offline)
    said = scores(f"entailment,model={numbered},entailment_label=LABEL_0", offline, granted, SUMMARY)
    assert said.values["entailment"][0] == pytest.approx(1, abs=0.1)
    with pytest.raises(MetricError, match="score=difference needs a class of contradiction"):
        build_metric(f"entailment,model={numbered},entailment_label=0,score=difference").load(offline)


def test_marked_sentences_say_where_they_are_and_what_speaks_against_them(ruled: Path, offline: MetricContext) -> None:
    """Offsets are exact with letters of several bytes; a contradicted sentence has the part that contradicts it."""
    text = "Zoë — «naïve» 日本 — met. It rained, and the baker denied bread. Work 😀 on the bridge begins in May."
    summaries = ["The baker met the mayor 😀.\nWho pays in Łódź?", "Who pays?"]
    found = scores(f"entailment,model={ruled}", offline, text, *summaries)
    assert check_spans(found, text, summaries) > 6
    spans = content(found)["spans"]
    assert [span["text"] for span in spans] == summaries[0].split("\n")
    assert {span["kind"] for span in spans} == {"contradicted"}
    assert spans[0]["source"]["text"] == "It rained, and the baker denied bread."
    assert "contradicts it with a probability of " in spans[0]["reason"]
    calm = scores(f"entailment,model={ruled}", offline, "It rained all day in the valley.", "Who pays?")
    assert content(calm)["spans"][0]["kind"] == "not entailed"


@pytest.mark.parametrize("source", ["sentence", "paragraph", "document"])
def test_the_end_of_a_long_document_is_read(ruled: Path, offline: MetricContext, source: str) -> None:
    """Ten times more than the model reads at once, in one paragraph: the only support is the last sentence."""
    filler = "It rained all day in the valley. Nobody could say who pays. " * 20
    long = filler + "The council granted the bridge."
    spec = f"entailment,model={ruled},source={source}"
    found = scores(spec, offline, long, SUMMARY)
    assert found.values["entailment"][0] > 0.9
    support = content(found)["sentences"][0]["source"]
    assert long[support["start"] : support["end"]].endswith("The council granted the bridge.")
    assert support["end"] == len(long)
    assert scores(spec, offline, filler, SUMMARY).values["entailment"][0] < 0.1


def test_a_sentence_longer_than_the_window_is_read_in_pieces(ruled: Path, offline: MetricContext) -> None:
    """Nothing is cut off: all of its words are in some piece, and all pieces count."""
    sentence = " ".join(["the bridge in the valley"] * 40)
    found = scores(f"entailment,model={ruled}", offline, "The council granted the bridge.", sentence)
    pieces = content(found)["sentences"]
    assert len(pieces) > 3
    assert " ".join(piece["text"] for piece in pieces) == sentence
    whole = scores(f"entailment,model={ruled},summary=whole", offline, SOURCE, SUMMARY)
    assert [each["text"] for each in content(whole)["sentences"]] == [SUMMARY]


def test_a_failure_is_of_its_summary_alone(ruled: Path, offline: MetricContext) -> None:
    """A text that cannot be encoded has the reason, and the others their scores."""
    made = [
        Summary("d", "a", "Who pays \ud800?", None, None, 1, None),
        Summary("d", "b", "Who pays?", None, None, 1, None),
    ]
    found = build_metric(f"entailment,model={ruled}").load(offline)([document(SOURCE)], made)
    assert set(found.failures) == {0}
    assert np.isfinite(found.values["entailment"][1])


def test_the_contract_is_kept_whatever_the_batches(ruled: Path, offline: MetricContext) -> None:
    """Cutting batches in another way changes nothing but rounding."""
    check_metric(build_metric(f"entailment,model={ruled}"), context=offline, tolerance=1e-5)


def test_a_language_that_a_known_model_was_not_trained_for_is_noted(
    ruled: Path, offline: MetricContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the table stands how many documents it is, and the first one."""
    from sumbench.metrics.consistency import claims
    from sumbench.weights.catalog import find_model

    monkeypatch.setattr(claims, "find_model", lambda _: find_model("roberta-large-mnli"))
    german = Document("schule", "Die Schule bekommt ein Dach.", (), language="de")
    found = build_metric(f"entailment,model={ruled}").load(offline)(
        [german, document(SOURCE)], [Summary("schule", "s", "Ein Dach.", None, None, 1, None)]
    )
    (note,) = found.notes
    assert list(note.texts) == ["document 'schule' (de)"]
    assert "its own: en" in note.what


def test_a_classifier_of_another_kind_is_refused(tmp_path: Path, offline: MetricContext) -> None:
    """Weights of a classifier of tokens have the same names, so the configuration tells."""
    tokens = classifiers.modernbert(tmp_path / "tokens")
    with pytest.raises(MetricError, match=r"is a ModernBertForTokenClassification, and no classifier of texts$"):
        build_metric(f"entailment,model={tokens}").load(offline)


def test_scores_and_spans_are_in_the_run_folder(
    ruled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By command line alone: a table of documents and outputs, a checkpoint's folder, the results in files."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    rows = [
        {"id": "1", "document": "The council granted the bridge.", "summary": "A bridge.", "bart": "Who pays?"},
        {"id": "2", "document": "The council denied the bridge.", "summary": "No bridge.", "bart": "The mayor pays."},
    ]
    sheet = tmp_path / "sheet.jsonl"
    sheet.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = ["score", str(sheet), "--output-column", "bart", "--metrics", f"entailment,model={ruled}", "--quiet"]
    assert main([*asked, "--out", str(tmp_path / "run")]) == 0
    assert "Entailment" in capsys.readouterr().out
    run = read_run(tmp_path / "run")
    assert list(run.scores.where(metric="entailment").values) == pytest.approx([1, 0], abs=0.1)
    (marked,) = [detail for detail in run.details if detail.content["spans"]]
    (span,) = marked.content["spans"]
    assert (marked.document, span["text"], span["kind"]) == ("2", "The mayor pays.", "contradicted")
    assert span["source"]["text"] == "The council denied the bridge."
    sha256 = Store(tmp_path / "home").fingerprint(str(ruled))
    assert f"|weights:{sha256[:16]}|" in run.manifest.signatures["entailment"]
