"""A corpus: documents with references, and the fingerprint that tells whether two runs used the same ones."""

import hashlib
import json
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property

from sumbench.corpus.languages import with_languages
from sumbench.errors import CorpusError
from sumbench.records import Document

SOURCE = "source"
"""The key of the metadata that says which documents belong together, such as parts of one book."""


def sources_of(documents: Iterable[Document]) -> dict[str, str] | None:
    """Return the source of each document by its id (its own id where none is said); None where none is shared."""
    sources = {document.id: document.metadata.get(SOURCE, document.id) for document in documents}
    return sources if len(set(sources.values())) < len(sources) else None


class Digest:
    """A fingerprint of documents, computed incrementally."""

    def __init__(self) -> None:
        """Begin without documents."""
        self._sha256 = hashlib.sha256()

    def add(self, document: Document) -> None:
        """Add the next document."""
        fields = [document.id, document.language, document.text, *document.references]
        self._sha256.update(json.dumps(fields, ensure_ascii=False).encode() + b"\n")

    def hexdigest(self) -> str:
        """Return the SHA-256 (hexadecimal) of the documents added so far."""
        return self._sha256.hexdigest()


@dataclass(frozen=True)
class Corpus:
    """Documents in a fixed order, under the name that the user gave.

    `source` opens the same corpus again: what the name leaves open (commit, split) is pinned there. `notes` are what a
    reader of its figures should know: what was left out, which documents are duplicates. `guesses` has the ids of the
    documents whose language was guessed, and whether the guess was clear (stored documents know that themselves);
    documents that come without a language are given one.
    """

    name: str
    documents: Sequence[Document]
    source: str = ""
    notes: tuple[str, ...] = ()
    guesses: Mapping[str, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse two documents with one id; give a language to those without one."""
        seen: set[str] = set()
        unsaid = False
        for document in self.documents:
            if document.id in seen:
                raise CorpusError(f"{self.name}: two documents have the id {document.id!r}: give each its own")
            seen.add(document.id)
            unsaid = unsaid or not document.language
        if unsaid:
            documents, guesses = with_languages(self.documents)
            object.__setattr__(self, "documents", documents)
            object.__setattr__(self, "guesses", {**self.guesses, **guesses})

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 (hexadecimal) of every document's id, language, text and references, in order."""
        digest = Digest()
        for document in self.documents:
            digest.add(document)
        return digest.hexdigest()

    @property
    def clusters(self) -> dict[str, str] | None:
        """The source of each document by its id, where some share one (`source` in their metadata); else None."""
        return sources_of(self.documents) if any(SOURCE in document.metadata for document in self.documents) else None
