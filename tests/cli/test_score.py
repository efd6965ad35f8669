import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sumbench.cli import main
from sumbench.runs.store import read_run

REFERENCES: list[dict[str, Any]] = [
    {"id": "a", "references": ["The council voted for the bridge.", "A bridge will be built."]},
    {"id": "b", "references": ["It rained all day.", "The rain did not stop."]},
]
OUTPUTS: dict[str, str] = {"a": "The council voted for a bridge.", "b": "Ships were seen."}


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
    run = read_run(files / "run")
    values = {name: [score.value for score in run.scores if score.system == name] for name in ("j", "o", "references")}
    assert values["j"] == values["o"] != values["references"]
    assert max(values["j"]) > 0


def test_runs_of_one_second_have_folders_of_their_own(files: Path) -> None:
    """Commands that follow each other at once overwrite nothing."""
    for handling in ("max", "mean", "pooled"):
        assert score("whole.jsonl", "--handling", handling) == 0
    lines = {read_run(folder).manifest.signatures["rouge1"] for folder in (files / "results").iterdir()}
    assert [sum(f"refs:{handling}|" in line for line in lines) for handling in ("max", "mean", "pooled")] == [1, 1, 1]


def test_one_file_may_hold_references_and_systems(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --outputs the systems are those in the file."""
    assert score("whole.jsonl", "--out", "run") == 0
    out = capsys.readouterr().out
    assert [entry.name for entry in read_run(files / "run").manifest.systems] == ["one", "two"]
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
        (["refs.jsonl", "--outputs", "s=none.jsonl"], "none.jsonl: s has no output for any document"),
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
    (files / "none.jsonl").write_text('{"id": "a", "output": null}')
    (files / "more.jsonl").write_text("\n".join(f'{{"id": "{key}", "output": "x"}}' for key in "abc"))
    row = {"id": "a", "references": ["x"], "systems": {"one": "\ud800"}}
    (files / "surrogate.jsonl").write_text(json.dumps(row))
    assert score(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert re.search(says, err), err
    assert not (files / "results").exists()


def rouge1(run: Path) -> dict[tuple[str, str], float]:
    scores = read_run(run).scores
    return {(score.system, score.document): score.value for score in scores if score.metric == "rouge1"}


def test_text_files_of_references_and_outputs(files: Path) -> None:
    """References and outputs one a line, packed or not, in order; two files of references are two references."""
    for number in (0, 1):
        lines = "".join(row["references"][number] + "\n" for row in REFERENCES)
        (files / f"test.target.{number}").write_text(lines)
    (files / "bart.hypo.gz").write_bytes(gzip.compress((files / "ordered.txt").read_bytes()))
    references = ("--references", "test.target.0", "test.target.1")
    assert score(*references, "--outputs", "bart=bart.hypo.gz", "--out", "text") == 0
    assert score("refs.jsonl", "--outputs", "bart=joined.jsonl", "--out", "table") == 0
    text, table = rouge1(files / "text"), rouge1(files / "table")
    assert [text[system, key] for system, key in (("bart", "1"), ("bart", "2"), ("references", "1"))] == [
        table[system, key] for system, key in (("bart", "a"), ("bart", "b"), ("references", "a"))
    ]


def test_a_spreadsheet_may_hold_a_system_a_column(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns named by flags hold references and each system's outputs; otherwise usual names are found."""
    (files / "sheet.csv").write_text("key,gold,bart,pegasus\na,One two.,One two.,Three.\nb,Two.,Two.,Two.\n")
    columns = ("--reference-column", "gold", "--id-column", "key", "--output-column", "bart", "pegasus")
    assert score("sheet.csv", *columns, "--out", "run") == 0
    values = rouge1(files / "run")
    assert (values["bart", "a"], values["pegasus", "a"], values["pegasus", "b"]) == (1.0, 0.0, 1.0)
    (files / "usual.csv").write_text("reference,prediction\nOne.,One.\n")
    assert score("usual.csv", "--out", "usual") == 0
    assert "prediction" in capsys.readouterr().out
    (files / "either.csv").write_text("reference,summary\nOne.,One.\n")
    assert score("either.csv", "--out", "either") == 2
    assert "reference and summary could both be the reference" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("convention", "text"),
    [
        ("lines", None),
        ("t", "<t> Rain fell. </t> <t> It was cold. </t>"),
        ("n", "Rain fell.<n>It was cold."),
        ("q", "Rain fell.<q> It was cold."),
        ("stop", "Rain fell . It was cold ."),
        ("sep", "Rain fell. [X_SEP] It was cold."),
        ("sep", "Rain fell.<S_SEP>It was cold."),
        ("sep", "Rain fell. ||||| It was cold."),
        ("escaped", "Rain fell.\\nIt was cold."),
        ("split", "Rain fell. It was cold."),
    ],
)
def test_sentences_are_told_apart_by_an_explicit_convention(files: Path, convention: str, text: str | None) -> None:
    """Each mark of published outputs makes the same sentences as one sentence a line, in references and outputs."""
    marked = text or "Rain fell.\nIt was cold."
    rows = [{"id": "a", "references": [marked], "systems": {"s": "It was cold.\nRain fell."}}]
    (files / "marked.jsonl").write_text(json.dumps(rows[0]))
    assert score("marked.jsonl", "--sentences", convention, "--out", "run") == 0
    values = {value.metric: value.value for value in read_run(files / "run").scores}
    assert values["rouge1"] == values["rougeLsum"] == 1.0
    assert values["rougeL"] < 1.0


