"""What is made of a model: processes killed at it, sources that change."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sumbench.errors import WeightsError
from sumbench.weights import Store
from sumbench.weights.derived import derived_folder

SLOW = """
import sys, time
from pathlib import Path
from sumbench.weights import Store
from sumbench.weights.derived import derived_folder

def make(made):
    made.mkdir()
    (made / "half").write_text("of it")
    print("stalled", flush=True)
    time.sleep(600)

derived_folder(Store(Path(sys.argv[1])), sys.argv[2], "small", "by hand", make)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def whole(made: Path) -> None:
    """Make something at once."""
    made.mkdir()
    (made / "all").write_text(f"of it, {time.monotonic_ns()}")


def test_a_killed_process_leaves_nothing_half_made(tmp_path: Path, model: Path) -> None:
    """What it was making is not there; the next one makes it whole and cleans up."""
    store = Store(tmp_path / "store")
    command = [sys.executable, "-c", SLOW, str(store.home), str(model)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"stalled\n"
        child.send_signal(signal.SIGKILL)
    assert store.names() == []
    place = derived_folder(store, str(model), "small", "by hand", whole)
    assert [file.name for file in sorted(place.iterdir())] == ["all", "sumbench.json"]
    assert list((store.home / "incoming").rglob("*")) == []


def test_it_is_made_anew_when_its_source_or_its_making_changes(tmp_path: Path, model: Path) -> None:
    """A changed folder of the user's own has another place; another way of making takes the old one's."""
    store = Store(tmp_path / "store")
    first = derived_folder(store, str(model), "small", "by hand", whole)
    text = (first / "all").read_text()
    assert derived_folder(store, str(model), "small", "by hand", whole) == first
    assert (first / "all").read_text() == text
    assert derived_folder(store, str(model), "small", "by machine", whole) == first
    assert (first / "all").read_text() != text
    (model / "model.safetensors").write_bytes(b"others")
    assert derived_folder(store, str(model), "small", "by hand", whole) != first


def test_it_is_verified_but_never_fetched(tmp_path: Path, model: Path) -> None:
    """A changed file is found; the error says that the next run makes it again."""
    store = Store(tmp_path / "store")
    place = derived_folder(store, str(model), "small", "by hand", whole)
    store.verify(place.name)
    (place / "all").write_text("else")
    with pytest.raises(WeightsError, match=r"has changed .* the next run makes them again"):
        store.verify(place.name)
    with pytest.raises(WeightsError, match="is not fetched: it is made of another model"):
        store.pull(place.name)
