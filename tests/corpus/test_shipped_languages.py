"""The corpus `languages` keeps to its guideline, and is told from the corpus in whose folder it lies."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from sumbench.cli import main
from sumbench.corpus import SHIPPED
from sumbench.corpus import open_corpus
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.languages import guess
from sumbench.metrics.support.findings import findings
from sumbench.metrics.support.source import source_index
from sumbench.records import Document
from sumbench.rouge import language_tokenizer
from sumbench.sentences import COUNTED_BY_CHARACTERS
from sumbench.sentences import split
from sumbench.sentences import words
from sumbench.stats.groups import STATED_POSITIONS

DOCUMENTS = open_corpus("languages").documents
README = Path(__file__).parents[2] / "references" / "languages" / "README.md"
by_article = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)


def longest_copy(text: Sequence[str], source: Sequence[str]) -> int:
    """The length of the longest run of words that two texts share."""
    longest, before = 0, [0] * (len(source) + 1)
    for word in text:
        row = [0] * (len(source) + 1)
        for at, other in enumerate(source, 1):
            row[at] = before[at - 1] + 1 if word == other else 0
        longest, before = max(longest, *row), row
    return longest


def tokens(text: str, language: str) -> list[str]:
    return language_tokenizer(language, stem=False).tokenize(text)


def test_eight_languages_have_two_articles_each() -> None:
    """Each article says its own language, begins its name with it, and has two references; all subjects differ."""
    languages = Counter(document.language for document in DOCUMENTS)
    assert languages == dict.fromkeys(("ar", "de", "es", "hi", "ja", "ru", "tr", "zh"), 2)
    assert open_corpus("languages").guesses == {}
    assert all(document.id.startswith(f"{document.language}-") for document in DOCUMENTS)
    assert {len(document.references) for document in DOCUMENTS} == {2}
    assert len({document.metadata["genre"] for document in DOCUMENTS}) >= 10
    assert {document.metadata["position"] for document in DOCUMENTS} == set(STATED_POSITIONS)


@by_article
def test_articles_and_references_follow_the_guideline(document: Document) -> None:
    """Lengths are within bounds, references have three or four sentences, and texts are in the language they say."""
    signs = document.language in COUNTED_BY_CHARACTERS
    assert words(document.text) in (range(600, 1101) if signs else range(300, 601))
    for reference in document.references:
        assert words(reference) in (range(100, 141) if signs else range(50, 91))
        assert 3 <= len(reference.split("\n")) <= 4
        assert [len(split(line, document.language)) for line in reference.split("\n")] == [1] * len(
            reference.split("\n")
        )
    assert {guess(text).language for text in (document.text, *document.references)} == {document.language}


@by_article
def test_references_are_written_not_copied(document: Document) -> None:
    """No reference has more than four words (eight signs) in a row from its article, or ten from the other one."""
    signs = document.language in COUNTED_BY_CHARACTERS
    article, *references = (tokens(text, document.language) for text in (document.text, *document.references))
    assert max(longest_copy(reference, article) for reference in references) <= (8 if signs else 4)
    assert max(longest_copy(one, other) for one, other in combinations(references, 2)) <= (12 if signs else 6)


@by_article
def test_numbers_and_names_of_references_are_in_the_article(document: Document) -> None:
    """The metric `support` finds nothing that an article does not say."""
    source = source_index(document.text, document.title, document.language)
    found = [each for text in document.references for each in findings(text, source, document.language).unsupported]
    assert found == []


@by_article
def test_every_article_says_where_it_comes_from(document: Document) -> None:
    """about.toml gives date, genre, position, licence, whether the events are real, and the source of facts."""
    assert {"date", "genre", "position", "facts"} <= document.metadata.keys()
    assert document.metadata["licence"] == SHIPPED["languages"].licence
    assert document.metadata["events"] in {"real", "invented"}


def test_the_readme_lists_the_articles() -> None:
    """Its table has a row for each, with the number of words."""
    lines = [line for line in README.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert lines == [
        f"| `{each.id}` | {each.language} | {each.title} | {each.metadata['genre']} | {each.metadata['position']} | "
        f"{words(each.text)} | {each.metadata['events']} |"
        for each in DOCUMENTS
    ]


def test_it_is_no_part_of_the_corpus_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forty articles are the same by name and by path; by path a note names the folder that was not read."""
    named = open_corpus("references")
    by_path = open_corpus(str(SHIPPED["references"].path))
    assert named.fingerprint == by_path.fingerprint
    assert named.fingerprint.startswith("284e620d8d9ef495")
    assert named.notes == ()
    assert [note.partition(":")[2].strip().partition(",")[0] for note in by_path.notes] == ["languages"]
    assert open_corpus(str(SHIPPED["languages"].path)).documents == DOCUMENTS
    monkeypatch.chdir(SHIPPED["references"].path.parent)
    assert open_corpus("./references").notes == (
        "not read: languages, a corpus of its own: --corpus references/languages reads it",
    )


def test_folders_that_lie_deeper_are_named(tmp_path: Path) -> None:
    """A folder that holds nothing but corpora is refused with their names; one without articles is still an error."""
    for name in ("a", "b"):
        (tmp_path / "outer" / name / "one").mkdir(parents=True)
        (tmp_path / "outer" / name / "one" / "article.txt").write_text("A text.", "utf-8")
        (tmp_path / "outer" / name / "one" / "reference-1.txt").write_text("A reference.", "utf-8")
    with pytest.raises(CorpusError, match="its article folders lie deeper, in a, b: name the folder that holds them"):
        open_corpus(str(tmp_path / "outer"))
    (tmp_path / "outer" / "c").mkdir()
    with pytest.raises(CorpusError, match=r"article\.txt: no such file"):
        open_corpus(str(tmp_path / "outer"))


def test_its_language_cannot_be_said_again() -> None:
    """The articles say their own."""
    with pytest.raises(UsageError, match="its articles say their languages: leave out language="):
        open_corpus("languages,language=de")


def test_it_is_listed_with_size_languages_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    """`corpora` has it in a line; `corpora languages` counts documents by language and names the licence."""
    assert main(["corpora"]) == 0
    assert "sixteen articles, two each in ar, de, es, hi, ja, ru, tr and zh" in capsys.readouterr().out
    assert main(["corpora", "languages"]) == 0
    out = capsys.readouterr().out
    assert "languages: 16 documents" in out
    assert "languages, as its articles say them: ar 2, de 2, es 2, hi 2, ja 2, ru 2, tr 2, zh 2" in out
    assert "licence: CC BY 4.0" in out
    assert "nothing amiss" in out
