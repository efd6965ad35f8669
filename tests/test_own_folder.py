"""sumbench in a folder whose files are called like packages: none of them is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

TRAP = "raise RuntimeError('the current folder was imported')\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with packages `bench`, `tests`, `references` and modules `json`, `numpy`, `torch` not to be imported."""
    for name in ("bench", "tests", "references"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(TRAP, "utf-8")
    for file in ("json.py", "numpy.py", "torch.py"):
        (tmp_path / file).write_text(TRAP, "utf-8")
    return tmp_path


ARGUMENTS = ("run", "--systems", "lead,textrank", "--limit", "2", "--out", "out", "--no-cache", "--quiet")


def test_the_command_imports_nothing_of_the_current_folder(folder: Path) -> None:
    """`sumbench run` does its job in a folder that has even a `sumbench.py`, and so do its workers."""
    (folder / "sumbench.py").write_text(TRAP, "utf-8")
    command = [str(Path(sys.executable).parent / "sumbench"), *ARGUMENTS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "textrank" in done.stdout


def test_the_module_imports_nothing_of_the_current_folder(folder: Path) -> None:
    """`python -m sumbench` takes the current folder off Python's search path before it imports anything."""
    command = [sys.executable, "-m", "sumbench", *ARGUMENTS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "textrank" in done.stdout
