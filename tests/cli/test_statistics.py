"""The choice of intervals, corrections and levels on the command line, in tables and in run.json."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.corpus import open_corpus

pytestmark = pytest.mark.usefixtures("in_process")


GOLDEN = Path(__file__).parent / "golden"
SYSTEMS = "random,lead,lead,sentences=1,textrank"
CHOICE = ["--confidence", "0.9", "--correction", "bh", "--alpha", "0.1"]
CHOICE += ["--resamples", "500"]


@pytest.fixture
def table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs extractive systems on twelve of the articles and returns what is printed."""

    def run(name: str, *arguments: str, out: str = "run") -> str:
        flags = ["--systems", SYSTEMS, "--metrics", "rouge", "--out", str(tmp_path / out), "--quiet", "--limit", "12"]
        assert main(["run", *flags, "--format", name, *arguments]) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(("file", "flags"), [("usual.md", []), ("chosen.md", CHOICE)])
def test_the_table_says_how_its_intervals_and_tests_were_made(
    file: str, flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title, letters, footnotes and figures are those of the file that was looked at."""
    sheet = tmp_path / "sheet.jsonl"
    rows = []
    for document in open_corpus("references").documents[:12]:
        lines = [line for line in str(document.text).split("\n") if line]
        systems = {"first": lines[0], "second": lines[1], "both": "\n".join(lines[:2]), "last": lines[-1]}
        rows.append({"id": document.id, "references": document.references[:2], "systems": systems})
    sheet.write_text("\n".join(map(json.dumps, rows)))
    where = ["score", str(sheet), "--quiet", "--out", str(tmp_path / "run"), "--format", "markdown"]
    where += ["--metrics", "rouge"]
    assert main([*where, *flags]) == 0
    assert capsys.readouterr().out == (GOLDEN / file).read_text("utf-8")


def test_what_was_chosen_is_recorded_and_used_again(table: Callable[..., str], tmp_path: Path) -> None:
    """run.json has every choice, and a run that is gone on with keeps its own."""
    first = table("csv", *CHOICE)
    manifest = json.loads((tmp_path / "run" / "run.json").read_text())
    assert manifest["statistics"] == {
        "confidence": 0.9,
        "resamples": 500,
        "correction": "benjamini-hochberg",
        "alpha": 0.1,
    }
    (tmp_path / "run" / "table.csv").unlink()
    assert main(["run", "--resume", str(tmp_path / "run"), "--quiet"]) == 0
    assert (tmp_path / "run" / "table.csv").read_bytes().decode() == first


def test_a_level_changes_the_intervals_and_no_score(table: Callable[..., str]) -> None:
    """At a lower level they are narrower; the means stay."""
    wide, narrow = (list(csv.DictReader(io.StringIO(table("csv", *flags, out=flags[1])))) for flags in (
        ("--confidence", "0.99"), ("--confidence", "0.5")))  # fmt: skip
    for one, other in zip(wide, narrow, strict=True):
        assert one["rouge2"] == other["rouge2"]
        spans = [float(row["rouge2_high"]) - float(row["rouge2_low"]) for row in (one, other)]
        assert spans[1] < spans[0]


def test_positions_have_intervals_in_files_for_programs(table: Callable[..., str]) -> None:
    """Each holds its position; floor and ceiling, which are 0 and 100 by definition, have none."""
    rows = {row["system"]: row for row in csv.DictReader(io.StringIO(table("csv")))}
    lead = rows["lead"]
    assert float(lead["rouge1_position_low"]) < float(lead["rouge1_position"]) < float(lead["rouge1_position_high"])
    for name in ("random", "reference agreement"):
        assert rows[name]["rouge1_position_low"] == ""


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--confidence", "95"], "--confidence 95 is no level: give a number between 0 and 1"),
        (["--alpha", "0"], "--alpha 0 is no level"),
        (["--resamples", "39"], "--resamples 39 are too few for 95 % intervals: give 40 or more"),
        (["--resamples", "40", "--confidence", "0.99"], "40 are too few for 99 % intervals: give 200 or more"),
    ],
)
def test_choices_that_mean_nothing_are_refused(
    flags: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, before anything runs."""
    assert main(["run", "--systems", "lead", "--out", str(tmp_path / "run"), *flags]) == 2
    assert line in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_score_takes_the_same_choices_and_a_stream_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stream has level and resamples to choose, and no tests; its intervals are those of any run."""
    file = tmp_path / "sheet.jsonl"
    rows = [
        {"id": str(n), "references": [f"one two {n}"], "systems": {"s": "one two three " + "x " * n}} for n in range(16)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    where = ["score", str(file), "--quiet", "--out", str(tmp_path / "run")]
    choice = ["--confidence", "0.9", "--resamples", "50", "--format", "csv"]
    assert main([*where, *choice, "--correction", "bh"]) == 0
    kept = capsys.readouterr().out
    assert main([*where, "--correction", "bh", "--stream"]) == 2
    assert "--stream makes no tests: --correction does not go with it" in capsys.readouterr().err
    assert main([*where[:-1], str(tmp_path / "stream"), "--stream", *choice]) == 0
    streamed = capsys.readouterr().out
    # The references have a row of their own, for values that need none.
    (one, _), (other, _) = (list(csv.DictReader(io.StringIO(text))) for text in (kept, streamed))
    # One figure has one interval, whether its documents were kept or not.
    for key in ("rouge1", "rouge1_low", "rouge1_high"):
        assert float(one[key]) == pytest.approx(float(other[key]))


def test_a_comparison_names_floors_ceilings_and_its_choices(
    table: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reference agreement stands under it with its interval, and each figure's position in files."""
    table("csv", out="one")
    run = str(tmp_path / "one")
    assert main(["compare", f"{run}:lead", run, "--metrics", "rouge1", *CHOICE, "--format", "json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    notes = "\n".join(made["notes"])
    assert "90 % interval" in [column["title"] for column in made["columns"]]
    assert "interval and p: of each pair alone, from one paired randomization test (exact)" in notes
    assert "Benjamini-Hochberg within a metric" in notes
    line = next(note for note in made["notes"] if note.startswith("ROUGE-1 to read these by: random "))
    assert "reference agreement 4" in line
    keys = [column["key"] for column in made["columns"]]
    for row in made["sections"][0]["rows"]:
        assert row["cells"][keys.index("base_position")] > 0
