"""Cells of tables: lists written as text, missing values, ids."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies

import sumbench
from sumbench.cli import main
from sumbench.corpus import open_corpus
from sumbench.corpus.cells import is_missing
from sumbench.corpus.cells import listed
from sumbench.corpus.cells import mapped
from sumbench.corpus.cells import scalar_text
from sumbench.corpus.outputs import read_outputs
from sumbench.corpus.references import systems_in
from sumbench.corpus.rows import RowCache
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.runs.store import read_run
from tests.corpus.test_tables import jsonl

TEXTS = strategies.lists(
    strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1
)


@settings(max_examples=50)
@given(TEXTS)
def test_a_list_comes_back_as_it_was_written(texts: list[str]) -> None:
    """What JSON, Python and NumPy write for a list of texts is read as that list."""
    assert list(listed(json.dumps(texts)) or []) == texts
    assert list(listed(json.dumps(texts, ensure_ascii=False, indent=1)) or []) == texts
    assert list(listed(str(texts)) or []) == texts
    assert list(listed(str(tuple(texts))) or []) == texts
    assert list(listed(str(np.array(texts, dtype=object))) or []) == texts
    assert list(listed(repr(np.array(texts, dtype=object))) or []) == texts
    assert list(listed(str([np.str_(text) for text in texts])) or []) == texts


@settings(max_examples=50)
@given(strategies.dictionaries(strategies.text(), strategies.none() | strategies.text(), min_size=1))
def test_an_object_comes_back_as_it_was_written(texts: dict[str, str | None]) -> None:
    """What JSON and Python write for an object of texts is read as that object."""
    assert mapped(json.dumps(texts)) == texts
    assert mapped(str(texts)) == texts


@pytest.mark.parametrize(
    "text",
    [
        "[Tom] went home.",
        "[1]",
        "[1, 2]",
        "[sic]",
        "(Reuters)",
        "('a')",
        '["Yes," he said]',
        "['a' 'b', 'c']",
        "['a''b']",
        "['a': 'b']",
        "[",
        "]",
        "",
        "array of lists",
        "a 'list'",
        "{'a', 'b'}",
        "['" + "a" * 100_000,
        "['a', " * 20_000 + "]",
    ],
)
def test_a_text_that_is_no_list_stays_text(text: str) -> None:
    """Brackets alone make no list, and a long text with many of them is told in no time."""
    assert listed(text) is None
    assert mapped(text) is None


@settings(max_examples=50)
@given(strategies.text(alphabet="[]()'\",\\ nNa{}:"))
def test_any_text_is_a_list_or_none(text: str) -> None:
    """No text makes an error, whatever brackets, quotes and backslashes it has."""
    assert not isinstance(listed(text), str)
    assert not isinstance(mapped(text), str)


@pytest.mark.parametrize("write", [json.dumps, str, lambda texts: str(np.array(texts, dtype=object))])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
@pytest.mark.parametrize("stream", [False, True])
def test_lists_in_cells_are_references(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    write: "object",
    suffix: str,
    *,
    stream: bool,
) -> None:
    """A list that was written into a cell as text is several references, and the table says so."""
    assert callable(write)
    monkeypatch.chdir(tmp_path)
    references = [["The mill closed.", 'It\'s "shut".'], ["A ferry sails.", "Islands are joined."]]
    frame = pd.DataFrame(
        {
            "id": ["a", "b"],
            "references": [write(texts) for texts in references],
            "output": ["The mill closed.", "Islands are joined."],
        }
    )
    if suffix == "parquet":
        frame.to_parquet("t.parquet")
    elif suffix == "jsonl":
        frame.to_json("t.jsonl", orient="records", lines=True)
    else:
        frame.to_csv(f"t.{suffix}", sep="\t" if suffix == "tsv" else ",", index=False)
    assert main(["score", f"t.{suffix}", "--handling", "max", "--out", "out", *(["--stream"] if stream else [])]) == 0
    table = capsys.readouterr().out
    assert f"t.{suffix}: 2 cells of the column references read as lists of texts, not as text" in table
    assert [list(document.references) for document in read_run(Path("out")).documents] == references
    assert "100.00" in table


def test_an_output_that_is_a_list_stays_text(tmp_path: Path) -> None:
    """What a model wrote is scored as it is: only references and documents are read as lists."""
    (tmp_path / "o.csv").write_text("id,output\na,\"['One.', 'Two.']\"\n", "utf-8")
    assert read_outputs(str(tmp_path / "o.csv"))[""].texts == ["['One.', 'Two.']"]
    (tmp_path / "long.csv").write_text("document,system,text\na,s,['One.']\n", "utf-8")
    assert read_outputs(str(tmp_path / "long.csv"))["s"].texts == ["['One.']"]


def test_lists_are_read_from_rows_of_plug_ins_and_of_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rows are the same references, and are noted, whichever way they come."""
    monkeypatch.chdir(tmp_path)
    row = {"id": "a", "document": "A text.", "references": json.dumps(["One.", "Two."])}
    Path("own.py").write_text(f"def rows():\n    return [{row!r}]\n", "utf-8")
    Path("hub").mkdir()
    pd.DataFrame([row]).to_csv("hub/test.csv", index=False)
    for name in ("./own.py:rows", "hub:hub"):
        corpus = open_corpus(name)
        assert corpus.documents[0].references == ("One.", "Two."), name
        assert corpus.notes[0].endswith("1 cell of the column references read as lists of texts, not as text")


