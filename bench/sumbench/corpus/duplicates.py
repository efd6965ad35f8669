"""Finds documents that occur more than once in a corpus."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from sumbench.corpus.stored import StoredDocuments
from sumbench.records import Document

_SHOWN = 3


def duplicate_groups(documents: Iterable[Document]) -> list[list[str]]:
    """Return the ids of documents with the same text (white space and case ignored), one list a group.

    Documents without text are not duplicates of one another.
    """
    found: dict[bytes, list[str]] = defaultdict(list)
    for document in documents:
        if digest := _digest(document, 16):
            found[digest].append(document.id)
    return [group for group in found.values() if len(group) > 1]


def _digest(document: Document, size: int) -> bytes:
    words = document.text.casefold().split()
    return blake2b(" ".join(words).encode(), digest_size=size).digest() if words else b""


def _suspects(documents: StoredDocuments) -> Iterable[Document]:
    """Return the documents whose text may be that of another, at eight bytes of memory each."""
    hashes = np.fromiter(map(_number, documents), np.uint64, len(documents))
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    places = np.flatnonzero(np.isin(hashes, twice)) if twice.size else ()
    return (documents[int(place)] for place in places)


def _number(document: Document) -> int:
    return int.from_bytes(_digest(document, 8), "little")


def duplicates_note(documents: Iterable[Document]) -> str:
    """Return the note about duplicates that is printed under a table; empty where there are none."""
    if isinstance(documents, StoredDocuments):
        documents = _suspects(documents)
    groups = duplicate_groups(documents)
    if not groups:
        return ""
    shown = "; ".join(" = ".join(group[:_SHOWN]) + (" = …" if len(group) > _SHOWN else "") for group in groups[:_SHOWN])
    more = f"; and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    repeated = sum(len(group) - 1 for group in groups)
    return f"{repeated} duplicate document{'' if repeated == 1 else 's'}: {shown}{more}"
