"""Files that would take all memory are refused, whatever they are packed in."""

import bz2
import gzip
import json
import lzma
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from sumbench.corpus import limits
from sumbench.corpus import open_corpus
from sumbench.corpus.outputs import text_outputs
from sumbench.corpus.stored import StoredDocuments
from sumbench.errors import CorpusError

ROW = json.dumps({"id": "a", "text": "One came.", "reference": "One."}).encode() + b"\n"


def zstd(content: bytes) -> bytes:
    """Pack with zstd."""
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd,
}


def refused(file: Path) -> str:
    """Return the error of a corpus that must be refused, which is one line."""
    with pytest.raises(CorpusError) as caught:
        open_corpus(str(file))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("content", [b" " * 2**21, ROW * 2**15, b"[" + b" " * 2**21])
def test_what_unpacks_to_far_more_than_its_size_is_refused(
    tmp_path: Path, suffix: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb is noticed while it is unpacked: one line, many lines, or one value of JSON."""
    monkeypatch.setattr(limits, "FREE_SIZE", 2**20)
    file = tmp_path / f"bomb.jsonl.{suffix}"
    file.write_bytes(PACKERS[suffix](content))
    assert refused(file) == f"{file}: holds more than 50 times its own size: decompress it first if that is right"


def test_a_bomb_takes_no_more_memory_than_is_free(tmp_path: Path) -> None:
    """A file that holds a thousand times its size is refused early on, with the limits as they are."""
    file = tmp_path / "bomb.csv.gz"
    with gzip.open(file, "wb") as packed:
        packed.write(b"text,reference\n")
        for _ in range(6):
            packed.write(b"," * 2**24)
    assert "holds more than 50 times its own size" in refused(file)


def test_small_and_ordinary_files_unpack_freely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small table may be of one row again and again; a large one is packed as texts are."""
    monkeypatch.setattr(limits, "FREE_SIZE", 2**10)
    words = " ".join(f"word{number * 7919 % 10007}" for number in range(20_000))
    for content in (ROW, json.dumps({"id": "a", "text": words, "reference": "One."}).encode()):
        (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content))
        assert len(open_corpus(str(tmp_path / "a.jsonl.gz")).documents) == 1


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_line_without_an_end_is_refused(tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a table no more than a line is read at once, and no line is longer than the limit."""
    monkeypatch.setattr(limits, "LONGEST_LINE", 2**20)
    file = tmp_path / "long.csv"
    file.write_text(f"text,reference{end}a,b{end}{'c' * 2**21},d{end}")
    assert refused(file) == f"{file}, line 3: has more than 1 MB: is it a table of texts?"


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "folder/article.txt"])
def test_a_text_beyond_the_limit_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that no system could read is named, with its length and the limit."""
    monkeypatch.setattr(limits, "LONGEST_TEXT", 1_000)
    text = "word " * 300
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    if name == "a.jsonl":
        file.write_text(json.dumps({"text": text, "reference": "One."}) + "\n")
    elif name == "a.csv":
        file.write_text(f"text,reference\n{text},One.\n")
    else:
        file.write_text(text)
        (file.parent / "reference-1.txt").write_text("One.")
    assert "has 1,500 characters: a text may have 1,000: cut it into parts" in refused(
        file.parent if name.startswith("folder") else file
    )


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an archive says that it holds is looked at before it is unpacked."""
    monkeypatch.setattr(limits, "LARGEST_WHOLE", 2**20)
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 2**21)
    assert "holds more than" in refused(file)


def test_json_that_is_one_huge_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .json file is read as a whole, up to the limit."""
    monkeypatch.setattr(limits, "LARGEST_WHOLE", 2**20)
    file = tmp_path / "a.json"
    file.write_text("[\n" + '{"text": "a", "reference": "b"},\n' * 2**16 + "]")
    assert "holds more than" in refused(file)


def test_no_place_for_temporary_files_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, a large corpus and what comes through a pipe are refused with the way out."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(CorpusError, match=r"no temporary file can be made .*: set TMPDIR"):
        StoredDocuments.of([])
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(CorpusError, match="fifo: cannot be read: No such file or directory"):
        list(text_outputs(str(fifo)))
