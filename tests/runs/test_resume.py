import csv
import io
import json
import random
import signal
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from sumbench import checksums
from sumbench.cli import main
from sumbench.errors import RunError
from sumbench.runs import journal
from sumbench.runs import manifest
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import read_run

pytestmark = pytest.mark.usefixtures("in_process")

EXECUTORS = Path(__file__).parents[1] / "executors"
TIMES = {"seconds", "started"}
KILLS = 8
JOURNAL = 9000
"""The bytes of the journal over which the kills are spread; `python -m tests.fuzzing.kills` makes more of them."""


def start(run: Path, pause: float, *, cache: bool = False, here: bool = False) -> BaseProcess:
    import driver  # type: ignore[import-not-found] # its folder is on the path of every test

    process: BaseProcess = driver.started(run, pause, cache=cache, here=here)
    return process


def finish(run: Path, *, here: bool = False) -> None:
    process = start(run, 0, here=here)
    process.join(60)
    assert process.exitcode == 0


def kill(process: BaseProcess) -> None:
    process.kill()
    process.join()


def await_journal(run: Path, process: BaseProcess, size: int = 1) -> None:
    """Wait until the journal has so many bytes, or the process has ended."""
    file = run / journal.FILE
    deadline = time.monotonic() + 60
    while process.is_alive() and not (file.exists() and file.stat().st_size >= size):
        assert time.monotonic() < deadline
        time.sleep(0.001)


def results(run: Path) -> tuple[list[dict[str, object]], object]:
    """Return everything of a run that must not depend on its history: summaries without times, and scores."""
    lines = [json.loads(line) for line in (run / journal.FILE).read_text().splitlines()]
    return [{key: line[key] for key in line.keys() - TIMES} for line in lines], read_run(run).scores


def timeless(table: str) -> list[dict[str, str]]:
    """Return a table in csv without the time that a document took."""
    return [{key: cell for key, cell in row.items() if key != "seconds"} for row in csv.DictReader(io.StringIO(table))]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An uninterrupted run."""
    run = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXECUTORS))
        finish(run, here=True)
    return run


@pytest.mark.parametrize("point", range(KILLS))
def test_a_run_killed_anywhere_goes_on_to_the_same_result(tmp_path: Path, whole: Path, point: int) -> None:
    """After a kill -9 at a random point the same command again gives what an uninterrupted run gives."""
    run = tmp_path / "run"
    draw = random.Random(point)  # noqa: S311 - a kill at random
    size = draw.randrange(JOURNAL * point // KILLS, JOURNAL * (point + 1) // KILLS)
    process = start(run, 0.02, here=True)
    await_journal(run, process, size)
    kill(process)
    file = run / journal.FILE
    if draw.random() < 0.5 and file.exists():
        torn = file.read_bytes()
        file.write_bytes(torn[: len(torn) - draw.randrange(1, 40)] if len(torn) > 40 else b"")
    finish(run, here=True)
    assert results(run) == results(whole)
    assert {entry.name for entry in run.iterdir()} == {entry.name for entry in whole.iterdir()}


def test_a_killed_run_leaves_no_worker_behind(tmp_path: Path) -> None:
    """When the run is killed its system's process ends by itself."""
    import psutil

    process = start(tmp_path / "run", 5)
    await_journal(tmp_path / "run", process, 1000)
    slow = psutil.Process(process.pid).children()
    kill(process)
    _, alive = psutil.wait_procs(slow, timeout=10)
    assert slow
    assert not alive


def test_ctrl_c_stops_at_once_and_says_how_to_go_on(tmp_path: Path) -> None:
    """An interrupt ends the run within two seconds, with what was done kept."""
    run = tmp_path / "run"
    arguments = ["run", "--systems", "random,kl", "--limit", "12", "--out", str(run), "--no-cache", "--quiet"]
    # Tests started in the background of a script ignore interrupts, and what they start would, too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen([sys.executable, "-m", "sumbench", *arguments], stderr=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (
        (run / journal.FILE).exists() and len(journal.read_journal(run / journal.FILE)) > 12
    ):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stopped = time.monotonic()
    _, err = process.communicate(timeout=30)
    assert time.monotonic() - stopped < 2
    assert process.returncode == 130
    assert f"sumbench run --resume {run}" in err.decode()
    assert len(journal.read_journal(run / journal.FILE)) > 12


