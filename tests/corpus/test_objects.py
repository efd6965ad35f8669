"""Corpora of Python objects: data frames, dictionaries, documents."""

import pandas as pd
import pytest

from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.objects import corpus_of
from sumbench.corpus.selection import Selection
from sumbench.errors import CorpusError

READER = DocumentReader()
ROWS = [{"id": key, "document": "The same text.", "reference": f"About {key}."} for key in "ab"]


def test_an_index_with_a_name_is_a_column() -> None:
    """Ids that stand in a data frame's index are those of its documents."""
    frame = pd.DataFrame(ROWS)
    corpus = corpus_of(frame, reader=READER)
    assert [document.id for document in corpus.documents] == ["a", "b"]
    assert corpus_of(frame.set_index("id"), reader=READER).documents == corpus.documents


def test_a_column_that_is_there_twice_is_refused() -> None:
    """Which of the two is meant cannot be told."""
    frame = pd.DataFrame(ROWS).set_axis(["id", "document", "document"], axis="columns")
    with pytest.raises(CorpusError, match="two columns have the name 'document'"):
        corpus_of(frame, reader=READER)


def test_the_notes_are_those_of_a_corpus_that_was_read() -> None:
    """Duplicates are named, and a corpus that is given as one keeps its notes."""
    corpus = corpus_of(ROWS, reader=READER)
    assert corpus.notes == ("1 duplicate document: a = b",)
    part = corpus_of(corpus, Selection(limit=1), reader=READER)
    assert part.notes == ("--limit 1: 1 left out", *corpus.notes)


@pytest.mark.parametrize("objects", [7, "text", {"id": "a"}, [1], [*ROWS, 1], [pd.Series(["a"])], []])
def test_what_is_no_document_is_named(objects: object) -> None:
    """Objects of another kind are one line, which says which of them it is, or what to give."""
    with pytest.raises(CorpusError, match=r"is none: give a path|document \d: is a|holds no documents") as caught:
        corpus_of(objects, reader=READER)
    assert "\n" not in str(caught.value)
