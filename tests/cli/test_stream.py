"""`sumbench score --stream`: corpora of any size."""

import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from sumbench.cli import main
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.runs.store import read_run

ROWS: list[dict[str, Any]] = [
    {
        "id": f"d{number}",
        "references": [f"The council voted for bridge {number}.", "A bridge will be built."],
        "systems": {"one": f"The council voted for bridge {number % 3}.", "two": "It rained."},
    }
    for number in range(7)
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """References with two systems' outputs, and one system's in files of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sumbench.jobs.outputs.BATCH", 3)
    (tmp_path / "whole.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (tmp_path / "one.txt").write_text("".join(row["systems"]["one"] + "\n" for row in ROWS))
    outputs = [{"id": row["id"], "output": row["systems"]["one"]} for row in ROWS]
    (tmp_path / "one.jsonl").write_text("".join(json.dumps(row) + "\n" for row in outputs))
    (tmp_path / "short.txt").write_text("It rained.\n")
    (tmp_path / "long.txt").write_text("It rained.\n" * 8)
    (tmp_path / "moved.jsonl").write_text("".join(json.dumps(row) + "\n" for row in outputs[::-1]))
    (tmp_path / "twice.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*ROWS, ROWS[0]]))
    return tmp_path


def score(*arguments: str) -> int:
    return main(["score", *arguments, "--quiet"])


def test_a_stream_gives_the_scores_of_the_whole(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores, summaries, corpus and signatures are those of a run in memory, and the table has its means."""
    assert score("whole.jsonl", "--out", "whole", "--format", "csv") == 0
    whole_table = capsys.readouterr().out
    assert score("whole.jsonl", "--stream", "--out", "stream", "--format", "csv") == 0
    stream_table = capsys.readouterr().out
    whole, stream = read_run(files / "whole"), read_run(files / "stream")
    assert sorted(map(str, stream.scores)) == sorted(map(str, whole.scores))
    assert sorted(map(str, stream.summaries)) == sorted(map(str, whole.summaries))
    assert (stream.manifest.corpus, stream.manifest.signatures) == (whole.manifest.corpus, whole.manifest.signatures)
    for name in ("one", "two", "reference agreement"):
        rows = [
            next(line.split(",") for line in table.splitlines() if f",{name}," in line)
            for table in (whole_table, stream_table)
        ]
        assert float(rows[0][2]) == pytest.approx(float(rows[1][2]))


@pytest.mark.parametrize("outputs", ["one.txt", "one.jsonl"])
def test_outputs_stand_beside_the_references(files: Path, outputs: str) -> None:
    """A text file, or a table in the references' order, is read along with them."""
    assert score("whole.jsonl", "--outputs", f"s={outputs}", "--stream", "--out", "run") == 0
    assert [summary.text for summary in read_run(files / "run").summaries] == [row["systems"]["one"] for row in ROWS]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Ten times the rows take no more memory, but eight bytes each for their ids."""

    def peak(rows: int) -> int:
        file = tmp_path / f"{rows}.jsonl"
        with file.open("w") as lines:
            lines.writelines(json.dumps({**ROWS[0], "id": str(number)}) + "\n" for number in range(rows))
        tracemalloc.start()
        assert survey(Streams(parse_spec(str(file))), lambda done: None).documents == rows  # noqa: ARG005
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(5_000) - peak(500) < 4_500 * 20


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["whole.jsonl", "--outputs", "s=short.txt"], "short.txt: s has no output for document 'd1' and those after"),
        (["whole.jsonl", "--outputs", "s=long.txt"], "long.txt: s has more outputs than there are references"),
        (["whole.jsonl", "--outputs", "s=moved.jsonl"], "has an output for 'd6' where 'd0' is wanted"),
        (["whole.jsonl", "--outputs", "s=whole.jsonl"], "line 1: holds the outputs of 2 systems where one is wanted"),
        (["whole.jsonl", "--outputs", "s=gone.txt"], "gone.txt: No such file"),
        (["twice.jsonl"], "two documents have the id 'd0'"),
        (["one.jsonl"], "line 1: no reference"),
        (["one.txt"], "one.txt is no table"),
        (["whole.jsonl", "--limit", "1"], "--stream scores every row"),
        (["whole.jsonl,merge=yes"], "merge=yes does not go with it"),
        (["--references", "one.txt", "one.txt"], "--stream: name one table of references"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_written(
    files: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first reading finds it: one line, exit code 2, and no run folder."""
    assert score(*arguments, "--stream") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (files / "results").exists()


def test_a_killed_stream_is_made_by_its_own_command_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed while it scores, a stream leaves a folder that says what to do, and the same command completes it."""
    rows = (json.dumps({"id": str(n), "reference": f"Mill {n} closed.", "output": f"Mill {n}."}) for n in range(6_000))
    (tmp_path / "r.jsonl").write_text("\n".join(rows))
    out = tmp_path / "run"
    given = ["score", f"{tmp_path}/r.jsonl", "--stream", "--out", str(out)]
    process = subprocess.Popen([sys.executable, "-m", "sumbench", *given], stderr=subprocess.DEVNULL)
    while not (out / "run.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert main(["compare", f"{out}:output"]) == 2
    assert capsys.readouterr().err.endswith("the run is not finished: give its own command again\n")
    assert main([*given, "--quiet"]) == 0
    assert main(["verify", str(out)]) == 0
    assert not list(out.glob(".*.part"))


def test_documents_that_share_sources_have_no_intervals_of_single_documents(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stream cannot draw whole sources, which the table says; the run folder knows them, as that of a run does."""
    rows = [
        row | {"id": f"{copy}-{row['id']}", "document": "A text.", "source": f"book {at // 2}"}
        for copy in range(4)
        for at, row in enumerate(ROWS)
    ]
    (files / "books.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert score("books.jsonl", "--metrics", "rouge", "--stream", "--out", "stream") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no intervals: a stream cannot draw whole sources, as `sumbench compare` does from the run folder" in said
    assert "documents share 4 sources" in said
    assert "order under each of the 2 references alone" in said
    assert "interval:" not in said
    assert score("books.jsonl", "--metrics", "rouge", "--out", "whole") == 0
    assert "documents share 4 sources: intervals and tests draw whole" in " ".join(capsys.readouterr().out.split())
    assert read_run(files / "stream").manifest.corpus == read_run(files / "whole").manifest.corpus
