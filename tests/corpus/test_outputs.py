"""Systems' outputs from files."""

import json
from pathlib import Path

import pytest

from sumbench.corpus import outputs
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.errors import CorpusError
from sumbench.records import Document

DOCUMENTS = [Document("a", "", ("x",)), Document("b", "", ("y",))]


def write(file: Path, *rows: object) -> str:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


def test_outputs_of_several_systems_stand_in_one_file(tmp_path: Path) -> None:
    """`systems` holds a text a system, joined by id; otherwise a row is one output of the file's own system."""
    many = outputs.read_outputs(
        write(tmp_path / "m.jsonl", *({"id": key, "systems": {"x": key, "y": "2"}} for key in "ba"))
    )
    aligned = {system: texts.aligned_to(DOCUMENTS, "m") for system, texts in many.items()}
    assert aligned == {
        "x": ["a", "b"],
        "y": ["2", "2"],
    }
    one = outputs.read_outputs(write(tmp_path / "o.jsonl", {"output": "1", "summary": "no"}, {"output": "2"}))
    assert one[""].aligned_to(DOCUMENTS, "o") == ["1", "2"]


def test_a_reference_never_stands_in_for_an_output(tmp_path: Path) -> None:
    """Where a row lacks the column of the outputs, its `summary` is not taken for one, in memory and as a stream."""
    rows = [{"id": "a", "output": "1", "summary": "x"}, {"id": "b", "summary": "y"}]
    file = write(tmp_path / "o.jsonl", *rows)
    assert outputs.read_outputs(file)[""].aligned_to(DOCUMENTS, "o") == ["1", None]
    references = write(tmp_path / "r.jsonl", *({"id": row["id"], "reference": row["summary"]} for row in rows))
    streams = Streams(parse_spec(references), {"s": file})
    assert [dict(row.outputs) for row in streams.joined(lambda document: document)] == [{"s": "1"}, {"s": None}]
    for odd in (rows[::-1], [{"id": "a", "output": "1"}, {"id": "b", "prediction": "2"}]):
        write(tmp_path / "o.jsonl", *odd)
        with pytest.raises(CorpusError, match=r"line 2: has a column '.*', where the rows before have"):
            outputs.read_outputs(file)


def test_an_output_column_can_be_named(tmp_path: Path) -> None:
    """A named column wins over the usual names, and its ids may have any name, too."""
    file = write(tmp_path / "o.jsonl", {"key": "b", "bart": "1", "output": "no"}, {"key": "a", "bart": "2"})
    assert outputs.read_outputs(file, "bart", "key")[""].aligned_to(DOCUMENTS, "o") == ["2", "1"]


def test_a_text_file_has_one_output_a_line(tmp_path: Path) -> None:
    """Lines are joined by order; an empty line is an empty summary, a byte-order mark alone is none."""
    (tmp_path / "o.hypo").write_bytes(b"\xef\xbb\xbfone\r\n\r\n\xef\xbb\xbf")
    assert outputs.read_outputs(str(tmp_path / "o.hypo"))[""].aligned_to(DOCUMENTS, "o") == ["one", ""]


def test_a_summary_a_row_may_lack_its_text(tmp_path: Path) -> None:
    """A key that a later row lacks is a missing output, or is named where it cannot be missing."""
    first = {"document": "a", "system": "s", "text": "1"}
    file = write(tmp_path / "o.jsonl", first, {"document": "b", "system": "s"})
    assert outputs.read_outputs(file)["s"].texts == ["1", None]
    with pytest.raises(CorpusError, match="line 2: names no system"):
        outputs.read_outputs(write(tmp_path / "o.jsonl", first, {"document": "b", "text": "2"}))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"id": "a", "output": "x"}] * 2, "line 2: id 'a' comes twice"),
        ([{"id": "a", "output": "x"}, {"output": "x"}], "line 2: has no id, but other rows do"),
        ([{"output": "x"}, {"id": "a", "output": "x"}], "line 2: has an id, but other rows do not"),
        ([{"id": "a", "text": "x"}], "line 1: no output: needs one of output, .* has id, text"),
        ([{"id": "a", "output": ["x", "y"]}], "output holds 2 texts where one output is wanted"),
        ([{"id": "a", "systems": {"x": 1}}], "line 1: systems is no object of texts"),
        ([], "holds no rows"),
    ],
)
def test_wrong_outputs_are_named_by_their_line(tmp_path: Path, rows: list[object], says: str) -> None:
    """A row that is no output raises CorpusError with file, line and what is wrong."""
    with pytest.raises(CorpusError, match=says):
        outputs.read_outputs(write(tmp_path / "o.jsonl", *rows))
