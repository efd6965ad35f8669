"""Parts of a corpus."""

import json
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.errors import BenchError
from sumbench.records import Document

pytestmark = pytest.mark.usefixtures("in_process")


DOCUMENTS = [
    Document(f"d{n}", f"Text {n}.", ("One.",), metadata={"genre": "news" if n % 2 else "talk"}) for n in range(20)
]


def ids(selection: Selection) -> list[str]:
    return [document.id for document in selection.apply(DOCUMENTS).documents]


def test_a_sample_follows_the_seed_and_nothing_else() -> None:
    """One seed gives one sample in the corpus' order, part of every larger one; another seed another."""
    five, ten = ids(Selection(sample=5)), ids(Selection(sample=10))
    assert five == ids(Selection(sample=5)) == [one for one in ten if one in five]
    assert len(ten) == 10
    assert five != ids(Selection(sample=5, seed=1))
    assert five != ids(Selection(limit=5))


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """Each way of leaving documents out has its line with the number."""
    (tmp_path / "ids.txt").write_text("d1\nd3\nd5\nd7\nd2\n")
    selected = Selection(limit=2, sample=3, ids=tmp_path / "ids.txt", filters=("genre=news",)).apply(DOCUMENTS[:19])
    assert len(selected.documents) == 2
    assert {document.metadata["genre"] for document in selected.documents} == {"news"}
    assert selected.notes == (
        "--ids ids.txt: 14 left out",
        "--filter genre=news: 1 left out",
        "--sample 3, seed 0: 1 left out",
        "--limit 2: 1 left out",
    )
    assert Selection(limit=20, sample=30).apply(DOCUMENTS).notes == ()


def test_with_a_known_total_the_rest_is_not_read() -> None:
    """A limit on a corpus whose size is known reads no further than the limit, and still counts what it left out."""
    stream = iter(DOCUMENTS)
    selected = Selection(limit=3).apply(stream, total=20)
    assert next(stream).id == "d3"
    assert selected.notes == ("--limit 3: 17 left out",)
    assert Selection(limit=20).apply(DOCUMENTS, total=20).notes == ()
    assert Selection(limit=3).apply(stream, remote=True).notes == ("--limit 3: the rest was left out unread",)
    assert next(stream).id == "d7"


def test_ids_that_no_document_has_are_named(tmp_path: Path) -> None:
    """An id that is not there is an error, not silence, and so is a filter that no document can meet."""
    (tmp_path / "ids.txt").write_text("d1\nnone\n")
    (tmp_path / "empty.txt").write_text("\n")
    for selection, says in (
        (Selection(ids=tmp_path / "ids.txt"), "ids.txt: no document has the id 'none'"),
        (Selection(filters=("gnre=news",)), "unknown column 'gnre': did you mean 'genre'"),
        (Selection(filters=("genre=poem",)), "no document is left; --filter genre=poem: 20 left out"),
    ):
        with pytest.raises(BenchError, match=says):
            selection.apply(DOCUMENTS)
    with pytest.raises(BenchError, match=r"empty.txt: holds no ids"):
        ids(Selection(ids=tmp_path / "empty.txt"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"limit": 0}, "--limit 0 leaves no document"),
        ({"sample": -1}, "--sample -1 leaves no document"),
        ({"filters": ("genre",)}, "--filter 'genre': give key=value"),
        ({"filters": ("=x",)}, "--filter '=x': give key=value"),
    ],
)
def test_wrong_selections_are_usage_errors(wrong: dict[str, object], says: str) -> None:
    """What cannot mean a part of a corpus is refused before anything is read."""
    with pytest.raises(BenchError, match=says):
        Selection(**wrong)  # type: ignore[arg-type]


def test_duplicates_are_reported(tmp_path: Path) -> None:
    """Documents with one text, blanks and case aside, are named under the table."""
    lines = [
        f'{{"id": "{key}", "text": "{text}", "summary": "S."}}'
        for key, text in zip("abc", ("A b", "a  B", "C"), strict=True)
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    assert open_corpus(str(tmp_path / "t.jsonl")).notes == ("1 duplicate document: a = b",)


def test_a_run_says_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The flags of `sumbench run` select, and the table on paper has a line for each."""
    rows = [
        {"id": document.id, "text": document.text, "summary": "One.", "genre": document.metadata["genre"]}
        for document in DOCUMENTS
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = ["--corpus", str(tmp_path / "t.jsonl"), "--systems", "lead", "--out", str(tmp_path / "run"), "--quiet"]
    assert main(["run", *arguments, "--filter", "genre=news", "--sample", "4", "--seed", "7"]) == 0
    assert "t: 4 documents" in capsys.readouterr().out
    table = (tmp_path / "run" / "table.md").read_text()
    assert "--filter genre=news: 10 left out" in table
    assert "--sample 4, seed 7: 6 left out" in table
