import json
from pathlib import Path

import pytest

from bench.corpus import open_corpus
from bench.corpus import rows
from bench.errors import CorpusError


def write(file: Path, *lines: object) -> Path:
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return file


def test_a_jsonl_file_is_a_corpus(tmp_path: Path) -> None:
    """Rows give documents in order, under the field's usual names, with one reference or several."""
    file = write(
        tmp_path / "mine.jsonl",
        {"id": 7, "article": "A text.", "highlights": "One.\nTwo."},
        "",
        {"dialogue": "B text.", "references": ["One.", "Two."], "language": "de"},
    )
    corpus = open_corpus(str(file))
    assert corpus.name == "mine"
    first, second = corpus.documents
    assert (first.id, first.text, first.references) == ("7", "A text.", ("One.\nTwo.",))
    assert (second.id, second.references, second.language) == ("2", ("One.", "Two."), "de")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["{"], "line 1: no JSON"),
        (["[1]"], "line 1: no JSON object, but a list"),
        ([{"document": "x"}], "line 1: no reference: needs one of references, .* has document"),
        ([{"references": ["x"]}], "line 1: no document: needs one of document"),
        ([{"document": " ", "references": ["x"]}], "line 1: the document is empty"),
        ([{"document": "x", "references": []}], "line 1: a reference is missing or empty"),
        ([{"document": "x", "references": ["y", ""]}], "line 1: a reference is missing or empty"),
        ([{"document": "x", "references": [1]}], "line 1: references is neither a text nor a list"),
        ([{"document": "x", "reference": "y", "id": []}], "line 1: id is neither a text nor a number"),
        ([{"id": "a", "document": "x", "reference": "y"}] * 2, "two documents have the id 'a'"),
        ([""], "holds no rows"),
    ],
)
def test_wrong_rows_are_named_by_their_line(tmp_path: Path, lines: list[object], says: str) -> None:
    """A row that is no document with references raises CorpusError with file, line and what is wrong."""
    with pytest.raises(CorpusError, match=says):
        open_corpus(str(write(tmp_path / "mine.jsonl", *lines)))


def test_outputs_of_several_systems_stand_in_one_file(tmp_path: Path) -> None:
    """`systems` holds a text a system; otherwise a row is one output of the file's own system."""
    many = write(tmp_path / "many.jsonl", {"id": "a", "systems": {"x": "1", "y": "2"}})
    one = write(tmp_path / "one.jsonl", {"id": "a", "output": "3"})
    assert rows.outputs(many) == {"x": {"a": "1"}, "y": {"a": "2"}}
    assert rows.outputs(one) == {"": {"a": "3"}}


def test_an_output_given_twice_is_refused(tmp_path: Path) -> None:
    """Two equal outputs for one id are still one too many."""
    file = write(tmp_path / "o.jsonl", *[{"id": "a", "output": "x"}] * 2)
    with pytest.raises(CorpusError, match="line 2: id 'a' comes twice"):
        rows.outputs(file)
