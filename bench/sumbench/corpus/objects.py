"""Corpora from Python objects: documents, dictionaries, data frames and data sets."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.corpus import Corpus
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.formats import RowLocation
from sumbench.corpus.rows import TableRow
from sumbench.corpus.selection import Selection
from sumbench.errors import CorpusError
from sumbench.records import Document

NAME = "corpus"
"""What a corpus of objects is called in tables where it has no name of its own."""


def corpus_of(objects: Any, selection: Selection | None = None, *, name: str = NAME) -> Corpus:  # noqa: ANN401
    """Make a corpus of documents, dictionaries, a pandas data frame or a `datasets.Dataset`.

    A row has the columns that a table would have (document, reference or references, id, language, title, …, by their
    usual names). References without line breaks are split into sentences.

    Raises:
        CorpusError: For a row that is no document, naming it, and for objects of another kind.
    """
    documents = tuple(_documents(objects, name))
    selected = (selection or Selection()).apply(documents, len(documents))
    return Corpus(name, selected.documents, notes=selected.notes)


def _documents(objects: Any, name: str) -> Iterator[Document]:  # noqa: ANN401
    rows = list(_rows(objects, name))
    if all(isinstance(row, Document) for row in rows):
        yield from rows
        return
    yield from DocumentReader(sentences=SPLIT).documents(
        TableRow(RowLocation(name, "row", number), _values(row, f"{name}, row {number}"))
        for number, row in enumerate(rows, 1)
    )


def _rows(objects: Any, name: str) -> Iterable[Any]:  # noqa: ANN401
    if hasattr(objects, "to_dict") and hasattr(objects, "columns"):
        records: Iterable[Any] = objects.to_dict("records")
        return records
    if isinstance(objects, Corpus):
        return objects.documents
    if isinstance(objects, str | bytes | Mapping) or not isinstance(objects, Iterable):
        raise CorpusError(
            f"{name}: {type(objects).__name__} is no corpus: give a path or name, a list of documents or dictionaries, "
            "a data frame, or a data set"
        )
    return objects


def _values(row: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401
    if isinstance(row, Document):
        raise CorpusError(f"{where}: documents and dictionaries do not go together in one corpus")
    if not isinstance(row, Mapping):
        raise CorpusError(f"{where}: {type(row).__name__} is no document: give sumbench.Document or a dictionary")
    # A data frame says with a NaN that a cell is empty.
    return {str(key): None if isinstance(value, float) and value != value else value for key, value in row.items()}  # noqa: PLR0124
