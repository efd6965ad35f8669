"""The lines that say what to do after a run: what they name works, and there are none where nothing is asked for."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.cli import main

pytestmark = pytest.mark.usefixtures("in_process")


Write = Callable[..., Path]

COUNT = '''
from dataclasses import dataclass
from pathlib import Path
from sumbench.systems.described import Described, Draft, one_by_one

@dataclass(frozen=True, kw_only=True)
class Moody(Described):
    """Fails while there is a file `bad`."""

    def load(self, context):
        return one_by_one(self.name, self._write)

    def _write(self, document):
        if Path("bad").exists():
            raise ValueError("not today")
        return Draft("A word.", 1, 1, 1)
'''


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the commands of the lines that begin with `next:`, each of which says after # what it is for."""
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("next: ")]
    assert all(re.fullmatch(r"next: \S.*\S   # \w.*\w", line) for line in lines)
    return [line.removeprefix("next: ").partition("   # ")[0] for line in lines]


def carry_out(command: str) -> int:
    words = shlex.split(command)
    assert words[0] == "sumbench"
    return main(words[1:])


def test_a_run_ends_with_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Each system against lead, and a breakdown: both commands work as they stand, whatever the folder is called."""
    assert main(["run", "--systems", "textrank,lead", "--limit", "4", "--out", "my run"]) == 0
    named = steps(capsys)
    assert named == ["sumbench compare 'my run:lead' 'my run'", "sumbench compare 'my run' --by length"]
    assert [carry_out(command) for command in named] == [0, 0]
    shown = capsys.readouterr().out
    assert "textrank" in shown
    assert "words" in shown


def test_without_lead_the_first_system_is_compared_with(capsys: pytest.CaptureFixture[str]) -> None:
    """What is not in the run is not named; one system alone has nothing to be compared with."""
    assert main(["run", "--systems", "luhn,textrank", "--limit", "2", "--out", "run"]) == 0
    assert steps(capsys) == ["sumbench compare run:luhn run"]
    assert main(["run", "--systems", "luhn", "--limit", "3", "--out", "one"]) == 0
    assert steps(capsys) == ["sumbench compare one --by length"]
    assert main(["run", "--systems", "luhn", "--limit", "3", "--no-texts", "--out", "bare"]) == 0
    assert steps(capsys) == []


@pytest.mark.processes
def test_what_failed_is_mended_by_the_command_that_is_named(
    here: Path, write_article: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that can be resumed names that; the failed summaries are made again, and the others are not."""
    write_article(here / "mine" / "a")
    write_article(here / "mine" / "b", text="One.\nTwo.\nThree.\nFour.")
    arguments = ["run", "--corpus", "mine", "--systems", "lead,kl", "--no-cache", "--out", "run"]
    assert main([*arguments, "--timeout", "0.000001"]) == 3
    mend, *others = steps(capsys)
    assert mend == "sumbench run --resume run"
    assert others == ["sumbench compare run:lead run"]
    assert carry_out(mend) == 0
    lines = [json.loads(line) for line in Path("run/summaries.jsonl").read_text().splitlines()]
    assert all(line["error"] is None for line in lines)
    assert mend not in steps(capsys)


def test_a_run_with_code_of_ones_own_is_mended_by_its_own_command(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--resume would not run the code, so that it is not what is named."""
    (here / "own.py").write_text(COUNT)
    (here / "bad").touch()
    arguments = ["run", "--systems", "lead,./own.py:Moody", "--limit", "2", "--out", "run"]
    assert main(arguments) == 3
    assert steps(capsys)[0] == "the same command again, with --out run"
    (here / "bad").unlink()
    assert main(arguments) == 0


def test_several_runs_of_a_suite_end_with_one_set_of_lines(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are about the last run, and stand behind all tables."""
    for name in ("first", "second"):
        (here / f"{name}.jsonl").write_text('{"document": "One. Two. Three.", "summary": "One."}\n')
    tasks = "".join(f'[[tasks]]\ncorpus = "{name}.jsonl"\n' for name in ("first", "second"))
    (here / "both.toml").write_text(f'systems = ["lead", "random"]\n{tasks}')
    assert main(["run", "both.toml", "--out", "runs"]) == 0
    assert steps(capsys) == ["sumbench compare runs/second.jsonl:lead runs/second.jsonl"]


def test_scored_outputs_end_with_what_to_do_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So does a run that was scored again; outputs have no documents' texts, and no breakdown by their length."""
    rows = [{"id": str(n), "reference": f"Word {n}.", "systems": {"a": "Word.", "b": f"{n}."}} for n in range(4)]
    (here / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for more in ([], ["--stream"]):
        out = "-".join(["run", *more])
        assert main(["score", "outputs.jsonl", "--out", out, *more]) == 0
        (command,) = steps(capsys)
        assert command == f"sumbench compare {out}:a {out}"
        assert carry_out(command) == 0
    assert main(["score", "run", "--metrics", "rouge,types=rouge3"]) == 0
    assert steps(capsys) == ["sumbench compare run:a run"]


def test_quiet_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """--quiet prints the table and nothing else."""
    assert main(["run", "--systems", "lead,luhn", "--limit", "4", "--out", "run", "--quiet"]) == 0
    assert main(["score", "run", "--metrics", "rouge,types=rouge3", "--quiet"]) == 0
    assert capsys.readouterr().err == ""
