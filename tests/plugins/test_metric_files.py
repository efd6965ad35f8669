"""A metric of a user's own file, where lower is better and with details, from the command line to the table."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sumbench.runs.store import read_run
from tests.plugins.conftest import Sumbench
from tests.plugins.conftest import refused

pytestmark = pytest.mark.usefixtures("in_process")


OWN = '''
"""Metrics of my own."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sumbench import Document
from sumbench import Summary
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import Needs
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric


@dataclass(frozen=True, kw_only=True)
class Wordy(SummaryMetric):
    """How many words a summary has beyond `most`."""

    declared: ClassVar[tuple[Value, ...]] = (
        Value("wordy", "Wordy", "words", decimals=1, direction=Direction.LOWER),
    )
    needs: ClassVar[Needs] = Needs(references=False)
    most: int = 20

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Count them, and say which they are."""
        beyond = summary.text.split()[self.most :]
        return Measured({"wordy": len(beyond)}, {"wordy": {"beyond": beyond[:3], "of": len(beyond)}})


@dataclass(frozen=True, kw_only=True)
class Dear(Wordy):
    """The same at a price: each call is written down, and the fortieth takes long while there is a file `hold`."""

    declared: ClassVar[tuple[Value, ...]] = (
        Value("dear", "Dear", "words", decimals=1, direction=Direction.LOWER),
    )
    costly: ClassVar[bool] = True

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Be slow."""
        with Path("calls").open("a") as calls:
            calls.write(f"{document.id} {summary.system}\\n")
        if Path("hold").exists() and len(Path("calls").read_text().splitlines()) == 40:
            time.sleep(60)
        return Measured({"dear": len(summary.text.split())}, {"dear": {"read": summary.text[:9]}})
