"""The references of `score`: text files, tables and runs, and the options that each of them takes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import sumbench
from sumbench.corpus.columns import Columns
from sumbench.corpus.references import read_references
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.errors import BenchError


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("One.<q>Two.\n", "utf-8")
    Path("b.txt").write_text("Eins. Zwei.\n", "utf-8")
    rows = [{"id": key, "reference": f"About {key}."} for key in "ab"]
    Path("t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_text_files_are_references_of_the_same_documents() -> None:
    """Each has a line for a document, cut by the convention; what one says of the language holds for all."""
    (document,) = read_references(["a.txt", "b.txt,language=German"], "q").documents
    assert (document.references, document.language) == (("One.\nTwo.", "Eins. Zwei."), "de")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["a.txt,sentences=q"], "a text file takes no option but language=…: leave out sentences=…"),
        (["a.txt,language=en", "b.txt,language=de"], "are in en and in de: references of one document have one"),
        (["t.jsonl,split=train"], "split=… goes with hub:NAME, not with a table"),
        (["t.jsonl,merge=yes"], "t.jsonl, line 1: merge=yes joins rows of the same document, and this one has none"),
        (["t.jsonl,language=de,language=fr"], "language=… is given twice"),
        (["a.txt", "a.txt"], "a.txt is named twice"),
        (["t.jsonl", "a.txt"], "several files must be text files"),
    ],
)
def test_an_option_that_would_do_nothing_or_harm_is_refused(names: list[str], says: str) -> None:
    """It is named, and not passed over in silence."""
    with pytest.raises(BenchError, match=says):
        list(read_references(names, "lines").documents)


def test_a_stream_refuses_options_of_the_hub_too() -> None:
    """As the table does in memory."""
    with pytest.raises(BenchError, match="split=… goes with hub:NAME"):
        next(Streams(parse_spec("t.jsonl,split=train")).joined(lambda document: document))


def test_what_is_named_as_references_is_no_document_too() -> None:
    """A column called `text` that holds references is not taken for the documents, nor the other way round."""
    assert Columns(references=("text",)).roles(["id", "text"])[:2] == (None, ("text",))
    assert Columns(references=("text",)).roles(["text", "source"])[:2] == ("source", ("text",))
    assert Columns(document="summary").roles(["summary", "highlights"])[:2] == ("summary", ("highlights",))


def test_what_was_not_read_of_a_folder_is_noted(tmp_path: Path, write_article: Callable[..., Path]) -> None:
    """A corpus within the folder of references is named under the table, as under that of a run."""
    write_article(tmp_path / "arts" / "one")
    write_article(tmp_path / "arts" / "more" / "two")
    made = sumbench.score(tmp_path / "arts", {"s": ["The council voted."]}, metrics="text", out=tmp_path / "out")
    (note,) = [note for note in made.manifest.corpus.notes if "not read" in note]
    assert note.startswith("not read: more, a corpus of its own")