def test_the_documents_of_a_run_stay_as_they_are(tmp_path: Path) -> None:
    """A document that was given as a text that looks like a list is that text when its run is read as a corpus."""
    document = Document("a", '["One.", "Two."]', ("One.",), language="en")
    sumbench.run([document], "lead", out=tmp_path / "run", cache=False, metrics="text")
    assert open_corpus(str(tmp_path / "run")).documents == (document,)


def test_a_broken_list_below_lists_is_refused(tmp_path: Path) -> None:
    """A cell that was cut off somewhere stands out in a column of lists; alone it is text."""
    whole, broken = json.dumps(["One.", "Two."]), '["One.", Two."]'
    (tmp_path / "t.jsonl").write_bytes(jsonl([{"document": "x", "references": text} for text in (whole, broken)]))
    with pytest.raises(CorpusError, match="line 2: references begins and ends as a list of texts, but is none"):
        open_corpus(str(tmp_path / "t.jsonl"))
    (tmp_path / "t.jsonl").write_bytes(jsonl([{"document": "x", "references": broken}]))
    assert open_corpus(str(tmp_path / "t.jsonl")).documents[0].references == (broken,)
    (tmp_path / "t.jsonl").write_bytes(jsonl([{"document": "x", "references": "['a' 'b' ... 'z']"}]))
    with pytest.raises(CorpusError, match="line 1: references holds an array that was cut off"):
        open_corpus(str(tmp_path / "t.jsonl"))


