"""What the tests of runs share: faulty systems that child processes can import, and documents for them."""

import os
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.records import Document
from bench.systems import Context
from bench.weights import Store

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and its children import `faulty`."""
    monkeypatch.syspath_prepend(str(HERE))
    # Behind it what was there, so that a child process takes the same tree as this one.
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
    sys.modules.pop("faulty", None)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A context whose store is empty and offline."""
    return Context(0, Store(tmp_path / "store", offline=True))


@pytest.fixture
def documents() -> Callable[..., tuple[Document, ...]]:
    """Return a function that makes documents of these texts, the first with the id a, the second b, and so on."""
    return lambda *texts: tuple(Document(chr(97 + i), text, ("a reference",)) for i, text in enumerate(texts))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 kB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", str(place)], check=True)
