"""The notebook runs, and shows what it has kept."""

from pathlib import Path

import pytest

from tests.docs.execution import executed
from tests.docs.execution import printed
from tests.docs.notebooks import kept

pytest.importorskip("nbclient", reason="running notebooks needs nbclient, which the extra `test` installs")


def test_the_notebook_shows_what_it_has_kept(tmp_path: Path) -> None:
    """Run in a kernel, each cell prints what the file has, but those that are tagged as timed."""
    shown = [printed(cell) for cell in kept().cells]
    made = executed(tmp_path).cells
    assert [printed(cell) for cell in made] == shown
    assert sum(map(bool, shown)) >= 5
    assert (tmp_path / "results" / "notebook" / "report.html").exists()
