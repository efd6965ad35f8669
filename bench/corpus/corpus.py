"""A corpus: documents with references, and the fingerprint that says whether two runs saw the same ones."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from bench.errors import CorpusError
from bench.records import Document


@dataclass(frozen=True)
class Corpus:
    """Documents in a fixed order, under the name by which they were asked for.

    `source` opens the same corpus again: where the name left anything open, it is pinned there. `notes` are what a
    reader of its figures should know: what was left out, which documents are doubles.
    """

    name: str
    documents: tuple[Document, ...]
    source: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two documents with one id."""
        seen: set[str] = set()
        for document in self.documents:
            if document.id in seen:
                raise CorpusError(f"{self.name}: two documents have the id {document.id!r}: give each its own")
            seen.add(document.id)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 (hexadecimal) of every document's id, language, text and references, in order."""
        digest = hashlib.sha256()
        for document in self.documents:
            fields = [document.id, document.language, document.text, *document.references]
            digest.update(json.dumps(fields, ensure_ascii=False).encode() + b"\n")
        return digest.hexdigest()
