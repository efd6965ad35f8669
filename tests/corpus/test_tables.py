"""Tables as corpora: every format, plain and packed, with their columns."""

import csv
import gzip
import json
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sumbench.corpus import open_corpus
from sumbench.corpus.columns import Columns
from sumbench.errors import BenchError
from sumbench.errors import CorpusError
from sumbench.records import Document

ROWS: list[dict[str, Any]] = [
    {
        "id": document.id,
        "document": document.text,
        "references": list(document.references),
        "title": document.title,
        "language": document.language,
        "genre": document.metadata["genre"],
    }
    for document in open_corpus("references").documents[:3]
]
FLAT: list[dict[str, str]] = [
    {**{key: str(value) for key, value in row.items() if key != "references"}, "reference": row["references"][0]}
    for row in ROWS
]


def jsonl(rows: Sequence[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def delimited(delimiter: str) -> Callable[[Path, list[dict[str, str]]], None]:
    def write(file: Path, rows: list[dict[str, str]]) -> None:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)

    return write


def zstd(file: Path, content: bytes) -> Path:
    with pa.output_stream(str(file), compression="zstd") as stream:
        stream.write(content)
    return file


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """The same three articles in each format, lists of references where the format has lists."""
    content = jsonl(ROWS)
    (tmp_path / "a.jsonl").write_bytes(content)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content))
    zstd(tmp_path / "a.jsonl.zst", content)
    (tmp_path / "a.json").write_text(json.dumps(ROWS), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"version": 1, "data": ROWS}), "utf-8")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress((tmp_path / "a.parquet").read_bytes()))
    delimited(",")(tmp_path / "flat.csv", FLAT)
    delimited("\t")(tmp_path / "flat.tsv", FLAT)
    delimited(";")(tmp_path / "semicolon.csv", [{"document": "A text.", "reference": "One."}])
    (tmp_path / "flat.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + (tmp_path / "flat.csv").read_bytes()))
    return tmp_path


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.json", "b.json", "a.parquet", "a.parquet.gz"])
def test_every_format_gives_the_same_corpus(tables: Path, name: str) -> None:
    """Lists of references, titles, languages and metadata come out the same from each format, packed or not."""
    assert open_corpus(str(tables / name)).documents == open_corpus(str(tables / "a.jsonl")).documents
    first = open_corpus(str(tables / name)).documents[0]
    shipped = open_corpus("references").documents[0]
    assert (first.id, first.text, first.references) == (shipped.id, shipped.text, shipped.references)
    assert (first.title, dict(first.metadata)) == (shipped.title, {"genre": "news"})


@pytest.mark.parametrize("name", ["flat.csv", "flat.tsv", "flat.csv.gz"])
def test_cells_may_hold_line_breaks(tables: Path, name: str) -> None:
    """A quoted cell of a spreadsheet keeps its lines, whoever saved it."""
    documents = open_corpus(str(tables / name)).documents
    assert [document.text for document in documents] == [row["document"] for row in ROWS]
    assert [document.references for document in documents] == [(row["reference"],) for row in FLAT]


def test_a_spreadsheet_may_divide_by_semicolons(tables: Path) -> None:
    """A first line with semicolons and no comma says what divides the cells."""
    assert open_corpus(str(tables / "semicolon.csv")).documents[0].text == "A text."


def test_several_files_by_a_pattern_are_one_corpus(tmp_path: Path) -> None:
    """A pattern's files are read in the order of their names, and the corpus is named after their folder."""
    home = tmp_path / "shards"
    home.mkdir()
    for number in (2, 1):
        row = {"id": str(number), "document": "A text.", "reference": "One."}
        (home / f"part-{number}.jsonl").write_bytes(jsonl([row]))
    corpus = open_corpus(str(home / "part-*.jsonl"))
    assert (corpus.name, [document.id for document in corpus.documents]) == ("shards", ["1", "2"])
    with pytest.raises(CorpusError, match="no file has such a name"):
        open_corpus(str(home / "*.csv"))


def test_columns_are_named_by_options(tmp_path: Path) -> None:
    """Document, references (several columns) and id may have any names; what has no role becomes metadata."""
    file = tmp_path / "t.csv"
    delimited(",")(file, [{"n": "x7", "body": "A text.", "gold": "One.", "silver": "Two.", "year": "1999"}])
    corpus = open_corpus(f"{file},document=body,reference=gold+silver,id=n")
    assert corpus.documents == (Document("x7", "A text.", ("One.", "Two."), "", "en", {"year": "1999"}),)
    assert corpus.source == f"{file},document=body,reference=gold+silver,id=n"


def test_numbered_columns_are_several_references(tmp_path: Path) -> None:
    """reference_1 and reference_2 belong together, and an empty cell among them is no reference."""
    file = tmp_path / "t.csv"
    rows = [{"text": "A.", "reference_1": "One.", "reference_2": "Two."}]
    delimited(",")(file, [*rows, {"text": "B.", "reference_1": "One.", "reference_2": ""}])
    assert [document.references for document in open_corpus(str(file)).documents] == [("One.", "Two."), ("One.",)]


def test_a_column_that_might_be_either_is_asked_for() -> None:
    """With highlights and summary in one table, one may be somebody's output: the user must say which."""
    with pytest.raises(CorpusError, match="highlights and summary could both be the reference"):
        Columns().roles(["article", "highlights", "summary"])
    assert Columns(references=("highlights",)).roles(["article", "highlights", "summary"]).rest == ("summary",)


def test_ids_are_made_from_content(tmp_path: Path) -> None:
    """Without ids a document has one that stays when rows move, and equal rows differ by a number."""
    a, b = {"text": "A.", "summary": "One."}, {"text": "B.", "summary": "One."}
    (tmp_path / "one.jsonl").write_bytes(jsonl([a, b, a]))
    (tmp_path / "two.jsonl").write_bytes(jsonl([b, a]))
    one = [document.id for document in open_corpus(str(tmp_path / "one.jsonl")).documents]
    two = [document.id for document in open_corpus(str(tmp_path / "two.jsonl")).documents]
    assert two == [one[1], one[0]]
    assert one[2] == f"{one[0]}-2"


def test_running_references_are_cut_into_sentences(tmp_path: Path) -> None:
    """References without line breaks are split, those with line breaks and marked ones are taken as they say."""
    rows = [
        {"text": "A.", "summary": "Mr. Hale left. He took the train."},
        {"text": "B.", "summary": "First.\nSecond. Third."},
    ]
    (tmp_path / "a.jsonl").write_bytes(jsonl(rows))
    cut = [document.references[0] for document in open_corpus(str(tmp_path / "a.jsonl")).documents]
    assert cut == ["Mr. Hale left.\nHe took the train.", "First.\nSecond. Third."]
    kept = [document.references[0] for document in open_corpus(f"{tmp_path / 'a.jsonl'},sentences=lines").documents]
    assert kept == [row["summary"] for row in rows]


def test_rows_of_one_document_can_be_merged(tmp_path: Path) -> None:
    """merge=yes makes one document of rows in succession that have the same text."""
    rows = [{"id": f"d_{n}", "dialogue": "Hi.", "summary": f"{n}."} for n in (1, 2)]
    (tmp_path / "a.jsonl").write_bytes(jsonl([*rows, {"id": "e", "dialogue": "Bye.", "summary": "3."}]))
    documents = open_corpus(f"{tmp_path / 'a.jsonl'},merge=yes").documents
    assert [(document.id, document.references) for document in documents] == [("d_1", ("1.", "2.")), ("e", ("3.",))]


GOOD = {"id": "a", "document": "x", "reference": "y"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.jsonl", b"{", "t.jsonl, line 1: no JSON"),
        ("t.jsonl", b"[1]", "item 1: no JSON object, but a number"),
        ("t.jsonl", jsonl([GOOD]) + b"\n\xff\n", "t.jsonl, line 3: not UTF-8"),
        ("t.jsonl", jsonl([GOOD, {"document": "x"}]), "line 2: no reference: needs one of references, .* has document"),
        ("t.jsonl", jsonl([GOOD, {"references": ["x"]}]), "line 2: no document: needs one of .*--document-column"),
        ("t.jsonl", jsonl([{**GOOD, "document": " "}]), "line 1: the document is empty"),
        ("t.jsonl", jsonl([{"document": "x", "references": []}]), "line 1: a reference is missing or empty"),
        ("t.jsonl", jsonl([{"document": "x", "references": ["y", ""]}]), "line 1: a reference is missing or empty"),
        ("t.jsonl", jsonl([{"document": "x", "references": [1]}]), "references is neither a text nor a list"),
        ("t.jsonl", jsonl([{**GOOD, "id": []}]), "line 1: id is neither a text nor a number"),
        ("t.jsonl", jsonl([GOOD, GOOD]), "two documents have the id 'a'"),
        ("t.jsonl", b'{"document": "\\ud800", "reference": "x"}', "document holds half a surrogate pair"),
        ("t.jsonl", b"\n", "t.jsonl: holds no rows"),
        ("t.jsonl", b'{"document": "x", "reference": "y", "reference": "z"}', "the key 'reference' comes twice"),
        ("t.json", b'{"a": 1}', "t.json: is neither a list of objects"),
        ("t.csv", b"", "t.csv: is empty"),
        ("t.csv", b"id,id\n", "two columns have the name 'id'"),
        ("t.csv", b'document,reference\n"a\nb",c\nx\n', "t.csv, line 4: 1 cells for 2 columns"),
        ("t.csv", b'document,reference\nx,"y', "t.csv, line 2: a quote opens a cell and nothing closes it"),
        ("t.csv", b"document,reference\nx,\n", "t.csv, line 2: a reference is missing or empty"),
        (
            "t.jsonl.gz",
            gzip.compress(jsonl([GOOD] * 99), mtime=0)[:-20],
            "t.jsonl.gz: the gzip file is damaged or cut off",
        ),
        ("t.jsonl.gz", jsonl([GOOD]), "t.jsonl.gz: the gzip file is damaged or cut off"),
        ("t.jsonl.zst", jsonl([GOOD]), "t.jsonl.zst: the zstd file is damaged or cut off"),
        ("t.parquet", b"PAR1 and nothing more", "t.parquet: the parquet file is damaged or cut off"),
    ],
)
def test_wrong_input_is_named_by_its_place(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """What cannot be read raises CorpusError in one line with file, place, and what is wrong."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=says) as caught:
        open_corpus(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_parquet_file_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    """Which of the two is meant cannot be told; Arrow would take the last."""
    names = ["document", "reference", "reference"]
    pq.write_table(pa.table([["x"], ["y"], ["z"]], names=names), tmp_path / "t.parquet")
    with pytest.raises(CorpusError, match=r"t.parquet: two columns have the name 'reference'"):
        open_corpus(str(tmp_path / "t.parquet"))


def test_metadata_is_the_same_text_from_every_format(tmp_path: Path) -> None:
    """A filter and a breakdown find the same values, whatever type a format has for them; lists are left out."""
    row = {"text": "A.", "summary": "One.", "year": 2019, "day": "2020-01-02", "open": True, "tags": ["x"]}
    (tmp_path / "a.jsonl").write_bytes(jsonl([row]))
    typed = {**row, "year": 2019.0, "day": date(2020, 1, 2)}
    pq.write_table(pa.Table.from_pylist([typed]), tmp_path / "a.parquet")
    for name in ("a.jsonl", "a.parquet"):
        (document,) = open_corpus(str(tmp_path / name)).documents
        assert document.metadata == {"year": "2019", "day": "2020-01-02", "open": "true"}


def test_a_truncated_parquet_is_said_to_be_so(tables: Path) -> None:
    """A parquet file that lost its end is one line, not a traceback."""
    whole = (tables / "a.parquet").read_bytes()
    (tables / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorpusError, match=r"cut.parquet: the parquet file is damaged or cut off"):
        open_corpus(str(tables / "cut.parquet"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("document=body", "line 1: no column 'body': there are id, document, references"),
        ("docment=body", "unknown option of a corpus 'docment': did you mean 'document'"),
        ("document", "'document' is no key=value"),
        ("document=id,document=document", "document=… is given twice"),
        ("sentences=dots", "unknown convention of sentences 'dots'"),
        ("merge=maybe", "merge=maybe: give yes or no"),
        ("split=test", "split=… goes with hub:NAME"),
    ],
)
def test_wrong_options_are_named(tables: Path, options: str, says: str) -> None:
    """A column that is not there is named with those that are, an unknown option with the nearest."""
    with pytest.raises(BenchError, match=says):
        open_corpus(f"{tables / 'a.jsonl'},{options}")
