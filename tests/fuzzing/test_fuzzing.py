"""Broken files and command lines end in one line: a bounded part of `python -m tests.fuzzing`."""

from pathlib import Path

import numpy as np
import pytest

from tests.fuzzing.breaking import case
from tests.fuzzing.workspace import build


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sound files."""
    home = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        build(home)
    return home


@pytest.mark.parametrize("seed", range(4))
def test_broken_input_is_one_line(whole: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No broken file and no broken command line ends in a traceback, a strange exit code, or silence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "store"))
    draw = np.random.default_rng([20261126, seed])
    faults = [case(tmp_path / "home", whole, draw) for _ in range(20)]
    assert not list(filter(None, faults))