def test_what_reading_finds_is_noted_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run notes what the files of its corpus and of its outputs held, a check of a corpus what its table did."""
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text("id,document,references\n1,A text.,\"['One.']\"\n2,A text more.,\"['Two.']\"\n", "utf-8")
    Path("o.tsv").write_text('id\toutput\n1\t"One.\n2\tTwo."\n', "utf-8")
    assert main(["run", "--corpus", "c.csv", "--systems", "outputs,path=o.tsv", "--out", "out", "--quiet"]) == 0
    table = capsys.readouterr().out
    assert "c.csv: 2 cells of the column references read as lists of texts" in table
    assert "o.tsv: the quotes in lines 2 to 3 are taken as text" in table
    assert main(["corpora", "check", "c.csv"]) == 0
    assert "c.csv: 2 cells of the column references read as lists of texts" in capsys.readouterr().out


def test_systems_may_stand_in_a_cell(tmp_path: Path) -> None:
    """An object of outputs by system is read from a cell of text, as JSON and Python write it."""
    written = io.StringIO()
    rows = [("a", json.dumps({"x": "One.", "y": None})), ("b", str({"x": "Two.", "y": "Three."}))]
    csv.writer(written).writerows([("id", "systems"), *rows])
    (tmp_path / "o.csv").write_text(written.getvalue(), "utf-8", newline="")
    tables = RowCache()
    assert systems_in(str(tmp_path / "o.csv"), tables.read)[1:] == (["x", "y"], [])
    found = read_outputs(str(tmp_path / "o.csv"), read=tables.read)
    assert {name: outputs.texts for name, outputs in found.items()} == {"x": ["One.", "Two."], "y": [None, "Three."]}
    assert [note.partition(": ")[2] for note in tables.notes] == [
        "2 cells of the column systems read as objects of texts, not as text"
    ]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1, 1.0, np.int16(1), np.float32(1), Decimal("1.00"), "1", b"1"), "1"),
        ((-0.0, 0, np.uint8(0)), "0"),
        ((1.5, Decimal("1.5"), np.float64(1.5)), "1.5"),
        ((2**70, float(2**70), str(2**70)), str(2**70)),
        ((True, np.bool_(1)), "true"),
        (
            (
                date(2020, 1, 2),
                np.datetime64("2020-01-02"),
                pd.Timestamp("2020-01-02"),
                datetime.fromisoformat("2020-01-02"),
            ),
            "2020-01-02",
        ),
        ((UUID(int=7),), "00000000-0000-0000-0000-000000000007"),
        (("007",), "007"),
        (([], {}, object()), None),
    ],
)
def test_scalars_as_text(values: Sequence[object], text: str | None) -> None:
    """The same value is the same text, whatever the type that a format has for it."""
    assert {scalar_text(value) for value in values} == {text}


def test_missing_values() -> None:
    """None, NaN of every type, and what pandas has for them are missing; empty texts and zeros are not."""
    missing = (None, float("nan"), np.float32("nan"), np.float64("nan"), Decimal("nan"), pd.NA, pd.NaT)
    assert all(map(is_missing, missing))
    assert not any(map(is_missing, ("", "nan", "NA", 0, 0.0, False, [], np.array([np.nan]), np.int8(0))))


OUTPUT = "The mill closed."
KEYS = "abcdef"


@pytest.fixture
def _references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": key, "document": f"A text about {key}.", "reference": OUTPUT} for key in KEYS]
    Path("refs.jsonl").write_bytes(jsonl(rows))


@pytest.mark.usefixtures("_references")
def test_an_output_that_is_not_there_is_no_summary() -> None:
    """null, NaN, a missing key and blank texts fail alike in memory, as a stream, in a run, and beside references."""
    outputs: list[dict[str, object]] = [{"output": OUTPUT}, {"output": None}, {"output": float("nan")}, {}]
    outputs += [{"output": ""}, {"output": " "}]
    failures = [None, "missing", "missing", "missing", "empty", "empty"]
    Path("o.jsonl").write_bytes(jsonl([{"id": key, **row} for key, row in zip(KEYS, outputs, strict=True)]))
    Path("n.jsonl").write_bytes(jsonl([{"n": 1, **row} for row in outputs]))
    Path("side.jsonl").write_bytes(jsonl([{"reference": OUTPUT, **row} for row in outputs]))
    systems = [{"y": OUTPUT, **({"x": row["output"]} if "output" in row else {})} for row in outputs]
    Path("sys.jsonl").write_bytes(jsonl([{"reference": OUTPUT, "systems": row} for row in systems]))
    ways = [
        *(["--references", "refs.jsonl", "--outputs", f"x={name}.jsonl"] for name in "on"),
        *([f"{name}.jsonl"] for name in ("side", "sys")),
    ]
    ways = [["score", *way, *more] for way in ways for more in ([], ["--stream"])]
    for way in (*ways, ["run", "--corpus", "refs.jsonl", "--systems", "outputs,path=o.jsonl,as=x"]):
        out = "-".join(way).replace(".jsonl", "")
        assert main([*way, "--out", out, "--quiet"]) == 3, way
        found = [one.failure for one in read_run(Path(out)).summaries if one.system != "y"]
        assert found == failures, way
    texts = [row.get("output") for row in outputs]
    for name, given_texts in {"list": texts, "by-id": dict(zip(KEYS, texts, strict=True))}.items():
        made = sumbench.score("refs.jsonl", {"x": given_texts}, out=name)  # type: ignore[dict-item]
        assert [one.failure for one in made.summaries] == failures, name


@pytest.mark.usefixtures("_references")
@pytest.mark.parametrize("reference", [None, float("nan"), "", " ", []])
def test_a_reference_that_is_not_there_is_refused(reference: object, capsys: pytest.CaptureFixture[str]) -> None:
    """null, NaN, an empty list and a blank text are one line with file and row, in memory and as a stream."""
    row = {"id": "a", "document": "A text.", "reference": OUTPUT, "output": OUTPUT}
    Path("t.jsonl").write_bytes(jsonl([row, {**row, "id": "b", "reference": reference}]))
    for way in (["score", "t.jsonl"], ["score", "t.jsonl", "--stream"], ["run", "--corpus", "t.jsonl"]):
        assert main([*way, "--out", "out", "--quiet"]) == 2
        assert capsys.readouterr().err == "sumbench: t.jsonl, line 2: a reference is missing or empty\n"


@pytest.mark.usefixtures("_references")
def test_ids_of_any_type_join(capsys: pytest.CaptureFixture[str]) -> None:
    """Integers of one file are the floats and the texts of others; a whole number with a fraction is said to be one."""
    Path("refs.jsonl").write_bytes(jsonl([{"id": number, "reference": OUTPUT} for number in (1, 2)]))
    pd.DataFrame({"id": [2.0, 1.0], "output": [OUTPUT] * 2}).to_parquet("o.parquet")
    Path("o.csv").write_text(f"id,output\n1,{OUTPUT}\n2,{OUTPUT}\n", "utf-8")
    assert main(["score", "--references", "refs.jsonl", "--outputs", "x=o.parquet", "y=o.csv", "--out", "out"]) == 0
    given_texts = {np.int64(1): OUTPUT, 2.0: OUTPUT}
    assert sumbench.score("refs.jsonl", {"x": given_texts}, out="api").summaries  # type: ignore[dict-item]
    Path("o.csv").write_text(f"id,output\n1.0,{OUTPUT}\n2.0,{OUTPUT}\n", "utf-8")
    capsys.readouterr()
    assert main(["score", "--references", "refs.jsonl", "--outputs", "y=o.csv", "--out", "out2"]) == 2
    assert "unknown document '1.0' and 1 more: write the id as '1', without a fraction" in capsys.readouterr().err
