"""The lock of a run folder: one writer at a time, whoever comes and goes; and new folders that are nobody else's."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sumbench.errors import RunError
from sumbench.jobs.plan import new_folder
from sumbench.runs.store import LOCK
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import SUMMARIES
from sumbench.runs.store import RunFolder


def test_no_two_processes_hold_a_run(tmp_path: Path) -> None:
    """Three processes that claim one folder again and again never hold it together."""
    (tmp_path / LOCK).touch()
    command = [sys.executable, "-m", "tests.runs.claims", str(tmp_path), "300"]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [worker.communicate(timeout=60)[0] for worker in workers] == ["300 0\n"] * 3


def test_a_waiting_process_does_not_hold_a_lock_that_is_gone(tmp_path: Path) -> None:
    """A process that had opened the lock's file before another one released it excludes a third one."""
    import fcntl

    with RunFolder(tmp_path).claimed():
        early = os.open(tmp_path / LOCK, os.O_RDWR)
    fcntl.flock(early, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        with pytest.raises(RunError, match="another process is writing"), RunFolder(tmp_path).claimed():
            pass
    finally:
        os.close(early)


@pytest.mark.parametrize("name", [MANIFEST, SUMMARIES, LOCK])
@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_strange_files_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    """A pipe, a link or a folder by the name of one of a run's files is refused, and what the link names stays."""
    folder, target = tmp_path / "run", tmp_path / "target"
    target.write_text("mine")
    folder.mkdir()
    (folder / LOCK).touch()
    (folder / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "link":
        (folder / name).symlink_to(target)
    else:
        (folder / name).mkdir()
    refused = pytest.raises(RunError, match=rf"{name}: is a {kind}, where a run has a plain file")
    with refused, RunFolder(folder).claimed():
        pass
    assert target.read_text() == "mine"
    assert kind != "pipe" or stat.S_ISFIFO((folder / name).lstat().st_mode)


def test_new_runs_have_folders_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that begin within one second get different folders, each there at once."""
    monkeypatch.chdir(tmp_path)
    folders = [new_folder("news", "default") for _ in range(5)]
    assert len(set(folders)) == 5
    assert all(folder.is_dir() for folder in folders)
