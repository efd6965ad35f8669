"""Turns rows of any table into documents with references."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import groupby

from sumbench.corpus.columns import DOCUMENT_COLUMNS
from sumbench.corpus.columns import REFERENCE_COLUMNS
from sumbench.corpus.columns import ColumnRoles
from sumbench.corpus.columns import Columns
from sumbench.corpus.columns import missing_column
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.conventions import convention
from sumbench.corpus.languages import reading_language
from sumbench.corpus.rows import TableRow
from sumbench.errors import CorpusError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.records import Document


@dataclass(frozen=True)
class DocumentReader:
    """Turns rows into documents.

    `sentences` names the convention by which references are cut into sentences. `language` is that of documents whose
    row does not say; where it is empty, too, they have none, and a corpus guesses it. Without `needs_text` the
    documents' own texts may be missing, as where only references and outputs were published. With `merge`, consecutive
    rows with the same document become one, with the references of all. Without `strict`, documents and references may
    be missing or empty, so that they can be counted. With `numbered`, the id of a document without one is its number,
    so that no ids need to be remembered.
    """

    columns: Columns = field(default_factory=Columns)
    sentences: str = LINES
    language: str = ""
    needs_text: bool = True
    merge: bool = False
    strict: bool = True
    numbered: bool = False

    def documents(self, rows: Iterable[TableRow]) -> Iterator[Document]:
        """Yield the documents of the rows; raise CorpusError, naming file and row, for an invalid row.

        A document without an id gets one made from its content: a checksum, followed by a number where the same
        content was seen before.
        """
        convention(self.sentences)
        documents = self._with_ids(self._each(rows))
        return _merged(documents) if self.merge else documents

    def _each(self, rows: Iterable[TableRow]) -> Iterator[Document]:
        roles = lru_cache(maxsize=64)(self.columns.roles)
        for row in rows:
            try:
                of_columns = roles(tuple(row.values))
            except CorpusError as error:
                raise CorpusError(f"{row.where}: {error}") from None
            yield self._document(row, of_columns)

    def _document(self, row: TableRow, roles: ColumnRoles) -> Document:
        references = self._references(row, roles)
        texts = row.texts(roles.document) if roles.document else ()
        if roles.document is None and self.needs_text and self.strict:
            raise CorpusError(f"{row.where}: {missing_column('document', DOCUMENT_COLUMNS, tuple(row.values))}")
        text = "\n".join(texts)
        if self.strict and not text.strip():
            if self.needs_text:
                raise CorpusError(f"{row.where}: the document is empty")
            if self.merge:
                raise CorpusError(f"{row.where}: merge=yes joins rows of the same document, and this one has none")
        said = self._language(row, roles)
        cut = convention(self.sentences)
        # Only running text takes a language to be cut into sentences.
        language = reading_language(said, text, references) if self.sentences == SPLIT else said
        return Document(
            row.label(roles.id) or "",
            text,
            tuple(cut(reference, language) for reference in references),
            title=row.label(roles.title) or "",
            language=said,
            metadata={name: value for name in roles.rest if (value := row.metadata(name)) is not None},
        )

    def _language(self, row: TableRow, roles: ColumnRoles) -> str:
        """Return the language that the row says, or that of all rows; "" for none."""
        try:
            return canonical(row.label(roles.language) or "und") or self.language
        except UnknownLanguageError as error:
            way = f"if {roles.language!r} is no language: --language-column ''"
            raise CorpusError(f"{row.where}: {roles.language}: {error} ({way})") from None

    def _references(self, row: TableRow, roles: ColumnRoles) -> tuple[str, ...]:
        if not roles.references:
            raise CorpusError(f"{row.where}: {missing_column('reference', REFERENCE_COLUMNS, tuple(row.values))}")
        found = tuple(text for name in roles.references for text in row.texts(name))
        if len(roles.references) > 1:
            found = tuple(text for text in found if text.strip())
        if self.strict and (not found or not all(text.strip() for text in found)):
            raise CorpusError(f"{row.where}: a reference is missing or empty")
        return found

    def _with_ids(self, documents: Iterable[Document]) -> Iterator[Document]:
        seen: Counter[str] = Counter()
        for number, document in enumerate(documents, 1):
            if document.id or self.numbered:
                yield document if document.id else replace(document, id=str(number))
                continue
            made = content_id(document)
            seen[made] += 1
            yield replace(document, id=made if seen[made] == 1 else f"{made}-{seen[made]}")


def content_id(document: Document) -> str:
    """Return an id made from the document's text and references."""
    content = "\x1f".join((document.text, *document.references))
    return sha256(content.encode()).hexdigest()[:12]


def _merged(documents: Iterable[Document]) -> Iterator[Document]:
    for _, group in groupby(documents, key=lambda document: document.text if document.text.strip() else document.id):
        first, *others = group
        yield replace(first, references=tuple(text for one in (first, *others) for text in one.references))
