import sys

import pytest

from sumbench.progress import Bar
from sumbench.progress import Lines


def test_lines_say_how_many_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line has what is done, of how many, and the failures so far; without failures it says nothing of them."""
    with Lines(interval=0.0).task("lead", 4, "documents") as advance:
        advance(1)
        advance(3, 2)
    begun, one, three, done = capsys.readouterr().err.splitlines()
    assert begun == "lead: 4 documents"
    assert one.startswith("lead: 1 documents of 4 documents, 0 s")
    assert three.startswith("lead: 3 documents of 4 documents, 2 failed, 0 s")
    assert done.startswith("lead: done in ")


def test_a_bar_says_how_many_failed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The failures so far stand beside the name, and stay there when the task has ended."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    with Bar().task("lead", 4, "documents") as advance:
        advance(3, 2)
    assert "lead, 2 failed" in capsys.readouterr().err
