import json
import re
from pathlib import Path

import pytest

from bench.cli import main
from bench.runs.folder import read

REFERENCES = [
    {"id": "a", "references": ["The council voted for the bridge.", "A bridge will be built."]},
    {"id": "b", "references": ["It rained all day.", "The rain did not stop."]},
]
OUTPUTS = {"a": "The council voted for a bridge.", "b": "Ships were seen."}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """References, the outputs of one system in both forms, and a file that holds everything."""
    monkeypatch.chdir(tmp_path)

    def lines(rows: list[dict[str, object]]) -> str:
        return "\n".join(map(json.dumps, rows)) + "\n"

    (tmp_path / "refs.jsonl").write_text(lines(REFERENCES))
    (tmp_path / "joined.jsonl").write_text(lines([{"id": key, "output": OUTPUTS[key]} for key in "ba"]))
    (tmp_path / "ordered.txt").write_text("\n".join(OUTPUTS[key] for key in "ab") + "\n")
    whole = [{**row, "systems": {"one": OUTPUTS[str(row["id"])], "two": "It rained."}} for row in REFERENCES]
    (tmp_path / "whole.jsonl").write_text(lines(whole))
    return tmp_path


def score(*arguments: str) -> int:
    return main(["score", *arguments, "--quiet"])


def test_outputs_join_by_id_or_by_order(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A .jsonl joined by id and a text file in order give the same scores, and a run folder like a run's."""
    assert score("refs.jsonl", "--outputs", "j=joined.jsonl", "o=ordered.txt", "--out", "run") == 0
    assert "s/document" not in capsys.readouterr().out
    run = read(files / "run")
    values = {name: [score.value for score in run.scores if score.system == name] for name in ("j", "o", "references")}
    assert values["j"] == values["o"] != values["references"]
    assert max(values["j"]) > 0


def test_one_file_may_hold_references_and_systems(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --outputs the systems are those in the file."""
    assert score("whole.jsonl", "--out", "run") == 0
    out = capsys.readouterr().out
    assert [entry.name for entry in read(files / "run").manifest.systems] == ["one", "two"]
    assert "reference agreement" in out


def test_the_originals_options_give_the_originals_lines(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An option string of ROUGE-1.5.5 scores as it does, and --format original prints as it does."""
    assert score("whole.jsonl", "--rouge", "-n 1 -m -x", "--format", "original", "--out", str(files / "r1")) == 0
    assert "one ROUGE-1 Average_R: 0.31818 (95%-conf.int. 0.00000 - 0.63636)" in capsys.readouterr().out
    assert score("whole.jsonl", "--rouge", "-n 1 -m -x", "--out", str(files / "r2")) == 0
    assert "preset:perl|options:-n 1 -m -x" in capsys.readouterr().out


def test_the_perl_preset_stems_as_the_original_does(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--rouge perl takes the original's words and stems with any handling of references, and says so."""
    arguments = ("--rouge", "perl", "--handling", "max", "--types", "rouge1,rougeLsum", "--out", str(files / "run"))
    assert score("whole.jsonl", *arguments) == 0
    out = capsys.readouterr().out
    assert "rouge1,rougeLsum|f1|stem:porter-1.5.5|refs:max" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["refs.jsonl"], "refs.jsonl: holds no systems' outputs"),
        (["nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["refs.jsonl", "--outputs", "short.txt"], "give NAME=FILE"),
        (["refs.jsonl", "--outputs", "s=short.txt"], "short.txt: s has 1 outputs for 2 documents"),
        (["refs.jsonl", "--outputs", "s=half.jsonl"], "half.jsonl: s has no output for document 'b'"),
        (["refs.jsonl", "--outputs", "s=more.jsonl"], "more.jsonl: s has an output for unknown document 'c'"),
        (["refs.jsonl", "--outputs", "s=gone.txt"], "gone.txt: No such file"),
        (["whole.jsonl", "--rouge", "bleu"], "--rouge 'bleu': give google, perl, or options"),
        (["whole.jsonl", "--rouge", "-n 2 -z"], "-z"),
        (["whole.jsonl", "--rouge", "-n 2", "--handling", "max"], "do not go with an option string"),
        (["whole.jsonl", "--types", "rouge0"], "unknown rouge type 'rouge0'"),
        (["whole.jsonl", "--handling", "min"], "unknown handling of references 'min'"),
        (["whole.jsonl", "--format", "original"], "goes with an option string"),
        (["surrogate.jsonl"], "line 1: systems, one holds half a surrogate pair"),
    ],
)
def test_what_cannot_be_scored_is_one_line_and_no_partial_result(
    files: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong input gives exit code 2, one line that names it, and nothing on stdout."""
    (files / "short.txt").write_text("one line\n")
    (files / "half.jsonl").write_text('{"id": "a", "output": "x"}')
    (files / "more.jsonl").write_text("\n".join(f'{{"id": "{key}", "output": "x"}}' for key in "abc"))
    row = {"id": "a", "references": ["x"], "systems": {"one": "\ud800"}}
    (files / "surrogate.jsonl").write_text(json.dumps(row))
    assert score(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert re.search(says, err), err
    assert not (files / "results").exists()
