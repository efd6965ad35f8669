"""A corpus before it is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from sumbench.records import Document


@dataclass(frozen=True)
class Source:
    """Documents that can be read once, under the name that stands in tables.

    `spec` opens the same corpus again: what the given name left open is pinned there. `total` is the number of
    documents where it is known before they are read. What is `remote` is read no further than it must be.
    """

    name: str
    documents: Iterable[Document]
    spec: str
    total: int | None = None
    remote: bool = False
