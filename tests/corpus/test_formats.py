"""Files are read as what they are, whatever they are called."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.corpus.outputs import read_outputs
from sumbench.errors import CorpusError
from tests.corpus.test_tables import jsonl
from tests.corpus.test_tables import zstd
from tests.corpus.workbooks import Rows
from tests.corpus.workbooks import open_document
from tests.corpus.workbooks import workbook

TABLE = [
    {"id": "1", "document": "A text.", "reference": "One."},
    {"id": "2", "document": "B text.", "reference": "Two."},
]
LINES = jsonl(TABLE)
COMMAS = b"id,document,reference\n1,A text.,One.\n2,B text.,Two.\n"
TABS = COMMAS.replace(b",", b"\t")


PACKED = {".bz2": bz2.compress(LINES), ".xz": lzma.compress(LINES), ".gz": gzip.compress(LINES, mtime=0)}


def parquet_bytes() -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(TABLE).to_parquet(stream)
    return stream.getvalue()


SHEET = workbook([["id", "document", "reference"], [1, "A text.", "One."], [2, "B text.", "Two."]])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.JSONL", LINES),
        ("t.ndjson", LINES),
        ("t.JsonLines", LINES),
        ("t.CSV", COMMAS),
        ("t.Tsv", TABS),
        ("t.tab", TABS),
        ("t.TSV.GZ", gzip.compress(TABS, mtime=0)),
        ("t.xlsx", SHEET),
        ("t.ods", open_document([list(TABLE[0]), *(list(row.values()) for row in TABLE)])),
        ("t.json", LINES),
        ("t.jsonl", json.dumps(TABLE, indent=2).encode()),
        ("t.jsonl", json.dumps(TABLE).encode()),
        ("t.jsonl", json.dumps({"data": TABLE}).encode()),
        ("t.jsonl", "\n".join(json.dumps(row, indent=2) for row in TABLE).encode()),
        ("t.json", b"\n" + json.dumps({"data": TABLE, "versions": [1, 2]}).encode()),
        ("t.csv", COMMAS.replace(b",", b";")),
        ("t.csv", COMMAS.replace(b",", b"|")),
        ("t.csv", TABS),
        ("t.tsv", COMMAS),
        ("t.csv", b"sep=;\r\n" + COMMAS.replace(b",", b";").replace(b"\n", b"\r\n")),
        ("t.csv", COMMAS.replace(b"\n", b"\r")),
        ("t.jsonl", LINES.replace(b"\n", b"\r")),
        ("t.csv", b"id, document, reference\n1, A text., One.\n2, B text., Two.\n"),
        ("t.csv", b"id,document,reference,,\n1,A text.,One.,,\n2,B text.,Two.,,\n,,,,\n"),
        ("t.csv", b",id,document,reference\n0,1,A text.,One.\n1,2,B text.,Two.\n"),
        ("t.csv", COMMAS.decode().encode("utf-16")),
        ("t.csv", b"\xef\xbb\xbf" + COMMAS.replace(b"\n1", b"\n\xef\xbb\xbf1")),
        ("t.tsv", TABS.decode().encode("utf-16")),
        ("t.jsonl", LINES.decode().encode("utf-32")),
        ("t.csv", gzip.compress(COMMAS, mtime=0)),
        ("t.jsonl", parquet_bytes()),
        ("t.csv", SHEET),
        ("t.csv", LINES),
        ("t", LINES),
        ("t.dat", json.dumps(TABLE).encode()),
        ("t.data", COMMAS),
        ("t.out", TABS),
        ("t.bin", parquet_bytes()),
        ("t.download", SHEET),
        ("t.jsonl.txt", LINES),
        ("t.csv.txt", COMMAS),
        ("t.txt", TABS),
        ("t.txt", COMMAS),
    ],
)
def test_a_table_is_read_as_what_it_is(tmp_path: Path, name: str, content: bytes) -> None:
    """Suffixes in any case, none or a wrong one, other delimiters, encodings and line ends: the documents come out."""
    (tmp_path / name).write_bytes(content)
    documents = open_corpus(str(tmp_path / name)).documents
    found = [{"id": one.id, "document": one.text, "reference": one.references[0]} for one in documents]
    assert found == TABLE
    assert not any(one.metadata for one in documents)


@pytest.mark.parametrize("suffix", [".bz2", ".xz", ".zst", ".gz"])
def test_what_is_compressed_is_known_by_its_bytes(tmp_path: Path, suffix: str) -> None:
    """gzip, zstd, bzip2 and xz are decompressed, with their suffix or without."""
    packed = tmp_path / f"t.jsonl{suffix}"
    if suffix == ".zst":
        zstd(packed, LINES)
    else:
        packed.write_bytes(PACKED[suffix])
    (tmp_path / "bare.jsonl").write_bytes(packed.read_bytes())
    assert len(open_corpus(str(packed)).documents) == len(open_corpus(str(tmp_path / "bare.jsonl")).documents) == 2
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(CorpusError, match=rf"t.jsonl{suffix}: the \w+ file is damaged or cut off"):
        open_corpus(str(packed))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("o", b"One line.\nTwo lines.\n"),
        ("o.hypo", b"One line.\r\nTwo lines.\r\n"),
        ("o.pred", b"One line.\rTwo lines.\r"),
        ("o.txt", "One line.\nTwo lines.\n".encode("utf-16")),
        ("o.TXT", b"\xef\xbb\xbfOne line.\n\xef\xbb\xbfTwo lines."),
        ("o.txt", gzip.compress(b"One line.\nTwo lines.\n", mtime=0)),
    ],
)
def test_text_is_read_line_by_line(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that is no table holds one text a line, whatever its suffix, encoding and line ends."""
    (tmp_path / name).write_bytes(content)
    assert read_outputs(str(tmp_path / name))[""].texts == ["One line.", "Two lines."]


