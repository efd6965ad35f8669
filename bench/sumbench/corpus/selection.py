"""Selects part of a corpus: by filters, ids, a seeded sample, a limit; counts what is left out."""

import heapq
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from itertools import islice
from pathlib import Path

from sumbench import seeds
from sumbench.corpus.compressed import read_text
from sumbench.corpus.stored import StoredDocuments
from sumbench.corpus.stored import collected
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.languages import UnknownLanguageError
from sumbench.languages import canonical
from sumbench.records import Document
from sumbench.registry import unknown

_SHOWN = 3


@dataclass(frozen=True)
class Selection:
    """Which documents are kept: those in `ids` that pass every filter, of these a sample, of it the first `limit`.

    `filters` are `key=value` texts, the key (which may hold equals signs itself) a metadata column, or id, language or
    title. `ids` is a file with one id a line. A sample of N documents is part of every larger sample with the same
    seed.
    """

    limit: int | None = None
    sample: int | None = None
    ids: Path | None = None
    filters: Sequence[str] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise UsageError for numbers below one and filters that are not key=value."""
        for flag, number in (("--limit", self.limit), ("--sample", self.sample)):
            if number is not None and number < 1:
                raise UsageError(f"{flag} {number} leaves no document: give 1 or more")
        for filter_ in self.filters:
            if not filter_.partition("=")[0] or "=" not in filter_:
                raise UsageError(f"--filter {filter_!r}: give key=value")

    @property
    def by_language(self) -> bool:
        """Whether documents are chosen by their language."""
        return any(filter_.partition("=")[0] == "language" for filter_ in self.filters)

    def apply(self, documents: Iterable[Document], total: int | None = None, *, remote: bool = False) -> "Selected":
        """Return the selected documents, in their order, with notes on what was left out.

        `total` is how many there are, where that is known without reading them. With a limit, the rest is not read
        where `total` is known or the documents are `remote`. Raises CorpusError for an id or a filter's key that no
        document has.
        """
        filters = [_filter(filter_) for filter_ in self.filters]
        wanted = _Ids(self.ids) if self.ids is not None else None
        stream = iter(documents)
        if wanted is not None:
            stream = wanted.apply(stream)
        for one in filters:
            stream = one.apply(stream)
        sampled = _Sample(self.sample, self.seed)
        stream = sampled.apply(stream) if self.sample is not None else stream
        unfiltered = not (filters or wanted or self.sample is not None)
        kept, more = _first(stream, self.limit)
        notes = []
        if more and unfiltered and total is not None:
            notes += [f"--limit {self.limit}: {total - len(kept)} left out"] if total > len(kept) else []
        elif more and remote and self.sample is None:
            notes.append(f"--limit {self.limit}: the rest was left out unread")
        elif more:
            rest = sum(1 for _ in stream)
            notes += [f"--limit {self.limit}: {rest} left out"] if rest else []
        notes = [*(note for one in (wanted, *filters, sampled) if one is not None and (note := one.note)), *notes]
        if not kept:
            raise CorpusError("; ".join(["no document is left", *notes]))
        return Selected(kept if isinstance(kept, StoredDocuments) else tuple(kept), tuple(notes))


@dataclass(frozen=True)
class Selected:
    """The selected documents, and a note for each way in which others were left out."""

    documents: Sequence[Document]
    notes: tuple[str, ...]


def _first(stream: Iterator[Document], limit: int | None) -> tuple[Sequence[Document], bool]:
    """Return the first documents of a stream, and whether there may be more."""
    kept = collected(islice(stream, limit))
    return kept, limit is not None and len(kept) == limit


def _filter(text: str) -> "_Filter":
    key, _, value = text.partition("=")
    if key != "language":
        return _Filter(text)
    try:
        return _Filter(f"{key}={canonical(value)}")
    except UnknownLanguageError as error:
        raise UsageError(f"--filter {text}: {error}") from None


@dataclass
class _Filter:
    text: str
    dropped: int = 0
    keys: set[str] = field(default_factory=set)

    def apply(self, documents: Iterator[Document]) -> Iterator[Document]:
        cuts = [at for at, character in enumerate(self.text) if character == "=" and at]
        pairs = [(self.text[:at], self.text[at + 1 :]) for at in cuts]
        found = False
        for document in documents:
            values = {**document.metadata, "id": document.id, "language": document.language, "title": document.title}
            found = found or any(key in values for key, _ in pairs)
            self.keys |= values.keys()
            if any(values.get(key) == value for key, value in pairs):
                yield document
            else:
                self.dropped += 1
        if not found and self.keys:
            raise CorpusError(f"--filter {self.text}: {unknown('column', pairs[0][0], sorted(self.keys))}")

    @property
    def note(self) -> str:
        return f"--filter {self.text}: {self.dropped} left out" if self.dropped else ""


class _Ids:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._wanted = dict.fromkeys(line.strip() for line in read_text(file).split("\n") if line.strip())
        if not self._wanted:
            raise CorpusError(f"{file}: holds no ids: give one a line")
        self._dropped = 0

    def apply(self, documents: Iterator[Document]) -> Iterator[Document]:
        left = set(self._wanted)
        for document in documents:
            if document.id in left:
                left.discard(document.id)
                yield document
            else:
                self._dropped += 1
        if left:
            first = [identifier for identifier in self._wanted if identifier in left]
            more = f" and {len(first) - _SHOWN} more" if len(first) > _SHOWN else ""
            raise CorpusError(f"{self._file}: no document has the id {', '.join(map(repr, first[:_SHOWN]))}{more}")

    @property
    def note(self) -> str:
        return f"--ids {self._file.name}: {self._dropped} left out" if self._dropped else ""


@dataclass
class _Sample:
    size: int | None
    seed: int
    dropped: int = 0

    def apply(self, documents: Iterator[Document]) -> Iterator[Document]:
        draws = seeds.stream(self.seed, "sample")
        seen = 0

        def drawn() -> Iterator[tuple[float, int, Document]]:
            nonlocal seen
            for document in documents:
                seen += 1
                yield draws.random(), seen, document

        chosen = heapq.nsmallest(self.size or 0, drawn(), key=lambda draw: draw[:2])
        self.dropped = seen - len(chosen)
        yield from (document for _, _, document in sorted(chosen, key=lambda draw: draw[1]))

    @property
    def note(self) -> str:
        return f"--sample {self.size}, seed {self.seed}: {self.dropped} left out" if self.dropped else ""
