"""Summaries made elsewhere, as a system of a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.runs.store import read_run
from sumbench.systems.outputs import Outputs

pytestmark = pytest.mark.usefixtures("in_process")


Write = Callable[..., Path]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of three documents and a text file with their summaries."""
    monkeypatch.chdir(tmp_path)
    rows = [{"id": key, "document": f"Text {key}.", "reference": f"About {key}."} for key in "abc"]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "o.txt").write_text("".join(f"About {key}.\n" for key in "abc"))
    return tmp_path


def test_outputs_stand_in_a_run_and_in_its_repetitions(corpus: Path) -> None:
    """They are joined by order the first time and when the summaries of an earlier run are at hand."""
    for run in ("first", "second"):
        assert main(["run", "--corpus", "t.jsonl", "--systems", "outputs,path=o.txt", "--quiet", "--out", run]) == 0
        texts = {summary.document: summary.text for summary in read_run(corpus / run).summaries}
        assert texts == {key: f"About {key}." for key in "abc"}


def test_marks_are_noted_and_cleaned_in_a_run(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As `score` does, with the options of the system and the corpus as remedies; nothing is cleaned unasked."""
    (corpus / "o.txt").write_text("".join(f"```text About {key}. ```\n" for key in "abc"))
    command = ["run", "--corpus", "t.jsonl", "--quiet", "--systems"]
    assert main([*command, "outputs,path=o.txt", "--out", "plain"]) == 0
    assert "3 of 3 texts of o hold a code fence (```text), scored as they stand: clean=true" in capsys.readouterr().out
    assert main([*command, "outputs,path=o.txt,clean=true", "--out", "clean"]) == 0
    assert "marks: clean=true changed 3 of 3 texts of o" in capsys.readouterr().out
    plain, clean = (read_run(corpus / name).summaries for name in ("plain", "clean"))
    assert [summary.text for summary in clean] == [f"About {key}." for key in "abc"]
    assert [summary.raw for summary in clean] == [summary.text for summary in plain]


@pytest.mark.parametrize(
    ("outputs", "part", "wanted"),
    [
        ("o.txt", ["--limit", "2"], "ab"),
        ("o.jsonl", ["--limit", "2"], "ab"),
        ("o.txt", ["--ids", "ids.txt"], "c"),
        ("c.jsonl", ["--ids", "ids.txt"], "c"),
    ],
)
def test_outputs_of_the_whole_corpus_or_of_the_part_are_joined(
    corpus: Path, outputs: str, part: list[str], wanted: str
) -> None:
    """A part of the corpus takes its summaries from a file of all of them, in order or by id, or of just that part."""
    rows = [{"id": key, "output": f"About {key}."} for key in "abc"]
    (corpus / "o.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (corpus / "c.jsonl").write_text(json.dumps(rows[2]))
    (corpus / "ids.txt").write_text("c\n")
    command = ["run", "--corpus", "t.jsonl", "--systems", f"outputs,path={outputs}", *part, "--quiet"]
    assert main([*command, "--dry-run"]) == 0
    assert main([*command, "--out", "run"]) == 0
    texts = {summary.document: summary.text for summary in read_run(corpus / "run").summaries}
    assert texts == {key: f"About {key}." for key in wanted}
    assert main(["run", "--resume", "run", "--quiet"]) == 0


def test_outputs_that_fit_neither_are_measured_by_the_whole(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error speaks of the whole corpus, which the file is about."""
    (corpus / "o.txt").write_text("One.\n")
    command = ["run", "--corpus", "t.jsonl", "--systems", "outputs,path=o.txt", "--limit", "2", "--out", "run"]
    assert main(command) == 2
    assert "has 1 outputs for 3 documents" in capsys.readouterr().err


def test_some_of_the_checked_documents_may_be_asked_for(corpus: Path) -> None:  # noqa: ARG001 - the files are its
    """A file in order belongs to the documents that were checked; any of them get their own summary."""
    documents = [Document(key, "", ("x",)) for key in "abc"]
    system = Outputs(name="o", path="o.txt").joined(documents)
    summaries = system.load(None)([documents[2], documents[0]])  # type: ignore[arg-type]
    assert [(summary.document, summary.text) for summary in summaries] == [("c", "About c."), ("a", "About a.")]
    with pytest.raises(CorpusError, match="has 3 outputs for 1 documents"):
        system.joined([Document("d", "", ("x",))])


def test_the_file_is_the_fingerprint(corpus: Path) -> None:
    """A changed file is another system; what was read from it is no part of the fingerprint."""
    system = Outputs(name="o", path="o.txt", convention="n")
    before = system.fingerprint()
    joined = system.joined([Document(key, "", ("x",)) for key in "abc"])
    assert joined.fingerprint() == before
    assert before["options"] == {"path": "o.txt", "system": "", "column": "", "id": "", "convention": "n"}
    (corpus / "o.txt").write_text("Another.\n")
    assert system.fingerprint()["sha256"] != before["sha256"]