'''

SYSTEMS = ("run", "--systems", "textrank,luhn,sumbasic,lead", "--limit", "12", "--quiet")
WORDY = (*SYSTEMS, "--metrics", "./own.py:Wordy,most=30")


@pytest.fixture
def sumbench(command: Sumbench) -> Sumbench:
    """Return what carries out commands in this process: what they say and write is the same."""
    return command


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The file of metrics."""
    file = tmp_path / "own.py"
    file.write_text(OWN)
    return file


@pytest.mark.usefixtures("own")
def test_it_ranks_and_is_shown_in_every_format(sumbench: Sumbench, tmp_path: Path) -> None:
    """The lowest stands first and is bold, the table says which way is better, and details say of each summary why."""
    shown = {}
    for name in ("terminal", "markdown", "csv", "json"):
        done = sumbench(*WORDY, "--out", "out", "--format", name)
        assert (done.returncode, done.stderr) == (0, "")
        shown[name] = done.stdout
    lines = [line for line in shown["markdown"].splitlines() if line.startswith("| ")]
    ranked = [line.split("|")[1:3] for line in lines if line.split()[1] in {"textrank", "luhn", "sumbasic"}]
    assert [name.strip() for name, _ in ranked] == ["sumbasic", "luhn", "textrank"]
    assert ["**" in score for _, score in ranked] == [True, False, False]
    assert "Wordy" in shown["terminal"]
    assert "scores are mean words over the documents, lower is better" in shown["terminal"]
    rows = list(csv.DictReader(io.StringIO(shown["csv"])))
    means = {row["system"]: float(row["wordy"]) for row in rows}
    assert means["sumbasic"] < means["luhn"] < means["textrank"]
    content = json.loads(shown["json"])
    assert content["origin"]["metrics"] == {"wordy": "./own.py:Wordy"}
    signature = content["origin"]["signatures"]["wordy"]
    assert signature.startswith("wordy|own.py:Wordy|code:")
    assert signature.endswith("|most:30|v:1")
    made = read_run(tmp_path / "out")
    assert len(made.details) == 48
    texts = {(summary.system, summary.document): summary.text for summary in made.summaries}
    assert all(
        detail.content["of"] == max(0, len(texts[detail.system, detail.document].split()) - 30)
        for detail in made.details
    )
    assert made.manifest.ranked_by == "wordy"


@pytest.mark.usefixtures("own")
def test_it_gates(sumbench: Sumbench) -> None:
    """More words are worse: the gate closes on the wordier system alone, and a limit is the most that is let pass."""
    assert sumbench(*WORDY, "--out", "out").returncode == 0
    worse = sumbench("compare", "out:sumbasic", "out:textrank", "--fail-if-worse", "wordy")
    better = sumbench("compare", "out:textrank", "out:sumbasic", "--fail-if-worse", "wordy")
    over = sumbench("compare", "out:sumbasic", "out:textrank", "--fail-under", "wordy=40")
    under = sumbench("compare", "out:textrank", "out:sumbasic", "--fail-under", "wordy=40")
    assert [done.returncode for done in (worse, better, over, under)] == [1, 0, 1, 0]
    assert "differences new − base" in worse.stdout
    assert "lower is better" in worse.stdout


def _killed_at_the_fortieth_call(folder: Path, *arguments: str) -> None:
    """Run a command, and kill it outright while the costly metric is at its fortieth summary."""
    (folder / "hold").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "sumbench", *arguments],
        cwd=folder,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 50
    while len(_calls(folder)) < 40:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    (folder / "hold").unlink()


def _calls(folder: Path) -> list[str]:
    file = folder / "calls"
    return file.read_text().splitlines() if file.exists() else []


def _dear(folder: Path) -> dict[tuple[str, str], float]:
    return {(score.system, score.document): score.value for score in read_run(folder).scores if score.metric == "dear"}


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("added", [False, True], ids=["run", "score"])
def test_a_costly_one_goes_on_after_a_kill(sumbench: Sumbench, tmp_path: Path, *, added: bool) -> None:
    """What was scored before `kill -9` is in the journal: the same command again scores the rest alone."""
    command: tuple[str, ...] = (*SYSTEMS, "--metrics", "./own.py:Dear", "--out", "out", "--no-cache")
    if added:
        assert sumbench(*SYSTEMS, "--metrics", "rouge", "--out", "out").returncode == 0
        command = ("score", "out", "--metrics", "./own.py:Dear", "--quiet")
    _killed_at_the_fortieth_call(tmp_path, *command)
    assert sumbench("compare", "out:lead", "out:textrank").returncode == (0 if added else 2)
    done = sumbench(*command)
    assert (done.returncode, done.stderr) == (0, "")
    calls = _calls(tmp_path)
    assert len(set(calls)) == 48
    assert len(calls) == 40 + 48 - 32, "two thirds were journalled before the kill, and no more is scored twice"
    assert len(_dear(tmp_path / "out")) == 48
    assert len([detail for detail in read_run(tmp_path / "out").details if detail.metric == "dear"]) == 48
    assert not (tmp_path / "out" / "scores.jsonl").exists()


@pytest.mark.usefixtures("own")
def test_it_is_added_to_a_finished_run(sumbench: Sumbench, tmp_path: Path) -> None:
    """What the run had stays, the metric's column comes behind it, and from then on it is part of the run."""
    assert sumbench(*SYSTEMS, "--metrics", "rouge", "--out", "out").returncode == 0
    before = read_run(tmp_path / "out")
    done = sumbench("score", "out", "--metrics", "./own.py:Wordy", "--format", "csv", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    row = next(csv.DictReader(io.StringIO(done.stdout)))
    assert {"rouge2", "wordy", "wordy_low"} <= row.keys()
    after = read_run(tmp_path / "out")
    assert list(after.summaries) == list(before.summaries)
    assert [score for score in after.scores if score.metric != "wordy"] == list(before.scores)
    assert {detail.metric for detail in after.details} == {"wordy"}
    assert len((tmp_path / "out" / "details.jsonl").read_text().splitlines()) == 48
    line = refused(sumbench(*SYSTEMS, "--metrics", "rouge", "--out", "out"))
    assert "out: has scores in wordy, which this run does not make: give --out another folder" in line
    assert sumbench(*SYSTEMS, "--metrics", "rouge,./own.py:Wordy", "--out", "out").returncode == 0
    assert read_run(tmp_path / "out").scores == after.scores
    assert "ran code of ./own.py:Wordy" in refused(sumbench("run", "--resume", "out"))


def test_what_is_kept_is_of_the_file_as_it_was(sumbench: Sumbench, own: Path, tmp_path: Path) -> None:
    """Costly scores are reused from run to run, but not once the metric's file has changed."""
    command = (*SYSTEMS, "--metrics", "./own.py:Dear", "--limit", "2", "--out")
    assert sumbench(*command, "one").returncode == 0
    assert sumbench(*command, "two").returncode == 0
    assert len(_calls(tmp_path)) == 8
    assert read_run(tmp_path / "two").details == read_run(tmp_path / "one").details
    own.write_text(OWN.replace('{"dear": len(summary.text.split())}', '{"dear": len(summary.text)}'))
    assert sumbench(*command, "three").returncode == 0
    assert len(_calls(tmp_path)) == 16
    assert _dear(tmp_path / "three") != _dear(tmp_path / "one")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("len(beyond)}, {", "float('nan')}, {"), "wordy is nan, which is no score"),
        (('{"wordy": len(beyond)}', '{"words": len(beyond)}'), "KeyError: 'wordy'"),
        (
            (
                "    def measure(",
                "    def load(self, context):\n        raise OSError('no server')\n\n    def measure(",
            ),
            "",
        ),
    ],
    ids=["nan", "raising", "unloadable"],
)
def test_one_that_fails_costs_the_run_nothing_else(
    sumbench: Sumbench, own: Path, tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    """The other metric's scores stand, exit code 3 tells of the failure, and the table says the reason."""
    own.write_text(OWN.replace(*change))
    done = sumbench(*SYSTEMS, "--limit", "2", "--metrics", "rouge,./own.py:Wordy", "--out", "out")
    assert (done.returncode, done.stderr) == (3, "")
    assert "ROUGE-2" in done.stdout
    assert (says or "OSError: no server") in done.stdout
    record: dict[str, Any] = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["finished"]
    assert [entry["error"] for entry in record["metrics"]] == [None, None if says else "OSError: no server"]
