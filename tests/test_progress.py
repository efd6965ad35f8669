import re
import sys
import time

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


def test_lines_say_what_was_reused(capsys: pytest.CaptureFixture[str]) -> None:
    """What was there took no time: it is said as such, and the time left follows from the rest alone."""
    with Lines(interval=0.0).task("lead", 4, "documents") as advance:
        advance(2, reused=2)
        time.sleep(0.6)
        advance(3, reused=2)
    begun, kept, made, done = capsys.readouterr().err.splitlines()
    assert begun == "lead: 4 documents"
    assert kept == "lead: 2 documents of 4 documents, 2 reused, 0 s"
    assert made == "lead: 3 documents of 4 documents, 2 reused, 1 s, about 1 s left"
    assert re.fullmatch(r"lead: done in 0\.\d s, 2 reused", done)


def test_what_was_reused_as_a_whole_has_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said to be reused, and nothing of a rate or a time."""
    with Lines().task("lead", 4, "documents") as advance:
        advance(4, reused=4)
    assert capsys.readouterr().err.splitlines() == ["lead: 4 documents", "lead: reused"]


@pytest.mark.parametrize(
    ("done", "shows", "hides"), [(4, "reused", "documents/min"), (3, "documents/min, 2 reused", "4 reused")]
)
def test_a_bar_says_reused_in_place_of_a_rate(
    done: int, shows: str, hides: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar that is full of what was there shows no rate; one with more shows that of the rest, and what was there."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    with Bar().task("lead", 4, "documents") as advance:
        reused = 4 if done == 4 else 2
        advance(reused, reused=reused)
        advance(done, reused=reused)
    shown = capsys.readouterr().err
    assert shows in shown
    assert hides not in shown
