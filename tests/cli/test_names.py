"""Names of systems in runs: the same however often a run is made, gone on with, or scored again."""

import csv
import json
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.runs.store import read_run
from tests.generation import tiny

pytestmark = pytest.mark.usefixtures("in_process")


METRIC = '''
from dataclasses import dataclass
from typing import ClassVar
from sumbench.manifest import Direction, Value
from sumbench.metrics.summary_metric import Measured, SummaryMetric

@dataclass(frozen=True, kw_only=True)
class Wordy(SummaryMetric):
    """Its words."""
    declared: ClassVar[tuple[Value, ...]] = (Value("wordy", "Wordy", "words", decimals=0, direction=Direction.LOWER),)

    def measure(self, document, summary):
        return Measured({"wordy": len(summary.text.split())})
'''


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The spec of a tiny model in a folder of the current one."""
    monkeypatch.chdir(tmp_path)
    tiny.causal(tmp_path / "models" / "tiny")
    return "causal,model=models/tiny,max_input_tokens=64"


def run(systems: str, *more: str) -> int:
    return main(["run", "--systems", systems, "--limit", "2", "--device", "cpu", "--out", "run", "--quiet", *more])


def names() -> list[str]:
    return [entry.name for entry in read_run(Path("run")).manifest.systems]


def test_a_run_keeps_its_names(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Resumed, repeated, or with a metric more, its systems are called as before, in manifest, journal and scores."""
    systems = f"lead,{model},max_new_tokens=4,{model},max_new_tokens=6"
    called = ["lead", "tiny,max_new_tokens=4", "tiny,max_new_tokens=6"]
    assert run(systems) == 0
    journal = Path("run/summaries.jsonl").read_text()
    for again in (run, lambda *_: main(["run", "--resume", "run", "--quiet"])):
        assert again(systems) == 0
        assert names() == called
        assert Path("run/summaries.jsonl").read_text() == journal
    Path("own.py").write_text(METRIC)
    assert main(["score", "run", "--metrics", "./own.py:Wordy", "--quiet"]) == 0
    assert names() == called
    assert {json.loads(line)["system"] for line in journal.splitlines()} == set(called)
    assert set(read_run(Path("run")).scores.names("system")) >= set(called)
    capsys.readouterr()
    assert main(["compare", "run:tiny,max_new_tokens=4", "run"]) == 0
    assert "tiny,max_new_tokens=6" in capsys.readouterr().out


def test_a_run_is_not_gone_on_with_under_other_names(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A system that is called otherwise, for there is another of its model now, is refused rather than mixed up."""
    assert run(f"{model},max_new_tokens=4") == 0
    assert names() == ["tiny"]
    assert run(f"{model},max_new_tokens=4,{model},max_new_tokens=6") == 2
    assert "holds a run whose system 'tiny' is not that of this one: give --out another" in capsys.readouterr().err
    assert run(f"{model},max_new_tokens=6") == 2
    assert names() == ["tiny"]


def test_a_system_under_another_name_takes_what_was_kept(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The cache knows systems by what they are: alone or beside another, a summary is made once."""
    assert run(f"{model},max_new_tokens=4") == 0
    Path("run").rename("first")
    capsys.readouterr()
    assert run(f"{model},max_new_tokens=4,{model},max_new_tokens=6", "--dry-run", "--format", "csv") == 0
    rows = [dict(row) for row in csv.DictReader(capsys.readouterr().out.splitlines())]
    assert {row["system"]: row["reused"] for row in rows} == {
        "tiny,max_new_tokens=4": "2",
        "tiny,max_new_tokens=6": "0",
    }


def test_runs_of_one_model_under_different_options_are_compared(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is called by its model alone, so they pair, and the comparison says which option changed."""
    assert run(f"{model},max_new_tokens=4") == 0
    Path("run").rename("first")
    assert run(f"{model},max_new_tokens=6") == 0
    capsys.readouterr()
    assert main(["compare", "first", "run"]) == 0
    assert "tiny: options.max_new_tokens: 4 → 6" in capsys.readouterr().out
