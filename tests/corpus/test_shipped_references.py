"""The corpus that ships keeps to its own guideline."""

from collections import Counter
from pathlib import Path

import pytest

from sumbench.corpus import open_corpus
from sumbench.records import Document
from sumbench.sentences import words
from sumbench.stats.groups import STATED_POSITIONS

DOCUMENTS = open_corpus("references").documents
README = Path(__file__).parents[2] / "references" / "README.md"
by_article = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)


def test_there_are_forty_articles_of_many_lengths() -> None:
    """They go from a news brief to a long report; the first one, a text retold, has a fourth reference."""
    assert len(DOCUMENTS) == 40
    assert len(DOCUMENTS[0].references) >= 4
    lengths = [words(document.text) for document in DOCUMENTS]
    assert min(lengths) < 300
    assert max(lengths) >= 3500


def test_the_readme_counts_genres_and_positions() -> None:
    """Its table has a row for each genre and a last one for all, with the number of articles of each position."""
    text = README.read_text("utf-8")
    lines = text[text.index("| genre |") :].split("\n\n")[0].splitlines()
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert header == ["genre", "articles", *STATED_POSITIONS]
    genres = Counter(document.metadata["genre"] for document in DOCUMENTS)
    pairs = Counter((document.metadata["genre"], document.metadata["position"]) for document in DOCUMENTS)
    positions = Counter(document.metadata["position"] for document in DOCUMENTS)
    expected = [
        [genre, str(count), *(str(pairs[genre, position] or "") for position in STATED_POSITIONS)]
        for genre, count in sorted(genres.items(), key=lambda item: (-item[1], item[0]))
    ]
    assert rows == [*expected, ["all", "40", *(str(positions[position]) for position in STATED_POSITIONS)]]


@by_article
def test_every_article_says_where_it_comes_from(document: Document) -> None:
    """about.toml gives title, date, genre, position, licence, whether the events are real, and the source of facts."""
    assert {"date", "genre", "position", "licence", "events", "facts"} <= document.metadata.keys()
    assert document.metadata["events"] in {"real", "invented"}
    assert document.title != document.id


@by_article
def test_references_follow_the_guideline(document: Document) -> None:
    """Each has three or four sentences, one a line, and 50 to 90 words; there are at least three, all different."""
    assert len(set(document.references)) == len(document.references) >= 3
    for reference in document.references:
        assert 3 <= len(reference.split("\n")) <= 4
        assert 50 <= words(reference) <= 90


@by_article
def test_references_are_written_not_copied(document: Document) -> None:
    """No line of a reference stands in its article, nor in another reference of it."""
    lines = [line for reference in document.references for line in reference.split("\n")]
    assert len(set(lines)) == len(lines)
    assert not [line for line in lines if line in document.text]