@pytest.mark.parametrize("line", ['{"summary": "One."}', "[Tom] went home, Ann stayed.", "id est, the summary, of it"])
def test_lines_of_text_stay_text(tmp_path: Path, line: str) -> None:
    """In a .txt a line that is JSON is what a model wrote; running text with brackets and commas is no table."""
    for name in ("o.txt", *(["o.pred"] if line[0] != "{" else [])):
        (tmp_path / name).write_text(f"{line}\n{line}\n", "utf-8")
        assert read_outputs(str(tmp_path / name))[""].texts == [line, line]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.json", b'{"data": {"articles": [{"id": 1}]}}', "its objects are in data.articles"),
        ("t.json", b'{"a": {"text": "x"}, "b": {"text": "y"}}', r"an object of 2 objects \(a, b\): make it a list"),
        ("t.json", b'{"id": {"0": 1}, "reference": {"0": "x"}}', r'an object for each column .* orient="records"'),
        ("t.json", b'{"id": [1], "reference": ["x"]}', r"a list for each column \(id, reference\)"),
        ("t.json", b'{"train": [{"id": 1}], "test": [{"id": 1}]}', r"2 lists of objects \(train, test\)"),
        ("t.json", b'["x", "y"]', "item 1: no JSON object, but a text"),
        ("t.json", b"[[1]]", "item 1: no JSON object, but a list"),
        ("t.json", b'[{"id": 1},]', r"line 1: no JSON: .* \(character 1[12]\): a comma too many"),
        ("t.json", b"{'id': 1}", "quotes of JSON are double ones"),
        ("t.json", b"", "t.json: is empty"),
        ("t.json", b"[" * 100_000, "nested too deeply"),
        ("t.jsonl", b'{"id": 1},\n{"id": 2},\n', "line 1: no JSON: .*: leave out the comma behind the object"),
        ("t.jsonl", b'{"id": 1}{"id": 2}\n', "line 1: no JSON: .*: one object a line"),
        ("t.jsonl", LINES + b"[1]\n", "line 3: no JSON object, but a list"),
        (
            "t.jsonl",
            b'{"document": {"text": "x"}, "reference": "y"}',
            r"line 1: document is neither .* an object \(text\)",
        ),
        ("t.jsonl", b"document,reference\nx,y\n", "line 1: no JSON"),
        ("t.jsonl", b'{"document": "x\0"}', "line 1: holds a NUL character"),
        ("t.csv", COMMAS.decode().encode("utf-16-le"), "line 1: holds a NUL character"),
        ("t.csv", b"\xff\xfe\x00\xd8x", "line 1: no sound UTF-16"),
        ("t.csv", b"id,document,reference\n", "t.csv: holds no rows"),
        ("t.tsv", b"id\treference\n\n\n", "t.tsv: holds no rows"),
        ("t.csv", b",,\n1,2,3\n", "line 1: is empty: the first line must name the columns"),
        ("t.csv", b"id,,reference\n1,2,3\n", "line 2: column 2 has a cell, but no name"),
        ("t.csv", COMMAS + COMMAS, "line 4: names the columns again"),
        ("t.csv", COMMAS + b"3;C text.;Three.\n", "line 4: 1 cells for 3 columns"),
        ("t.xlsx", COMMAS, "t.xlsx: is not a spreadsheet, in spite of its name"),
        ("t.parquet", LINES, "t.parquet: is not parquet, in spite of its name"),
        ("t.xlsx", SHEET[:-30], "t.xlsx: the spreadsheet is damaged or cut off"),
        ("t.xlsx", workbook([]), "t.xlsx: has no sheet with cells"),
        ("t.xlsx", workbook([["id", "id"]]), "t.xlsx, row 1: two columns have the name 'id'"),
        (
            "t.xlsx",
            workbook([["document", "reference"], ["x", None]]),
            "t.xlsx, row 2: a reference is missing or empty",
        ),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of an old or protected kind .*: save it as .xlsx"),
        ("t.jsonl", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"),
        ("t.csv", b"<!DOCTYPE html>\n<html>", "a web page"),
        ("t", b"%PDF-1.7\n", "is a PDF file"),
        ("t", b"One text.\nTwo texts.\n", "is neither a folder of articles nor a table: known are .jsonl"),
    ],
)
def test_what_cannot_be_read_is_called_by_its_name(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """An error says in one line what the file is, where it is wrong, and what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=says) as caught:
        open_corpus(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_zip_archive_is_no_spreadsheet(tmp_path: Path) -> None:
    """An archive of other files is refused, a document of Word by its name."""
    for inside, says in (("a.csv", "a zip archive, but no spreadsheet"), ("word/document.xml", "a document of Word")):
        with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
            archive.writestr(inside, "x")
        with pytest.raises(CorpusError, match=says):
            open_corpus(str(tmp_path / "t.xlsx"))


def test_a_spreadsheet_is_read_as_its_csv_would_be(tmp_path: Path) -> None:
    """Numbers are texts without a needless fraction; the first visible sheet with cells is read, which a note says."""
    head = ["id", "document", "reference", "year", "share"]
    sheets: list[Rows] = [
        [["hidden"]],
        [],
        [[], head, [7, "A text.", 2020, 1999, 0.5], [None, None]],
        [["z"]],
    ]
    (tmp_path / "t.xlsx").write_bytes(workbook(*sheets, hidden=1))
    corpus = open_corpus(str(tmp_path / "t.xlsx"))
    (document,) = corpus.documents
    assert (document.id, document.references, dict(document.metadata)) == (
        "7",
        ("2020",),
        {"year": "1999", "share": "0.5"},
    )
    assert [note.partition(": ")[2] for note in corpus.notes] == ["read was the sheet 'Sheet3', not 'Sheet4'"]


def test_a_cell_that_a_spreadsheet_may_have_cut_off_is_noted(tmp_path: Path) -> None:
    """Spreadsheets keep 32,767 characters of a cell, so that an article of that length may have been longer."""
    (tmp_path / "t.xlsx").write_bytes(workbook([["document", "reference"], ["x" * 32_767, "One."]]))
    (note,) = open_corpus(str(tmp_path / "t.xlsx")).notes
    assert "t.xlsx, row 2: a cell has 32,767 characters" in note


@pytest.mark.parametrize(
    "values", [[1, 2], [1.0, 2.0], ["1", "2"], pd.array([1, 2], dtype="Int64"), pd.Series([1, 2], dtype="float32")]
)
def test_an_id_is_the_same_from_every_format(tmp_path: Path, values: Any) -> None:  # noqa: ANN401
    """A whole number is one id, be it an integer, a float or a text, in JSON, parquet or a data frame."""
    frame = pd.DataFrame({"id": values, "document": ["A.", "B."], "reference": ["One.", "Two."]})
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "t.parquet")
    for name in ("t.jsonl", "t.parquet"):
        assert [document.id for document in open_corpus(str(tmp_path / name)).documents] == ["1", "2"]


@pytest.mark.parametrize(
    ("values", "ids"),
    [(["007", "8"], ["007", "8"]), ([date(2020, 1, 2), date(2021, 1, 1)], ["2020-01-02", "2021-01-01"])],
)
def test_ids_may_be_of_any_scalar_type(tmp_path: Path, values: list[object], ids: list[str]) -> None:
    """Texts stay as they are, dates are written as in ISO 8601."""
    pd.DataFrame({"id": values, "document": ["A.", "B."], "reference": ["One.", "Two."]}).to_parquet(
        tmp_path / "t.parquet"
    )
    assert [document.id for document in open_corpus(str(tmp_path / "t.parquet")).documents] == ids


def test_a_file_that_is_not_what_it_is_called_is_one_line_at_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command refuses it with exit code 2 and one line."""
    (tmp_path / "refs.txt").write_text("One.\n", "utf-8")
    (tmp_path / "out").write_bytes(b"%PDF-1.7\n")
    assert main(["score", "--references", str(tmp_path / "refs.txt"), "--outputs", f"s={tmp_path / 'out'}"]) == 2
    assert capsys.readouterr().err.endswith("out: is a PDF file: save its text\n")