def test_resume_goes_on_as_it_was_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--resume needs nothing but the folder: corpus, systems, limit and seed are those of the run."""
    run = tmp_path / "run"
    arguments = ["run", "--systems", "random,lead", "--limit", "2", "--seed", "5", "--out", str(run), "--quiet"]
    assert main(arguments) == 0
    table = capsys.readouterr().out
    file = run / journal.FILE
    file.write_bytes(file.read_bytes()[:-30])
    (run / "scores.parquet").unlink()
    assert main(["run", "--resume", str(run), "--quiet"]) == 0
    assert capsys.readouterr().out == table
    assert len(journal.read_journal(file)) == 4


def test_a_system_added_to_a_finished_run_runs_alone(tmp_path: Path) -> None:
    """The same folder with one system more keeps what is there, with the telemetry of its making."""
    run = tmp_path / "run"
    base = ["run", "--limit", "2", "--out", str(run), "--quiet", "--no-cache"]
    assert main([*base, "--systems", "random,lead"]) == 0
    before = journal.read_journal(run / journal.FILE)
    made = read_run(run).manifest.systems
    assert main([*base, "--systems", "random,lead,luhn"]) == 0
    after = journal.read_journal(run / journal.FILE)
    assert after[:4] == before
    assert {summary.system for summary in after[4:]} == {"luhn"}
    now = read_run(run).manifest.systems
    assert now[:2] == made
    assert [entry.telemetry.reused for entry in now if entry.telemetry] == [0, 0, 0]


def test_a_complete_run_given_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every file of the run stays as it is, byte for byte, and it is said that the summaries are reused."""
    run = tmp_path / "run"
    arguments = ["run", "--systems", "random,luhn", "--limit", "2", "--out", str(run), "--no-cache"]
    assert main(arguments) == 0
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    time.sleep(1.1)
    assert main(arguments) == 0
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before
    assert "[2/2] luhn: reused\n" in capsys.readouterr().err


