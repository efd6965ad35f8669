"""The corpus that ships keeps to its own guideline."""

import pytest

from sumbench.corpus import open_corpus
from sumbench.records import Document
from sumbench.sentences import words

DOCUMENTS = open_corpus("references").documents
by_article = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.id)


def test_there_are_twelve_articles_of_four_genres() -> None:
    """Eight news reports and the retold one, a long report, a meeting and a press conference."""
    genres = [document.metadata["genre"] for document in DOCUMENTS]
    assert (len(genres), genres.count("news")) == (12, 9)
    assert set(genres) == {"news", "report", "meeting", "press conference"}
    assert len(DOCUMENTS[0].references) >= 4
    assert max(words(document.text) for document in DOCUMENTS) >= 3500


@by_article
def test_every_article_says_where_it_comes_from(document: Document) -> None:
    """about.toml holds title, date, language, genre, licence, whether the events are real, and the facts' source."""
    assert {"date", "genre", "licence", "events", "facts"} <= document.metadata.keys()
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
