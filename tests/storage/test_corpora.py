"""Corpora and outputs at addresses."""

import json
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest

import sumbench
from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.errors import CorpusError
from sumbench.errors import StorageError
from sumbench.storage import Objects
from sumbench.storage import localized
from sumbench.storage import reading
from sumbench.storage.objects import Entry
from tests.storage.conftest import Bucket

ROWS = [
    {"id": f"a{number}", "body": f"One sentence about {number}. And another one.", "summary": f"About {number}."}
    for number in range(12)
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, with neither ETag nor a log."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def corpora(bucket: Bucket) -> Bucket:
    """A table, the same in parts, and a folder of articles in the bucket."""
    folder = bucket.folder / "corpora"
    (folder / "parted").mkdir(parents=True)
    lines = [json.dumps(row) + "\n" for row in ROWS]
    (folder / "articles.jsonl").write_text("".join(lines))
    for number in range(12):
        (folder / f"parted/part-{number}.jsonl").write_text(lines[number])
    (folder / "own/one").mkdir(parents=True)
    (folder / "own/one/article.txt").write_text("The council met. It voted.")
    (folder / "own/one/reference-1.txt").write_text("The council voted.")
    return bucket


def test_a_table_its_parts_and_a_pattern_are_one_corpus(corpora: Bucket) -> None:
    """They have the fingerprint of the table, and parts stand in natural order; the address is recorded."""
    table = open_corpus("s3://bench/corpora/articles.jsonl,document=body")
    assert table.name == "articles"
    assert table.source == "s3://bench/corpora/articles.jsonl,document=body"
    for name in ("s3://bench/corpora/parted", "s3://bench/corpora/parted/part-*.jsonl"):
        parted = open_corpus(f"{name},document=body")
        assert [document.id for document in parted.documents] == [row["id"] for row in ROWS]
        assert parted.fingerprint == table.fingerprint
    some = open_corpus("s3://bench/corpora/parted/part-[!1].jsonl,document=body")
    assert [document.id for document in some.documents] == ["a0", *(f"a{number}" for number in range(2, 10))]
    assert open_corpus("s3://bench/corpora/own").documents[0].references == ("The council voted.",)
    assert corpora.requests


def test_a_corpus_is_fetched_once_and_again_when_it_has_changed(corpora: Bucket) -> None:
    """An unchanged object is not fetched again; another one of the same name is."""
    file = corpora.folder / "changing.jsonl"
    name = "s3://bench/changing.jsonl,document=body"

    def fetched() -> int:
        return len([line for line in corpora.requests if line.startswith("GET /bench/changing.jsonl")])

    file.write_text(json.dumps(ROWS[0]) + "\n")
    first = open_corpus(name)
    assert fetched() == 1
    assert open_corpus(name).fingerprint == first.fingerprint
    assert fetched() == 1
    file.write_text(json.dumps(ROWS[1]) + "\n")
    assert [document.id for document in open_corpus(name).documents] == ["a1"]


def test_names_with_signs_of_patterns_and_of_options(corpora: Bucket) -> None:
    """An object whose name has brackets or, in quotes, a comma is that object."""
    for name in ("part [1].jsonl", "a,b.jsonl"):
        (corpora.folder / name).write_text(json.dumps(ROWS[0]) + "\n")
        assert len(open_corpus(f'"s3://bench/{name}",document=body').documents) == 1
        assert localized(f'x="s3://bench/{name}",a=b') == f'x="{reading(f"s3://bench/{name}")}",a=b'


def test_a_file_of_the_web_that_has_changed_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a server that says only when it was changed, where the size is the same, and by a signed address."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path / "home"))
    handler = partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    for number in (0, 1):
        (tmp_path / "a.jsonl").write_text(json.dumps(ROWS[number]) + "\n")
        os.utime(tmp_path / "a.jsonl", (number, number))
        for query in ("", "?X-Amz-Signature=abc"):
            corpus = open_corpus(f"http://127.0.0.1:{server.server_port}/a.jsonl{query},document=body")
            assert [document.id for document in corpus.documents] == [f"a{number}"]
    server.shutdown()
    server.server_close()
    thread.join()


def test_no_object_is_copied_out_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere is refused; an empty object that marks a folder is no file."""
    monkeypatch.setenv("SUMBENCH_HOME", str(tmp_path))
    memory = fsspec.filesystem("memory")
    memory.pipe({"/marked/parts/one": b"1", "/bad/../../../../outside": b"x"})
    with pytest.raises(StorageError, match=r"memory://bad: no file of a folder can be called '\.\./"):
        reading("memory://bad")
    assert not list(tmp_path.rglob("outside"))
    listed = Objects.listed
    monkeypatch.setattr(
        Objects, "listed", lambda self, **how: [*listed(self, **how), Entry("parts", 0, "as a console makes it")]
    )
    assert [file.name for file in reading("memory://marked").rglob("*")] == ["parts", "one"]


def test_a_fault_in_a_row_names_the_address(corpora: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    """Readers know the address, and not where its copy lies."""
    (corpora.folder / "bad.jsonl").write_text('{"document": "x"\n')
    with pytest.raises(CorpusError):
        open_corpus("s3://bench/bad.jsonl")
    assert main(["run", "--corpus", "s3://bench/bad.jsonl", "--systems", "lead"]) == 2
    assert capsys.readouterr().err.startswith("sumbench: s3://bench/bad.jsonl, line 1")


def test_references_and_outputs_may_be_at_addresses(corpora: Bucket, tmp_path: Path) -> None:
    """What is scored from there is what is scored from here."""
    outputs = [{"id": row["id"], "output": row["body"]} for row in ROWS]
    for folder in (corpora.folder, tmp_path):
        (folder / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in outputs))
    here = sumbench.score(
        corpora.folder / "corpora/articles.jsonl",
        {"own": tmp_path / "outputs.jsonl"},
        metrics="text",
        out=tmp_path / "a",
    )
    there = sumbench.score(
        "s3://bench/corpora/articles.jsonl",
        {"own": "s3://bench/outputs.jsonl"},
        metrics="text",
        out="s3://bench/scored",
    )
    assert list(there.scores) == list(here.scores)
    assert (corpora.folder / "scored/checksums.sha256").exists()
