"""The languages of a corpus: said by its rows or its name, else guessed, else those of its neighbours."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.corpus.corpus import Corpus
from sumbench.corpus.references import read_references
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.records import Document
from tests.languages.texts import TEXTS

GERMAN = " ".join(TEXTS["de"])
ROWS = [
    {"id": "a", "document": GERMAN, "reference": TEXTS["de"][0], "output": "x"},
    {"id": "b", "document": "Nein.", "reference": "Ja.", "output": "x"},
    {"id": "c", "document": " ".join(TEXTS["fr"]), "reference": TEXTS["fr"][0], "output": "x"},
    {"id": "d", "document": GERMAN + " Mehr nicht.", "reference": TEXTS["de"][1], "output": "x"},
    {"id": "e", "document": "Мост", "reference": "Да", "output": "x"},
]
LANGUAGES = {"a": "de", "b": "de", "c": "fr", "d": "de", "e": "ru"}


def table(file: Path, rows: list[dict[str, str]]) -> str:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


def languages(corpus: Corpus) -> dict[str, str]:
    return {document.id: document.language for document in corpus.documents}


def test_a_document_without_a_language_is_given_its_own_or_its_neighbours(tmp_path: Path) -> None:
    """Clear texts have their language; one that is too short has the commonest in its script."""
    corpus = open_corpus(table(tmp_path / "t.jsonl", ROWS))
    assert languages(corpus) == LANGUAGES
    assert corpus.guesses == {"a": True, "b": False, "c": True, "d": True, "e": False}


@pytest.mark.parametrize(
    "selection",
    [Selection(limit=2), Selection(sample=4), Selection(filters=("language=German",)), Selection(filters=("id=b",))],
    ids=["limit", "sample", "language", "id"],
)
def test_a_part_of_a_corpus_has_the_languages_of_the_whole(tmp_path: Path, selection: Selection) -> None:
    """What is left out counts among the neighbours, and a filter takes any name of a language."""
    part = languages(open_corpus(table(tmp_path / "t.jsonl", ROWS), selection))
    assert 0 < len(part) < len(ROWS)
    assert part.items() <= LANGUAGES.items()


@pytest.mark.parametrize("rows", [ROWS, ROWS[1:2] + ROWS[4:], ROWS[::-1]], ids=["mixed", "usual", "reversed"])
def test_a_stream_and_memory_have_the_same_languages_and_fingerprint(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    """Also where the first pass takes a document for English that the whole corpus shows to be German."""
    name = table(tmp_path / "t.jsonl", rows)
    whole = Corpus("t", tuple(read_references([name], "lines").documents))
    streams = Streams(parse_spec(name), columns=["output"])
    found = survey(streams, lambda _number: None)
    assert found.fingerprint == whole.fingerprint
    assert {document.id: document.language for document, *_ in streams.joined(found.again())} == languages(whole)
    assert found.languages.total() == len(rows)
    guessed, unclear = len(whole.guesses), list(whole.guesses.values()).count(False)
    assert (found.guessed, found.unclear) == (guessed, unclear)


def test_a_row_says_more_than_its_corpus_and_that_more_than_a_guess(tmp_path: Path) -> None:
    """A row's own language counts first, by any name, then the option; nothing is guessed any more."""
    rows = [{**ROWS[0], "lang": "fra_Latn"}, {**ROWS[1], "lang": ""}, {**ROWS[2], "lang": "und"}]
    corpus = open_corpus(table(tmp_path / "t.jsonl", rows) + ",language=Dutch")
    assert languages(corpus) == {"a": "fr", "b": "nl", "c": "nl"}
    assert corpus.guesses == {}


def test_a_column_of_languages_may_have_any_name(tmp_path: Path) -> None:
    """It is named by an option, and is then no metadata."""
    with (tmp_path / "t.csv").open("w", encoding="utf-8") as file:
        csv.writer(file).writerows([["document", "reference", "sprache"], [GERMAN, "Ja.", "Schwedisch"]])
    (document,) = open_corpus(f"{tmp_path / 't.csv'},language_column=sprache").documents
    assert (document.language, document.metadata) == ("sv", {})


def test_a_column_that_only_sounds_like_languages_can_be_left_out(tmp_path: Path) -> None:
    """Another thing called `lang`, such as that of a program, is refused with the way out, and is then metadata."""
    name = table(tmp_path / "t.jsonl", [{**ROWS[0], "lang": "c++"}])
    with pytest.raises(CorpusError, match=r"line 1: lang: unknown language 'c\+\+'.*--language-column ''"):
        open_corpus(name)
    (document,) = open_corpus(f"{name},language_column=").documents
    assert (document.language, document.metadata["lang"]) == ("de", "c++")


def test_an_unknown_language_is_refused_where_it_stands(tmp_path: Path, write_article: Callable[..., Path]) -> None:
    """File, row and field, or the option, with the nearest name."""
    rows = [ROWS[0], {**ROWS[1], "language": "Germn"}]
    near = r"language: unknown language 'Germn': did you mean 'German' \(de\)\?"
    with pytest.raises(CorpusError, match=rf"t\.jsonl, line 2: {near}"):
        open_corpus(table(tmp_path / "t.jsonl", rows))
    folder = write_article(tmp_path / "bridge", about='language = "Germn"')
    with pytest.raises(CorpusError, match=rf"about\.toml: {near}"):
        open_corpus(str(folder))
    with pytest.raises(UsageError, match=r"language=Germn: unknown language"):
        open_corpus(table(tmp_path / "u.jsonl", ROWS) + ",language=Germn")
    with pytest.raises(UsageError, match=r"--filter language=Germn: unknown language"):
        open_corpus(table(tmp_path / "u.jsonl", ROWS), Selection(filters=("language=Germn",)))


def test_an_article_folder_says_its_language_or_has_it_guessed(
    tmp_path: Path, write_article: Callable[..., Path]
) -> None:
    """about.toml first, then the option, then the text."""
    write_article(tmp_path / "all" / "one", GERMAN, (TEXTS["de"][0],))
    write_article(tmp_path / "all" / "two", GERMAN, (TEXTS["de"][0],), about='language = "pol"')
    assert languages(open_corpus(str(tmp_path / "all"))) == {"one": "de", "two": "pl"}
    corpus = open_corpus(f"{tmp_path / 'all'},language=da")
    assert (languages(corpus), corpus.guesses) == ({"one": "da", "two": "pl"}, {})
    assert open_corpus(corpus.source) == corpus


def test_what_ships_is_english_and_nothing_else() -> None:
    """Its language is known, so none is guessed, and none can be given."""
    assert open_corpus("references").guesses == {}
    with pytest.raises(UsageError, match="its articles are in English"):
        open_corpus("references,language=de")


def test_documents_made_in_python_are_given_a_language() -> None:
    """One that says none has it guessed, so that equal words count whatever the script."""
    said, unsaid = Document("a", "", ("Ja.",), language="de"), Document("b", "", TEXTS["zh"])
    corpus = Corpus("c", (said, unsaid))
    assert languages(corpus) == {"a": "de", "b": "zh"}
    assert corpus.guesses == {"b": True}
