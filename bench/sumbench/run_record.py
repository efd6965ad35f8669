"""A finished run in memory: manifest, documents, summaries, scores and details, read when first used."""

from collections.abc import Callable
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias
from typing import TypeVar

from sumbench.manifest import Manifest
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Rating
from sumbench.records import Score
from sumbench.records import Summary
from sumbench.scores import Scores

Record = TypeVar("Record")
Lazy: TypeAlias = Iterable[Record] | Callable[[], Iterable[Record]]
"""Records, or a function that reads them when they are first used."""


class Run:
    """A finished run: `manifest` is the content of run.json.

    `documents` (with their references), `summaries`, `details` and `ratings` are tuples of records. `ids` are the
    documents' ids in the corpus' order, which need no texts to be read.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        manifest: Manifest,
        summaries: Lazy[Summary],
        scores: Scores | Iterable[Score] | Callable[[], Scores],
        documents: Lazy[Document] = (),
        details: Lazy[Detail] = (),
        ids: Lazy[str] | None = None,
        ratings: Lazy[Rating] = (),
    ) -> None:
        """Put a run together; without `ids` they are those of the documents, or of the summaries."""
        self.manifest = manifest
        self._scores = scores
        self._summaries, self._documents, self._details, self._ids = summaries, documents, details, ids
        self._ratings = ratings

    def with_manifest(self, manifest: Manifest) -> "Run":
        """Return the run under another manifest."""
        return Run(manifest, self._summaries, self._scores, self._documents, self._details, self._ids, self._ratings)

    @cached_property
    def scores(self) -> Scores:
        """Every score, as columns."""
        found = self._scores() if callable(self._scores) else self._scores
        return found if isinstance(found, Scores) else Scores.of(found)

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """The summaries of all systems."""
        return _read(self._summaries)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the corpus, in order."""
        return _read(self._documents)

    @cached_property
    def details(self) -> tuple[Detail, ...]:
        """The details that metrics reported beside their values."""
        return _read(self._details)

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        """What people said of the summaries."""
        return _read(self._ratings)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the documents, in the corpus' order."""
        if self._ids is not None:
            return _read(self._ids)
        known = tuple(document.id for document in self.documents)
        return known or tuple(dict.fromkeys(summary.document for summary in self.summaries))


def _read(records: Lazy[Record]) -> tuple[Record, ...]:
    return tuple(records() if callable(records) else records)
