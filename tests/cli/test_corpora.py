"""`sumbench corpora`."""

import json
from pathlib import Path

import pytest

from sumbench.cli import main


def test_a_preset_is_shown_with_its_pitfalls(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is, columns, sizes, licence, paper, and what to beware of; no network is needed."""
    assert main(["corpora", "dialogsum"]) == 0
    out = capsys.readouterr().out
    assert "hub:knkarthick/dialogsum" in out
    assert "test 1,500" in out
    assert "beware: the test split has 500 dialogues" in out


def test_a_corpus_is_checked_with_its_rows_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows that a run would refuse are counted and named, under columns that flags name."""
    rows = [{"key": "a", "body": "A text.", "gold": "One."}, {"key": "b", "body": "", "gold": ""}]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    columns = ["--document-column", "body", "--reference-column", "gold", "--id-column", "key"]
    assert main(["corpora", "check", str(tmp_path / "t.jsonl"), *columns]) == 0
    out = capsys.readouterr().out
    assert "t: 2 documents" in out
    assert "document without text: 1: b (row 2)" in out
    assert "empty reference: 1: b (row 2)" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "name the corpus: sumbench corpora check CORPUS"),
        (["chek", "references"], "did you mean: sumbench corpora check CORPUS?"),
        (["dialogsun"], "unknown corpus or folder 'dialogsun': did you mean 'dialogsum'"),
        (["check", "nowhere/at/all"], "nowhere/at/all: no such folder"),
        (["check", "--id-column", "x"], "--id-column needs a corpus to be named"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not there is said in one line, with exit code 2."""
    assert main(["corpora", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err


def test_what_all_documents_share_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """References without documents are one line, not a list of all rows."""
    file = tmp_path / "refs.jsonl"
    file.write_text("".join(f'{{"id": "{n}", "summary": "Summary {n}."}}\n' for n in range(6)))
    assert main(["corpora", "check", str(file)]) == 0
    assert "document without text: all 6\n" in capsys.readouterr().out
