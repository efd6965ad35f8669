import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.errors import RunError
from sumbench.records import Summary
from sumbench.runs import journal
from sumbench.runs.journal import Journal
from sumbench.runs.lines import lines_codec
from sumbench.runs.summary_index import StoredSummaries
from sumbench.runs.summary_index import SummaryIndex

ONE = Summary("a", "s", "Text — «1».\nTwo", 10, 5, 3, 0.25)
TWO = Summary("b", "s", "", None, None, 0, None, error="broke")


def put_in_order(file: Path, *documents: str) -> None:
    """Put a journal into the order of these documents, as a run does at its end."""
    places = {document: place for place, document in enumerate(documents)}
    index = SummaryIndex(file, "s", places)
    for _, offset, text in journal.numbered_lines(file):
        index.add(lines_codec(Summary).read(text), offset)
    StoredSummaries([index]).put_in_order(file)


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    """Summaries come back as they were, in order, whatever their characters."""
    file = tmp_path / "j.jsonl"
    with Journal(file) as lines:
        lines.append(ONE)
        lines.append(TWO)
    assert journal.read_journal(file) == [ONE, TWO]


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_a_torn_last_line_is_cut_off_and_written_anew(tmp_path: Path, cut: int) -> None:
    """A line of which the end is missing does not count, and the next one begins on a line of its own."""
    file = tmp_path / "j.jsonl"
    with Journal(file) as lines:
        lines.append(TWO)
        lines.append(ONE)
    file.write_bytes(file.read_bytes()[:-cut])
    assert journal.read_journal(file) == [TWO]
    with Journal(file) as lines:
        lines.append(ONE)
    assert journal.read_journal(file) == [TWO, ONE]


def test_damage_in_the_middle_is_named_by_its_line(tmp_path: Path) -> None:
    """Only the last line may be torn; any other that is no summary is damage."""
    file = tmp_path / "j.jsonl"
    file.write_bytes(journal.line(ONE) + b'{"document"\n' + journal.line(TWO))
    with pytest.raises(RunError, match="line 2: no summary"):
        journal.read_journal(file)


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    """A run that has not begun has no summaries."""
    assert journal.read_journal(tmp_path / "none.jsonl") == []


def test_rewriting_puts_summaries_in_order(tmp_path: Path) -> None:
    """The final journal holds the last summary of each document, in order, and nothing is left beside it."""
    file = tmp_path / "j.jsonl"
    with Journal(file) as lines:
        lines.extend([replace(ONE, text="old"), ONE, TWO])
    put_in_order(file, "b", "a")
    assert journal.read_journal(file) == [TWO, ONE]
    assert list(tmp_path.iterdir()) == [file]


def test_a_small_disk_is_a_clear_error_and_leaves_whole_lines(small_disk: Path) -> None:
    """What fitted is intact and can be gone on with."""
    file = small_disk / "j.jsonl"
    lines = Journal(file)

    def fill() -> None:
        while True:
            lines.append(ONE)

    with pytest.raises(RunError, match=r"j\.jsonl: .*(No space left|only a part)"):
        fill()
    assert set(journal.read_journal(file)) == {ONE}


def test_a_disk_too_small_to_rewrite_the_journal_is_a_clear_error(small_disk: Path) -> None:
    """The journal stays as it was, and nothing is left beside it."""
    file = small_disk / "j.jsonl"
    many = [Summary(str(number), "s", "words " * 100, 1, 1, 1, 0.0) for number in range(100)]
    with Journal(file) as lines:
        lines.extend(many)
    with pytest.raises(RunError, match=r"j\.jsonl: cannot be written: No space left"):
        put_in_order(file, *(str(number) for number in reversed(range(100))))
    assert journal.read_journal(file) == many
    assert list(small_disk.iterdir()) == [file]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A read-only folder is said to be so."""
    tmp_path.chmod(0o500)
    with pytest.raises(RunError, match=os.strerror(errno.EACCES)):
        Journal(tmp_path / "j.jsonl")


def test_a_journal_in_its_final_order_is_left_alone(tmp_path: Path) -> None:
    """Summaries are written once: only another order, or a line that was remade, makes a new file."""
    file = tmp_path / "j.jsonl"
    with Journal(file) as lines:
        lines.extend([ONE, TWO])
    before = file.stat()
    put_in_order(file, "a", "b")
    assert file.stat() == before
    put_in_order(file, "b", "a")
    assert file.stat().st_ino != before.st_ino
    assert journal.read_journal(file) == [TWO, ONE]


def test_stored_summaries_are_a_sequence(tmp_path: Path) -> None:
    """They are those of one system after the other, in the documents' order, and read from the file when asked for."""
    file = tmp_path / "j.jsonl"
    made = [Summary(document, system, f"{system}{document}", 1, 1, 1, 0.5) for document in "abc" for system in "st"]
    with Journal(file) as lines:
        indexes = [SummaryIndex(file, system, {"a": 0, "b": 1, "c": 2}) for system in "st"]
        for summary, offset in zip(made[:-1], lines.extend(made[:-1]), strict=True):
            indexes["st".index(summary.system)].add(summary, offset)
    stored = StoredSummaries(indexes)
    assert [summary.text for summary in stored] == ["sa", "sb", "sc", "ta", "tb"]
    assert [stored[at].text for at in (0, 3, -1)] == ["sa", "ta", "tb"]
    assert [summary.text for summary in stored[-3::2]] == ["sc", "tb"]
    assert (len(stored), stored[9:]) == (5, ())
    with pytest.raises(IndexError):
        _ = stored[5]


def test_half_a_character_is_kept_as_a_mark(tmp_path: Path) -> None:
    """Half of a surrogate pair, which some servers send, is no text: a line with it can be written and read."""
    file = tmp_path / "j.jsonl"
    with Journal(file) as lines:
        lines.append(Summary("a", "s", "ok \ud83d é 😀", 1, 1, 1, 0.5))
    assert [summary.text for summary in journal.read_journal(file)] == ["ok \ufffd é 😀"]


def test_no_write_follows_a_planted_link(tmp_path: Path) -> None:
    """A journal that is a link to somebody's file is refused, and the file stays as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "j.jsonl").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(RunError, match=r"j\.jsonl: cannot be written"):
        Journal(tmp_path / "j.jsonl")
    assert (tmp_path / "mine.txt").read_text() == "mine"
