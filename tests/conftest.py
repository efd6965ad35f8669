"""Fixtures that several rooms' tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.records import Document
from bench.weights import Store

# No doctests in what is run by itself.
collect_ignore = ["speed", "runs/driver.py", "runs/faulty.py"]

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


@pytest.fixture(autouse=True)
def no_reuse_between_tests(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a summary cache of its own; weights stay where they were fetched to."""
    monkeypatch.setenv("SUMBENCH_CACHE", str(tmp_path_factory.mktemp("cache") / "summaries.sqlite"))
