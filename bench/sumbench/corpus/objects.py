"""Documents from Python objects: records, dictionaries, data frames and data sets."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from sumbench.corpus.corpus import Corpus
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.duplicates import duplicates_note
from sumbench.corpus.formats import RowLocation
from sumbench.corpus.languages import with_languages
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.rows import TableRow
from sumbench.corpus.selection import Selection
from sumbench.errors import CorpusError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.records import Document

NAME = "corpus"
"""What a corpus of objects is called in tables where it has no name of its own."""


def documents_of(
    items: Iterator[Any], name: str, reader: DocumentReader, notes: ReadingNotes | None = None
) -> Iterator[Document]:
    """Yield documents: mappings are read by the `reader` as the rows of a table, Documents are taken as they are.

    A language of theirs is called by its code, and one that is not said is the reader's. `notes` are as in a TableRow.
    Only the first item is read before the first document is asked for. Raises CorpusError, beginning with `name` and
    saying which, for an item that is neither, or of another kind than the first.
    """
    first = next(items, None)
    if first is None:
        raise CorpusError(f"{name}: holds no documents")
    numbered = enumerate(chain([first], items), 1)
    if isinstance(first, Document):
        return (_document(name, number, item, reader) for number, item in numbered)
    return reader.documents(_row(name, number, item, notes) for number, item in numbered)


def corpus_of(objects: Any, selection: Selection | None = None, *, reader: DocumentReader) -> Corpus:  # noqa: ANN401
    """Make a corpus of documents, dictionaries, a pandas data frame or a `datasets.Dataset`.

    A row has the columns that a table would have (document, reference or references, id, language, title, …, by their
    usual names), and becomes a document by the `reader`. Raises CorpusError for a row that is no document, naming it,
    and for objects of another kind.
    """
    found: Iterable[str]
    if isinstance(objects, Corpus):
        name, documents, guesses, found = objects.name, objects.documents, objects.guesses, objects.notes
    else:
        name, found = NAME, (notes := ReadingNotes())
        documents, guesses = with_languages(documents_of(_items(objects), NAME, reader, notes))
    selected = (selection or Selection()).apply(documents, len(documents))
    told = dict.fromkeys((*selected.notes, *found, duplicates_note(selected.documents)))
    return Corpus(name, selected.documents, notes=tuple(filter(None, told)), guesses=guesses)


def _items(objects: Any) -> Iterator[Any]:  # noqa: ANN401
    if hasattr(objects, "to_dict") and hasattr(objects, "iterrows"):
        return _rows_of_frame(objects)
    if isinstance(objects, str | bytes | Mapping) or not isinstance(objects, Iterable):
        raise CorpusError(
            f"{NAME}: {type(objects).__name__} is none: give a path or name, a list of documents or dictionaries, a "
            "data frame, or a data set"
        )
    return iter(objects)


def _rows_of_frame(frame: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - pandas is not needed otherwise
    if any(name is not None for name in frame.index.names):
        # An index that has a name is a column, such as that of the ids.
        frame = frame.reset_index()
    names = list(map(str, frame.columns))
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CorpusError(f"{NAME}: two columns have the name {twice!r}")
    # A data frame says with a NaN that a cell is empty.
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return ({str(key): value for key, value in row.items()} for row in rows)


def _row(name: str, number: int, item: object, notes: ReadingNotes | None) -> TableRow:
    if not isinstance(item, Mapping) or not all(isinstance(key, str) for key in item):
        expected = "and the first is a mapping" if number > 1 else "where a Document or a mapping is wanted"
        raise CorpusError(f"{name}, document {number}: is a {type(item).__name__}, {expected}")
    return TableRow(RowLocation(name, "document", number), item, notes)


def _document(name: str, number: int, item: object, reader: DocumentReader) -> Document:
    where = f"{name}, document {number}"
    if not isinstance(item, Document):
        raise CorpusError(f"{where}: is a {type(item).__name__}, and the first is a Document")
    texts = [item.id, item.text, item.title, item.language, *item.references]
    if not isinstance(item.references, tuple) or not all(isinstance(text, str) for text in texts):
        raise CorpusError(f"{where}: id, text, title, language must be texts, references a tuple of texts")
    if not item.id:
        raise CorpusError(f"{where}: has no id")
    if reader.strict and reader.needs_text and not item.text.strip():
        raise CorpusError(f"{where}: the document is empty")
    if reader.strict and not (item.references and all(text.strip() for text in item.references)):
        raise CorpusError(f"{where}: a reference is missing or empty")
    try:
        return replace(item, language=canonical(item.language or "und") or reader.language)
    except UnknownLanguageError as error:
        raise CorpusError(f"{where}: language: {error}") from None