@pytest.mark.parametrize("stream", [[], ["--stream"]])
def test_marks_scored_as_they_stand_are_reported(
    files: Path, capsys: pytest.CaptureFixture[str], stream: list[str]
) -> None:
    """Marks in outputs and in references get a line with their number and the remedy, in memory and as a stream."""
    rows = [{**row, "references": [f"{row['references'][0]}<q>Cold."]} for row in REFERENCES]
    (files / "marked.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (files / "marked.txt").write_text("Rain.<n>Cold.\n<think>Hm, well now.</think>Rain.\n")
    assert score("marked.jsonl", "--outputs", "p=marked.txt", *stream, "--out", "run") == 0
    out = capsys.readouterr().out
    assert "marks: 1 of 2 texts of p hold sentence marks <n> (<n>), scored as they stand: --sentences n\n" in out
    assert "1 of 2 texts of p hold thoughts (<think>Hm, well now.</th…), scored as they stand: --clean takes" in out
    assert "marks: 2 of 2 references hold sentence marks <q> (<q>), scored as they stand: --sentences q\n" in out
    assert score("refs.jsonl", "--outputs", "o=ordered.txt", *stream, "--out", "plain") == 0
    assert "marks:" not in capsys.readouterr().out


@pytest.mark.parametrize("stream", [[], ["--stream"]])
def test_outputs_are_cleaned_where_that_is_asked_for(
    files: Path, capsys: pytest.CaptureFixture[str], stream: list[str]
) -> None:
    """The raw text is kept in the journal, the system's options say that it was cleaned, a note says how many were."""
    wrapped = [f"<think>Hm, well now.</think>Here is a summary: {OUTPUTS['a']}", OUTPUTS["b"]]
    (files / "wrapped.txt").write_text("\n".join(wrapped) + "\n")
    assert score("refs.jsonl", "--outputs", "o=wrapped.txt", "--clean", *stream, "--out", "clean") == 0
    assert "marks: --clean changed 1 of 2 texts of o" in capsys.readouterr().out
    run = read_run(files / "clean")
    assert [(summary.text, summary.raw) for summary in run.summaries] == [
        (OUTPUTS["a"], wrapped[0]),
        (OUTPUTS["b"], None),
    ]
    assert run.manifest.systems[0].fingerprint["options"]["clean"] is True
    assert score("refs.jsonl", "--outputs", "o=ordered.txt", *stream, "--out", "plain") == 0
    assert rouge1(files / "clean") == rouge1(files / "plain")
    assert "clean" not in read_run(files / "plain").manifest.systems[0].fingerprint["options"]


def test_a_thought_without_an_end_is_an_empty_output(files: Path) -> None:
    """Cleaned, nothing of it is summary, and the document counts as one without a summary."""
    (files / "open.txt").write_text(f"<think>Hm, well now\n{OUTPUTS['b']}\n")
    assert score("refs.jsonl", "--outputs", "o=open.txt", "--clean", "--out", "run") == 3
    first, second = read_run(files / "run").summaries
    assert (first.text, first.failure, second.text) == ("", "empty", OUTPUTS["b"])


def test_a_part_is_scored_and_the_rest_counted(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outputs belong to the whole file of references, of which a selection is scored as it would be in the whole."""
    (files / "ids.txt").write_text("b\n")
    assert score("refs.jsonl", "--outputs", "o=ordered.txt", "--ids", "ids.txt", "--out", "part") == 0
    assert "--ids ids.txt: 1 left out" in capsys.readouterr().out
    assert score("refs.jsonl", "--outputs", "o=ordered.txt", "--out", "whole") == 0
    whole = rouge1(files / "whole")
    assert rouge1(files / "part") == {key: value for key, value in whole.items() if key[1] == "b"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name the references, as FILE or with --references, one of both"),
        (["refs.jsonl", "--references", "refs.jsonl"], "one of both"),
        (["--references", "refs.jsonl", "refs.jsonl"], "several files must be text files"),
        (["--references", "ordered.txt", "short.txt", "--outputs", "o=ordered.txt"], "short.txt: has 1 lines, ordered"),
        (["--references", "gap.txt", "--outputs", "o=ordered.txt"], "gap.txt, line 2: a reference is missing or empty"),
        (["--references", "ordered.txt", "--outputs", "o=ordered.txt.gz"], "ordered.txt.gz: No such file"),
        (["refs.jsonl", "--outputs", "o=broken.gz"], "broken.gz: the gzip file is damaged or cut off"),
        (["refs.jsonl", "--outputs", "o=latin.txt"], "latin.txt, line 1: not UTF-8 (character 4)"),
        (["refs.jsonl", "--outputs", "o=joined.jsonl", "--output-column", "bart"], "line 1: no column 'bart': there"),
        (["whole.jsonl", "--reference-column", "gold"], "whole.jsonl, line 1: no column 'gold'"),
        (["whole.jsonl", "--sentences", "dots"], "unknown convention of sentences 'dots'"),
        (["whole.jsonl", "--sample", "0"], "--sample 0 leaves no document"),
        (["twice.jsonl", "--outputs", "o=ordered.txt"], "two documents have the id 'a'"),
    ],
)
def test_wrong_files_are_named(
    files: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files that do not fit together give one line with the file, the line and what is wrong, and no run folder."""
    (files / "short.txt").write_text("one line\n")
    (files / "gap.txt").write_text("one line\n\n")
    (files / "latin.txt").write_bytes(b"caf\xe9\nx\n")
    (files / "broken.gz").write_bytes(gzip.compress(b"one line\n" * 99)[:-12])
    (files / "twice.jsonl").write_text('{"id": "a", "reference": "x"}\n' * 2)
    assert score(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (files / "results").exists()
