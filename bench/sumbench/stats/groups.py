"""Breakdowns: groups documents by length, metadata or content position, and takes means within each group."""

from collections import Counter
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.records import Document
from sumbench.rouge import language_tokenizer
from sumbench.scores import FloatArray
from sumbench.sentences import words
from sumbench.stats.direction import best_first

MISSING = "(none)"
NOT_FOUND = "not in the source"
POSITION = "position"
STATED_POSITIONS = ("beginning", "middle", "end", "spread")


class Group(NamedTuple):
    """Documents under a label, by their indices in the corpus; `scores[:, group.members]` are their scores."""

    label: str
    members: tuple[int, ...]

    @property
    def documents(self) -> int:
        """The number of documents."""
        return len(self.members)


class GroupMeans(NamedTuple):
    """A system's mean over all documents, and its mean in each group; None where none of them has a score."""

    system: str
    whole: float | None
    groups: tuple[float | None, ...]


def breakdown(
    scores: FloatArray, systems: Sequence[str], groups: Sequence[Group], value: Value
) -> tuple[GroupMeans, ...]:
    """Return each system's mean in each group, best system first; those of a property keep their order.

    Args:
        scores: Shape (systems, documents), NaN where a system failed.
        systems: The names of the rows.
        groups: The groups of the columns.
        value: What the scores are of.
    """
    rows = [
        GroupMeans(system, _mean(row), tuple(_mean(row[list(group.members)]) for group in groups))
        for system, row in zip(systems, scores, strict=True)
    ]
    return tuple(best_first(rows, lambda row: row.whole, value))


def _mean(scores: FloatArray) -> float | None:
    there = scores[~np.isnan(scores)]
    return float(there.mean()) if there.size else None


def by_length(documents: Sequence[Document]) -> tuple[Group, ...]:
    """Group documents by their length in words into the terciles of the corpus, shortest first.

    Groups without a document are left out.
    """
    lengths = [words(document.text) for document in documents]
    edges = sorted({int(edge) for edge in np.quantile(lengths, [1 / 3, 2 / 3])}) if lengths else []
    labels = _length_labels(edges)
    terciles = np.searchsorted(np.array(edges, dtype=np.int64), np.array(lengths, dtype=np.int64), side="left")
    return _grouped([labels[tercile] for tercile in terciles], labels)


def by_metadata(documents: Sequence[Document], key: str) -> tuple[Group, ...]:
    """Group documents by their value of a metadata key, in the order of the values; those without one come last.

    Raises:
        UsageError: If no document has the key.
    """
    if not any(key in document.metadata for document in documents):
        known = sorted({name for document in documents for name in document.metadata})
        raise UsageError(f"no document has {key!r} in its metadata: there are {', '.join(known) or 'no keys'}")
    return _by_value(documents, key)


def by_language(languages: Sequence[str]) -> tuple[Group, ...]:
    """Group documents by the codes of their `languages`, one a document, in alphabetical order."""
    codes = [language or MISSING for language in languages]
    return _grouped(codes, [*sorted({*codes} - {MISSING}), MISSING])


def _by_value(documents: Sequence[Document], key: str, first: Sequence[str] = ()) -> tuple[Group, ...]:
    values = [document.metadata.get(key, MISSING) for document in documents]
    return _grouped(values, [*first, *sorted(set(values) - {*first, MISSING}), MISSING])


def by_position(documents: Sequence[Document]) -> tuple[Group, ...]:
    """Group documents by where in the source their content is.

    Where the metadata of any document state a `position`, the groups are those: `STATED_POSITIONS` in their order, then
    other values in theirs, and documents without one last. Otherwise the groups are the terciles of the documents'
    `content_position`, earliest first, since the means of most corpora lie near the middle; documents without one come
    last under a label of their own.
    """
    if any(POSITION in document.metadata for document in documents):
        return _by_value(documents, POSITION, STATED_POSITIONS)
    positions = [content_position(document) for document in documents]
    found = [at for at in positions if at is not None]
    terciles = np.quantile(found, [1 / 3, 2 / 3]) if found else np.empty(0)
    edges = sorted({float(edge) for edge in terciles} - {0.0, 1.0})
    labels = [f"{low:.0%} to {high:.0%}" for low, high in pairwise([0.0, *edges, 1.0])]
    placed = [NOT_FOUND if at is None else labels[int(np.searchsorted(edges, at, side="left"))] for at in positions]
    return _grouped(placed, [*labels, NOT_FOUND])


def content_position(document: Document) -> float | None:
    """Return where in the source the references' content is: 0 is its first word, 1 its last.

    The mean over the references' bigrams (each once a reference) that occur in the source, of the mean relative
    position of their occurrences; by words where no bigram occurs; None where no word does. Words are those of the
    document's language as ROUGE sees them, stemmed. A measure of this project's own.
    """
    tokenize = language_tokenizer(document.language).tokenize
    source = tokenize(document.text)
    references = [tokenize(reference) for reference in document.references]
    for grams in (_bigrams, _words):
        in_source = grams(source)
        last = max(1, len(in_source) - 1)
        found_at: defaultdict[object, list[float]] = defaultdict(list)
        for index, gram in enumerate(in_source):
            found_at[gram].append(index / last)
        wanted = Counter(gram for reference in references for gram in set(grams(reference)) if gram in found_at)
        if wanted:
            total = sum(count * float(np.mean(found_at[gram])) for gram, count in wanted.items())
            return total / wanted.total()
    return None


_Grams = Callable[[Sequence[str]], Sequence[object]]


def _bigrams(tokens: Sequence[str]) -> list[object]:
    return list(pairwise(tokens))


def _words(tokens: Sequence[str]) -> list[object]:
    return list(tokens)


def _length_labels(edges: Sequence[int]) -> list[str]:
    if not edges:
        return ["all lengths"]
    between = [f"{low + 1} to {high} words" for low, high in pairwise(edges)]
    return [f"up to {edges[0]} words", *between, f"over {edges[-1]} words"]


def _grouped(labels: Sequence[str], order: Iterable[str]) -> tuple[Group, ...]:
    members: defaultdict[str, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        members[label].append(index)
    return tuple(Group(label, tuple(members[label])) for label in order if label in members)