def test_a_run_killed_between_systems_keeps_what_the_first_took(tmp_path: Path) -> None:
    """The telemetry of a system that had ended before the kill is that of its making."""
    run = tmp_path / "run"
    process = start(run, 0.2)
    while len(journal.read_journal(run / journal.FILE)) <= 12:
        await_journal(run, process)
        time.sleep(0.01)
    kill(process)
    took = manifest.read_manifest(run / MANIFEST).systems[0].telemetry
    assert took is not None
    assert took.memory
    finish(run)
    first, slow, *_ = read_run(run).manifest.systems
    assert first.telemetry == took
    assert slow.telemetry is not None
    assert 1 <= slow.telemetry.reused < 12


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["--seed", "1"], "seed 0"),
        (["--limit", "1"], "corpus 'references'"),
        (["--systems", "lead"], "system 'random'"),
    ],
)
def test_another_run_in_the_same_folder_is_refused(
    tmp_path: Path, change: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed setting never silently reuses or overwrites old answers."""
    run = tmp_path / "run"
    arguments = ["run", "--systems", "random,lead", "--limit", "2", "--out", str(run), "--quiet"]
    assert main(arguments) == 0
    before = (run / journal.FILE).read_bytes()
    assert main([*arguments, *change]) == 2
    assert f"holds a run whose {says} is not that of this one" in capsys.readouterr().err
    assert (run / journal.FILE).read_bytes() == before


def test_another_run_reuses_summaries_of_equal_fingerprint_only(tmp_path: Path) -> None:
    """The cache serves a second run in another folder; another seed changes what `random` wrote and nothing else."""
    for name, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        arguments = ["--systems", "random,luhn", "--limit", "2", "--seed", seed, "--out", str(tmp_path / name)]
        assert main(["run", *arguments, "--quiet"]) == 0

    def reused(name: str) -> list[int]:
        return [entry.telemetry.reused for entry in read_run(tmp_path / name).manifest.systems if entry.telemetry]

    assert (reused("a"), reused("b"), reused("c")) == ([0, 0], [2, 2], [0, 2])


def test_two_processes_cannot_write_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second of two runs in one folder is refused while the first is at work."""
    run = tmp_path / "run"
    process = start(run, 1)
    await_journal(run, process, 0)
    assert main(["run", "--systems", "random", "--out", str(run), "--quiet"]) == 2
    kill(process)
    assert "another process is writing this run" in capsys.readouterr().err


def test_two_runs_share_one_cache_at_once(tmp_path: Path, whole: Path) -> None:
    """Two processes running the same systems side by side both come out right."""
    processes = [start(tmp_path / name, 0.01, cache=True, here=True) for name in "ab"]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert results(tmp_path / "a") == results(tmp_path / "b") == results(whole)


def test_a_foreign_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds no run is not written to."""
    (tmp_path / "thesis.txt").write_text("mine")
    assert main(["run", "--systems", "lead", "--limit", "1", "--out", str(tmp_path), "--quiet"]) == 2
    assert "holds no run" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_poisoned_journal_does_not_stop_the_resume(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A line that holds no summary is set aside with a warning, its summary is made anew, the others are kept."""
    run = tmp_path / "run"
    how = ["--quiet", "--no-cache", "--format", "csv"]
    assert main(["run", "--systems", "random,lead", "--limit", "2", "--out", str(run), *how]) == 0
    table = timeless(capsys.readouterr().out)
    file = run / journal.FILE
    lines = file.read_bytes().splitlines(keepends=True)
    poison = b'{"document": "01", "system": 7}\n'
    file.write_bytes(b"".join((lines[0], poison, *lines[2:])))
    assert main(["compare", f"{run}:lead", f"{run}:random", "--moved", "1"]) == 2
    assert "summaries.jsonl: was changed after the run was finished" in capsys.readouterr().err
    (run / checksums.FILE).unlink()
    assert main(["compare", f"{run}:lead", f"{run}:random", "--moved", "1"]) == 2
    assert "line 2: no summary: system: expected a text, got a whole number" in capsys.readouterr().err
    assert main(["run", "--resume", str(run), *how]) == 0
    assert timeless(capsys.readouterr().out) == table
    assert "line 2: system: expected a text, got a whole number: set aside in summaries.jsonl.bad" in caplog.text
    again = file.read_bytes().splitlines(keepends=True)
    assert (again[0], again[2:], len(again)) == (lines[0], lines[2:], 4)
    assert (run / journal.BAD).read_bytes() == poison


def test_a_run_without_texts_stays_one(tmp_path: Path) -> None:
    """--no-texts is a part of what was asked for: a resumed run keeps the texts out as well."""
    run = tmp_path / "run"
    arguments = ["run", "--systems", "random", "--limit", "2", "--out", str(run), "--quiet", "--no-cache", "--no-texts"]
    assert main(arguments) == 0
    (run / "documents.parquet").unlink()
    assert main(["run", "--resume", str(run), "--quiet", "--no-cache"]) == 0
    resumed = read_run(run)
    assert not resumed.manifest.texts
    assert len(resumed.ids) == len(resumed.summaries) == 2
    with pytest.raises(RunError, match="holds no texts"):
        _ = resumed.documents


def test_a_request_that_is_damaged_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What run.json says was asked for is checked before it is done again."""
    run = tmp_path / "run"
    assert main(["run", "--systems", "random", "--limit", "2", "--out", str(run), "--quiet", "--no-cache"]) == 0
    content = json.loads((run / MANIFEST).read_text())
    for key, value, says in (
        ("limit", "two", "limit: expected a whole number or null"),
        ("colour", 1, "colour: no such"),
    ):
        (run / MANIFEST).write_text(json.dumps({**content, "request": {**content["request"], key: value}}))
        capsys.readouterr()
        assert main(["run", "--resume", str(run), "--quiet"]) == 2
        assert f"run.json: request: {says}" in capsys.readouterr().err
