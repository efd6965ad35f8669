"""Folders of articles as corpora."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.corpus import open_corpus
from sumbench.errors import CorpusError

Write = Callable[..., Path]


def test_one_article_folder_is_a_corpus(tmp_path: Path, write_article: Write) -> None:
    """A folder with article.txt is a corpus of one document, its id the folder's name."""
    folder = write_article(
        tmp_path / "bridge", about='title = "A bridge"\ndate = 2024-05-01\ngenre = "news"\nreal = true'
    )
    (document,) = open_corpus(str(folder)).documents
    assert (document.id, document.title, document.language) == ("bridge", "A bridge", "en")
    assert document.metadata == {"date": "2024-05-01", "genre": "news", "real": "true"}
    assert document.references[0].split("\n") == [
        "The council voted for the bridge.",
        "Work begins in May and will cost two million.",
    ]


def test_a_folder_of_article_folders_is_read_in_order(tmp_path: Path, write_article: Write) -> None:
    """Article folders come sorted by name; hidden folders and loose files are no articles."""
    for name in ("b", "a", ".hidden"):
        write_article(tmp_path / name)
    (tmp_path / "README.md").write_text("about these articles")
    assert [document.id for document in open_corpus(str(tmp_path)).documents] == ["a", "b"]


def test_references_are_numbered_not_spelt(tmp_path: Path, write_article: Write) -> None:
    """reference-10 comes after reference-2."""
    references = tuple(f"Reference number {number}.\nIt has two lines." for number in range(1, 12))
    folder = write_article(tmp_path / "a", references=references)
    assert open_corpus(str(folder)).documents[0].references == references


def test_a_reference_on_one_line_is_split_into_sentences(tmp_path: Path, write_article: Write) -> None:
    """A reference written as one paragraph gets one sentence a line."""
    folder = write_article(tmp_path / "a", references=("Mr. Hale left. He took the train.",))
    assert open_corpus(str(folder)).documents[0].references == ("Mr. Hale left.\nHe took the train.",)


def test_byte_order_mark_and_carriage_returns_make_no_difference(tmp_path: Path, write_article: Write) -> None:
    """Files saved by Windows editors read like any others."""
    plain = write_article(tmp_path / "plain" / "a")
    windows = write_article(tmp_path / "windows" / "a")
    for file in windows.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert open_corpus(str(plain)).documents == open_corpus(str(windows)).documents


def test_the_fingerprint_follows_what_is_scored(tmp_path: Path, write_article: Write) -> None:
    """Texts and references change the fingerprint; the title does not."""
    texts = {"same": {}, "titled": {"about": 'title = "T"'}, "other": {"references": ("Another one.",)}}
    same, titled, other = (
        open_corpus(str(write_article(tmp_path / name / "a", **changes))).fingerprint  # type: ignore[arg-type]
        for name, changes in texts.items()
    )
    assert same == titled != other


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("article.txt", None, "article.txt: no such file"),
        ("article.txt", b" \n\t\n", "article.txt: holds no text"),
        ("article.txt", b"caf\xe9 closed", "article.txt: byte 4 is not UTF-8"),
        ("reference-2.txt", b"", "reference-2.txt: holds no text"),
        ("reference-1.txt", b"\xff\xfe", "reference-1.txt: byte 1 is not UTF-8"),
        ("about.toml", b"title = ", "about.toml: no valid TOML"),
        ("about.toml", b"title = 7", "about.toml: title must be a text"),
    ],
)
def test_unusable_files_are_named(
    tmp_path: Path, write_article: Write, file: str, content: bytes | None, says: str
) -> None:
    """A file that is missing, empty or no UTF-8 raises CorpusError with its name and the reason."""
    folder = write_article(tmp_path / "a")
    (folder / file).unlink(missing_ok=True)
    if content is not None:
        (folder / file).write_bytes(content)
    with pytest.raises(CorpusError, match=says):
        open_corpus(str(tmp_path))


def test_an_article_without_references_is_refused(tmp_path: Path, write_article: Write) -> None:
    """There is nothing to score against without a reference."""
    write_article(tmp_path / "a", references=())
    with pytest.raises(CorpusError, match=r"a: no reference-\*\.txt"):
        open_corpus(str(tmp_path))


def test_two_articles_with_one_id_are_refused(tmp_path: Path, write_article: Write) -> None:
    """Ids must differ, and the error names both folders."""
    write_article(tmp_path / "a", about='id = "bridge"')
    write_article(tmp_path / "b", about='id = "bridge"')
    with pytest.raises(CorpusError, match=r"b: has the id 'bridge' of .*a:"):
        open_corpus(str(tmp_path))


def test_an_ambiguous_folder_is_refused(tmp_path: Path, write_article: Write) -> None:
    """A folder that is an article and holds articles leaves open which is meant."""
    write_article(tmp_path / "a" / "inner")
    write_article(tmp_path / "b")
    (tmp_path / "b" / "article.txt").rename(tmp_path / "a" / "article.txt")
    with pytest.raises(CorpusError, match="inner"):
        open_corpus(str(tmp_path / "a"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("refrences", "did you mean 'references'"),
        ("./nowhere/at/all", "no such folder"),
        (__file__, "is neither a folder"),
    ],
)
def test_a_corpus_that_is_not_there_is_named(name: str, says: str) -> None:
    """A misspelt preset gets a hint, a path that is not there is said to be so."""
    with pytest.raises(CorpusError, match=says):
        open_corpus(name)
