"""A finished run in memory: manifest, documents, summaries, scores and details, read when first used."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
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
    documents' ids in the corpus' order, which need no texts to be read; nor do their `languages`.
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
        parts: Callable[[], Iterable[Scores]] | None = None,
        languages: Lazy[str] | None = None,
    ) -> None:
        """Put a run together; without `ids` they are those of the documents, or of the summaries.

        `parts` yields the scores in some pieces, which need not be in memory together. Without `languages` they are
        those of the documents.
        """
        self.manifest = manifest
        self._scores = scores
        self._summaries, self._documents, self._details, self._ids = summaries, documents, details, ids
        self._ratings = ratings
        self._parts = parts
        self._languages = languages

    def with_manifest(self, manifest: Manifest) -> "Run":
        """Return the run under another manifest."""
        return Run(
            manifest,
            self._summaries,
            self._scores,
            self._documents,
            self._details,
            self._ids,
            self._ratings,
            self._parts,
            self._languages,
        )

    @cached_property
    def scores(self) -> Scores:
        """Every score, as columns."""
        found = self._scores() if callable(self._scores) else self._scores
        return found if isinstance(found, Scores) else Scores.of(found)

    def with_scores(self, scores: Callable[[], Scores]) -> "Run":
        """Return the run with scores that are read when they are first used."""
        return Run(
            self.manifest,
            self._summaries,
            scores,
            self._documents,
            self._details,
            self._ids,
            self._ratings,
            languages=self._languages,
        )

    def score_parts(self) -> Iterable[Scores]:
        """Return every score in some pieces: of a large run they are read one after the other."""
        return (self.scores,) if self._parts is None else self._parts()

    @cached_property
    def summaries(self) -> Sequence[Summary]:
        """The summaries of all systems; those of a large run are read from its journal when they are needed."""
        return _read(self._summaries)

    @cached_property
    def documents(self) -> Sequence[Document]:
        """The documents of the corpus, in order."""
        return _read(self._documents)

    @cached_property
    def details(self) -> Sequence[Detail]:
        """The details that metrics reported beside their values."""
        return _read(self._details)

    @cached_property
    def ratings(self) -> Sequence[Rating]:
        """What people said of the summaries."""
        return _read(self._ratings)

    @cached_property
    def ids(self) -> Sequence[str]:
        """The ids of the documents, in the corpus' order."""
        if self._ids is not None:
            return _read(self._ids)
        known = tuple(document.id for document in self.documents)
        return known or tuple(dict.fromkeys(summary.document for summary in self.summaries))

    @cached_property
    def languages(self) -> Sequence[str]:
        """The codes of the documents' languages, in the corpus' order, which need no texts to be read."""
        if self._languages is not None:
            return _read(self._languages)
        return tuple(document.language for document in self.documents)


def _read(records: Lazy[Record]) -> Sequence[Record]:
    found = records() if callable(records) else records
    # What is stored, and any other sequence but a list, which its owner may go on with, stays as it is.
    return found if isinstance(found, Sequence) and not isinstance(found, list) else tuple(found)
