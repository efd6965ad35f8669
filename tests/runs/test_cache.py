import json
import multiprocessing
import sqlite3
import subprocess
from dataclasses import asdict
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from sumbench.errors import RunError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.cache import Cache
from sumbench.runs.cache import document_fingerprint
from sumbench.runs.cache import fingerprint

ONE = Summary("a", "s", "Text", 10, 5, 3, 0.25)
DOCUMENT = Document("a", "text", ("one", "two"), title="T")


def test_what_is_kept_is_found_under_its_system_and_document_only(tmp_path: Path) -> None:
    """Another system or document finds nothing."""
    cache = Cache(tmp_path / "store" / "c.sqlite")
    cache.keep("system", [("document", ONE)])
    assert cache.find("system", ["document", "other"]) == {"document": ONE}
    assert cache.find("another", ["document"]) == {}


def test_many_documents_are_found_at_once(tmp_path: Path) -> None:
    """There is no limit to the number of documents asked for."""
    cache = Cache(tmp_path / "c.sqlite")
    keys = [str(number) for number in range(3000)]
    cache.keep("s", [(key, Summary(key, "s", "x", 1, 1, 1, 0.0)) for key in keys])
    assert len(cache.find("s", keys)) == 3000
    assert (cache.info().summaries, cache.info().systems) == (3000, 1)
    assert cache.clear() == 3000
    assert cache.info().summaries == 0


def _fill(file: Path, system: str) -> None:
    cache = Cache(file)
    for number in range(100):
        cache.keep(system, [(str(number), ONE)])


def test_several_processes_use_it_at_once(tmp_path: Path) -> None:
    """Four processes write side by side and nothing is lost or locked up."""
    file = tmp_path / "c.sqlite"
    spawn = multiprocessing.get_context("fork")
    processes = [spawn.Process(target=_fill, args=(file, system)) for system in "abcd"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert Cache(file).info().summaries == 400


def _begin(folder: Path, start: Barrier) -> None:
    for number in range(25):
        start.wait(60)
        Cache(folder / f"{number}.sqlite").ready()


def test_several_processes_begin_it_at_once(tmp_path: Path) -> None:
    """Whoever comes second to a cache that is not there yet waits for the first, and neither fails."""
    spawn = multiprocessing.get_context("fork")
    start = spawn.Barrier(4)
    processes = [spawn.Process(target=_begin, args=(tmp_path, start)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4


def test_a_file_that_is_no_cache_is_a_clear_error(tmp_path: Path) -> None:
    """The error names the file and the way out."""
    file = tmp_path / "c.sqlite"
    file.write_text("something else entirely, and long enough to be taken for a header")
    with pytest.raises(RunError, match=r"c\.sqlite: the summary cache cannot be used: .* --no-cache"):
        Cache(file).ready()


def test_the_fingerprint_of_a_document_follows_what_a_system_sees() -> None:
    """References count only for systems that look at them; text, id and language always."""
    other = Document("a", "text", ("another",), title="T")
    assert document_fingerprint(DOCUMENT, with_references=False) == document_fingerprint(other, with_references=False)
    assert document_fingerprint(DOCUMENT, with_references=True) != document_fingerprint(other, with_references=True)
    changed = (Document("a", "Text", ()), Document("b", "text", ()), Document("a", "text", (), language="de"))
    assert len({document_fingerprint(document, with_references=True) for document in (DOCUMENT, *changed)}) == 4


def test_the_order_of_keys_does_not_change_a_fingerprint() -> None:
    """Two ways to write the same options are one system."""
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": 2})


def test_a_store_on_a_small_disk_is_a_clear_error_and_stays_readable(small_disk: Path) -> None:
    """What does not fit is refused by name, and what was kept before is still found."""
    cache = Cache(small_disk / "c.sqlite")
    cache.keep("s", [("first", ONE)])
    many = [(str(number), Summary("a", "s", "words " * 100, 1, 1, 1, 0.0)) for number in range(1000)]
    with pytest.raises(RunError, match=r"c\.sqlite: the summary cache cannot be used: .*full"):
        cache.keep("s", many)
    assert cache.find("s", ["first"]) == {"first": ONE}


def test_a_read_only_store_is_a_clear_error(small_disk: Path) -> None:
    """Before anything runs it is said that the cache cannot be written, and how to do without."""
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    with pytest.raises(RunError, match="--no-cache"):
        Cache(small_disk / "c.sqlite").ready()


@pytest.mark.parametrize(
    "row",
    [
        "",
        "{}",
        "null",
        '{"document": 1}',
        b"\xff\xfe",
        5,
        None,
        pytest.param(json.dumps({**asdict(ONE), "error": "broke"}), id="failed"),
        pytest.param("[" * 9999, id="nested"),
    ],
)
def test_a_damaged_row_counts_as_not_there_and_is_mended(tmp_path: Path, row: object) -> None:
    """What holds no good summary is made anew, and does not keep the rows beside it from being found."""
    cache = Cache(tmp_path / "c.sqlite")
    cache.keep("s", [("bad", ONE), ("good", ONE)])
    database = sqlite3.connect(cache.file)
    with database:
        database.execute("CREATE TABLE copy (system TEXT, document TEXT, summary, PRIMARY KEY (system, document))")
        database.execute("INSERT INTO copy SELECT * FROM summaries")
        database.execute("UPDATE copy SET summary = ? WHERE document = 'bad'", (row,))
        database.execute("DROP TABLE summaries")
        database.execute("ALTER TABLE copy RENAME TO summaries")
    database.close()
    assert cache.find("s", ["bad", "good"]) == {"good": ONE}
    assert cache.pace("s") == ONE.seconds
    cache.keep("s", [("bad", ONE)])
    assert cache.find("s", ["bad"]) == {"bad": ONE}
