"""Finds documents that occur more than once in a corpus."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

from sumbench.records import Document

_SHOWN = 3


def duplicate_groups(documents: Iterable[Document]) -> list[list[str]]:
    """Return the ids of documents with the same text (white space and case ignored), one list a group.

    Documents without text are not duplicates of one another.
    """
    found: dict[bytes, list[str]] = defaultdict(list)
    for document in documents:
        words = document.text.casefold().split()
        if words:
            found[blake2b(" ".join(words).encode(), digest_size=16).digest()].append(document.id)
    return [group for group in found.values() if len(group) > 1]


def duplicates_note(documents: Iterable[Document]) -> str:
    """Return the note about duplicates that is printed under a table; empty where there are none."""
    groups = duplicate_groups(documents)
    if not groups:
        return ""
    shown = "; ".join(" = ".join(group[:_SHOWN]) + (" = …" if len(group) > _SHOWN else "") for group in groups[:_SHOWN])
    more = f"; and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    repeated = sum(len(group) - 1 for group in groups)
    return f"{repeated} duplicate document{'' if repeated == 1 else 's'}: {shown}{more}"
