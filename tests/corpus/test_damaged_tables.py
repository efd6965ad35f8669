"""Damaged tables of every format: whatever the damage, documents or one line of error."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.corpus import open_corpus
from sumbench.corpus.outputs import read_outputs
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.errors import BenchError
from tests.corpus.test_tables import jsonl
from tests.corpus.test_tables import zstd
from tests.corpus.workbooks import workbook

ROWS = [
    {
        "id": n,
        "document": f'Text {n}, with "quotes" é.\nA second line; more.',
        "references": ["One.", "'Two'"],
        "output": "O.",
    }
    for n in range(5)
]
FLAT = [{**row, "references": json.dumps(row["references"])} for row in ROWS]
INSERTIONS = (
    *(text.encode() for text in ('"', "\0", "\ufeff", "\r", "\n", "\t", ",", "{", "[", '\\"', "'", "NaN", "1e999")),
    *(text.encode() for text in ('["a",', "['a' ...]", "sep=;\n", "[" * 9000, "-" * 50)),
    *(b"\xff\xfe", b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\xed\xa0\x80", b"%PDF-"),
)


def delimited(delimiter: str) -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(FLAT[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(FLAT)
    return written.getvalue().encode()


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), stream)
    return stream.getvalue()


FILES: dict[str, bytes] = {
    "t.jsonl": jsonl(ROWS),
    "t.json": json.dumps({"data": ROWS}, indent=1).encode(),
    "t.csv": delimited(","),
    "t.tsv": delimited("\t"),
    "wide.csv": delimited(";").decode().encode("utf-16"),
    "t.parquet": parquet(),
    "t.xlsx": workbook([list(FLAT[0]), *(list(row.values()) for row in FLAT)]),
    "t.jsonl.gz": gzip.compress(jsonl(ROWS), mtime=0),
    "json": jsonl(ROWS),
    "tabs": delimited("\t"),
}


def damaged(content: bytes, draw: np.random.Generator) -> bytes:
    """Return the content cut off, with bits flipped, or with pieces put in, left out or doubled."""
    changed = bytearray(content)
    for _ in range(draw.integers(1, 4)):
        at = int(draw.integers(len(changed) + 1))
        match int(draw.integers(5)):
            case 0:
                del changed[at:]
            case 1 if at < len(changed):
                changed[at] ^= 1 << int(draw.integers(8))
            case 2:
                changed[at:at] = INSERTIONS[draw.integers(len(INSERTIONS))]
            case 3:
                del changed[at : at + int(draw.integers(1, 20))]
            case _:
                changed[at:at] = changed[at : at + int(draw.integers(1, 80))]
    return bytes(changed)


def error_of(read: Callable[[str], object], file: Path) -> str:
    """Return the error of reading a file, "" for none."""
    try:
        read(str(file))
    except BenchError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FILES)
def test_damage_makes_one_line_and_no_traceback(tmp_path: Path, name: str) -> None:
    """A damaged table is read, or refused in one line that names the file, as a corpus, as outputs, and as a stream."""
    draw = np.random.default_rng(len(name) + len(FILES[name]))
    file = tmp_path / name
    readers: tuple[Callable[[str], object], ...] = (
        open_corpus,
        read_outputs,
        lambda text: survey(Streams(parse_spec(text)), lambda _: None),
    )
    file.write_bytes(FILES[name])
    assert len(open_corpus(str(file)).documents) == len(ROWS)
    refused = 0
    for _ in range(60):
        file.write_bytes(damaged(FILES[name], draw))
        for read in readers:
            message = error_of(read, file)
            refused += bool(message)
            assert "\n" not in message
            assert name.partition(".")[0] in message or not message
    assert refused > 30


@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_a_stray_quote_costs_no_row(tmp_path: Path, suffix: str) -> None:
    """One or two quotes anywhere at the edge of cells leave as many rows as there were, or are refused."""
    draw = np.random.default_rng(7)
    delimiter = "," if suffix == "csv" else "\t"
    read = 0
    for trial in range(300):
        ids = [str(n) for n in range(8)] if trial % 2 else [f"{n * 7919:016x}" for n in range(8)]
        rows = [[one, f"Text {n} is short.", f"Summary {n}."] for n, one in enumerate(ids)]
        first, last = sorted(draw.choice(8, 2, replace=False))
        column = int(draw.integers(3))
        rows[first][column] = f'"{rows[first][column]}'
        if draw.random() < 0.8:
            rows[last][int(draw.integers(3))] += '"'
        lines = [delimiter.join(row) for row in [["id", "document", "reference"], *rows]]
        file = tmp_path / f"t.{suffix}"
        file.write_text("\n".join(lines), "utf-8")
        if message := error_of(open_corpus, file):
            assert f"t.{suffix}, line " in message
        else:
            assert len(open_corpus(str(file)).documents) == 8
            read += 1
    assert read == (0 if suffix == "csv" else 300)


def test_a_damaged_zstd_file(tmp_path: Path) -> None:
    """A zstd file that is cut off, or begins with another byte, is one line."""
    file = zstd(tmp_path / "t.jsonl.zst", jsonl([{"n": number, **ROWS[0], "id": number} for number in range(200)]))
    content = file.read_bytes()
    for changed in (content[:-20], b"(" + content):
        file.write_bytes(changed)
        assert "t.jsonl.zst" in error_of(open_corpus, file)
