"""Fixtures that several rooms' tests share."""

import os
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import nullcontext
from pathlib import Path

import pytest

from sumbench.records import Document
from sumbench.systems import Context
from sumbench.weights import Store

# Before anything imports torch: tests run side by side on as many processes as there are cores, and threads that spin
# while they wait for one another would take the time of all.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No doctests in what is run by itself.
collect_ignore = ["speed", "executors/driver.py", "executors/faulty.py"]

FAULTY = Path(__file__).parent / "executors"
"""The folder of `faulty.py`, whose systems fail in every way."""

ARTICLE = """The council met on Monday. It rained all day in the valley.
The council voted for the bridge by nine to four. Work on the bridge begins in May.
A baker gave everyone bread. The bridge will cost two million."""

REFERENCES = (
    "The council voted for the bridge.\nWork begins in May and will cost two million.",
    "By nine to four the council chose to build the bridge.\nIt will cost two million.",
)


@pytest.fixture
def document() -> Document:
    """A short article of six sentences with two references."""
    return Document("bridge", ARTICLE, REFERENCES, title="A bridge")


@pytest.fixture
def write_article() -> Callable[..., Path]:
    """Return a function that writes an article folder and returns it."""

    def write(folder: Path, text: str = ARTICLE, references: tuple[str, ...] = REFERENCES, about: str = "") -> Path:
        folder.mkdir(parents=True)
        (folder / "article.txt").write_text(text, "utf-8")
        for number, reference in enumerate(references, 1):
            (folder / f"reference-{number}.txt").write_text(reference, "utf-8")
        if about:
            (folder / "about.toml").write_text(about, "utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def store() -> Store:
    """The user's own store of weights, so that what was fetched once serves every session."""
    return Store.default(quiet=True)


@pytest.fixture(scope="session")
def evaluate_offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let `evaluate` ask no network, and keep its copies of modules out of the user's cache.

    It imports them as one package, whose folder cannot change while this process lasts.
    """
    with pytest.MonkeyPatch.context() as patch:
        # While it is imported alone: what other tests start may use the network.
        with pytest.MonkeyPatch.context() as importing:
            importing.setenv("HF_EVALUATE_OFFLINE", "1")
            import evaluate

        patch.setattr(evaluate.config, "HF_MODULES_CACHE", str(tmp_path_factory.mktemp("modules")))
        patch.setattr(evaluate.config, "HF_METRICS_CACHE", tmp_path_factory.mktemp("metrics"))
        yield


@contextmanager
def systems_in_process() -> Iterator[None]:
    """Run systems in this process while the context lasts: for fixtures of more than one test."""
    from sumbench.executors.inline import InlineExecutor
    from sumbench.executors.local import LocalExecutor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalExecutor, "run", lambda _, *work: InlineExecutor().run(*work))
        yield


@pytest.fixture
def in_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run systems in this process: for tests of what they write and of what becomes of it, not of their processes.

    A test that is marked with `processes` runs them as users do.
    """
    with nullcontext() if request.node.get_closest_marker("processes") else systems_in_process():
        yield


@pytest.fixture(autouse=True)
def no_reuse_between_tests(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a summary cache of its own; weights stay where they were fetched to."""
    monkeypatch.setenv("SUMBENCH_CACHE", str(tmp_path_factory.mktemp("cache") / "summaries.sqlite"))


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and its children import `faulty`."""
    monkeypatch.syspath_prepend(str(FAULTY))
    # Behind it what was there, so that a child process takes the same tree as this one.
    monkeypatch.setenv("PYTHONPATH", str(FAULTY), prepend=os.pathsep)
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
