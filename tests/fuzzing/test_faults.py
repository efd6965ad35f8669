"""A failing system call is one line and leaves a sound folder: a part of `python -m tests.fuzzing.faults`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing.faults import UNTRACEABLE

ROOT = Path(__file__).parents[2]


def test_a_failing_system_call_is_one_line_and_costs_nothing() -> None:
    """Whichever call of a command fails, it ends with 0, 2 or 3 and one line, and is completed when given again."""
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing.faults", "--cases", "12", "--seed", "20261127"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == UNTRACEABLE:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("(INJECTED): exit code") >= 10
