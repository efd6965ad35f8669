"""What a page knows of its runs: columns of the matrix, scores, and which documents stand in it with their texts."""

from collections.abc import Container
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sumbench.errors import RunError
from sumbench.manifest import Value
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.stats import Analysis
from sumbench.stats import judged
from sumbench.stats import run_matrices
from sumbench.stats import sign
from sumbench.tables.model import Table
from sumbench.tables.notes import NAMES

MANY = 1_000
"""A run of more documents has the texts of a part of them in its page, and no scores that are details."""

USUAL_TEXT = 24_000_000
"""So many characters of texts stand in a page at most, unless all are asked for."""

FEW = 400
"""Of many documents, so many stand in the page with their texts."""

LISTED = 50_000
"""Of more documents only those with their texts stand in the page: no browser opens a list of a million."""

FAILED, CUT, FLAGGED, STRIPPED = 1, 2, 4, 8
"""Bits that say of a summary: there is none, its document was not read to the end, places are marked, text was taken
off."""


@dataclass(frozen=True, eq=False)
class PageRun:
    """A run as a page shows it: its folder's `name`, its statistics, and its tables, that of the results first."""

    name: str
    run: Run
    analysis: Analysis
    tables: tuple[Table, ...]

    @cached_property
    def large(self) -> bool:
        """Whether the run has too many documents to list all: texts are then read of those that are shown."""
        return not self.analysis.streamed and len(self.run.ids) > LISTED

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The documents by id, of a large run none until they are chosen; none where the run keeps no texts."""
        return {} if self.large else self._documents(None)

    def _documents(self, wanted: Container[str] | None) -> Mapping[str, Document]:
        if self.analysis.streamed or not self.run.manifest.texts:
            return {}
        try:
            if wanted is not None:
                return {document.id: document for document in self.run.documents if document.id in wanted}
            return {document.id: document for document in self.run.documents}
        except RunError:
            return {}

    @cached_property
    def summaries(self) -> Mapping[str, Mapping[str, Sequence[Summary]]]:
        """The draws of every summary by document and system; none of a stream, which is not held in memory.

        Of a large run those that failed, until documents are chosen.
        """
        return self._summaries(() if self.large else None)

    def _summaries(self, wanted: Container[str] | None) -> Mapping[str, Mapping[str, Sequence[Summary]]]:
        found: dict[str, dict[str, list[Summary]]] = {}
        for summary in () if self.analysis.streamed else self.run.summaries:
            if wanted is None or summary.error is not None or summary.document in wanted:
                found.setdefault(summary.document, {}).setdefault(summary.system, []).append(summary)
        return found

    def choose(self, documents: Container[str]) -> None:
        """Read the texts of these documents of a large run, which are to be shown."""
        if self.large:
            # What was computed before takes the place of what the properties would compute.
            self.__dict__.update(documents=self._documents(documents), summaries=self._summaries(documents))

    @cached_property
    def details(self) -> Mapping[tuple[str, str, int], Sequence[Detail]]:
        """What metrics said of summaries, by document, system and draw."""
        found: dict[tuple[str, str, int], list[Detail]] = {}
        for detail in () if self.analysis.streamed else self.run.details:
            found.setdefault((detail.document, detail.system, detail.draw), []).append(detail)
        return found


@dataclass(frozen=True)
class PageColumn:
    """A column of the matrix: a system of one of the page's runs, by the run's index."""

    label: str
    system: str
    role: str
    run: int


@dataclass(frozen=True, eq=False)
class PageData:
    """The runs of a page with all that their views are made of; `whole` asks for the texts of all documents."""

    runs: Sequence[PageRun]
    whole: bool = False
    few: int = FEW
    most_text: int = USUAL_TEXT

    @property
    def first(self) -> PageRun:
        """The run whose table comes first, and by whose value documents are chosen."""
        return self.runs[0]

    @cached_property
    def columns(self) -> tuple[PageColumn, ...]:
        """The matrix's columns: the systems of each run as its table has them, ranked ones, floors, ceilings."""
        return tuple(column for index in range(len(self.runs)) for column in self._columns_of(index))

    def _columns_of(self, index: int) -> Iterator[PageColumn]:
        run = self.runs[index]
        before = f"{run.name}: " if len(self.runs) > 1 else ""
        rows = run.analysis.ranking(run.run.manifest.ranked_by)
        for role in ("ranked", "floor", "ceiling"):
            for row in rows:
                if row.role == role:
                    yield PageColumn(f"{before}{NAMES.get(row.system, row.system)}", row.system, role, index)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the columns."""
        return tuple(column.label for column in self.columns)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all documents: those of the first run in its order, then what only others have."""
        if self.first.analysis.streamed:
            return ()
        return tuple(dict.fromkeys(name for run in self.runs for name in run.run.ids))

    @cached_property
    def listed(self) -> tuple[str, ...]:
        """The ids of the documents that the page lists: all, or of very many those that are shown."""
        return (
            self.ids
            if self.whole or len(self.ids) <= LISTED
            else tuple(name for name in self.ids if name in self.shown)
        )

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """The values that the page shows; those that are details only where there are not many documents."""
        found: dict[str, Value] = {}
        for run in self.runs:
            for name, value in run.run.manifest.values.items():
                if value.main or len(self.ids) <= MANY:
                    found.setdefault(name, value)
        return found

    @cached_property
    def scores(self) -> Mapping[str, FloatArray]:
        """Shown scores by value: an array of shape (documents, columns), NaN where there is none."""
        shape = (len(self.ids), len(self.columns))
        laid = {name: np.full(shape, np.nan) for name in self.values}
        for index, run in enumerate(self.runs):
            if run.analysis.streamed:
                continue
            columns = [at for at, column in enumerate(self.columns) if column.run == index]
            systems = [self.columns[at].system for at in columns]
            for name, array in run_matrices(run.run, systems, self.ids, list(self.values)).items():
                laid[name][:, columns] = self.values[name].scale * array.T
        return laid

    def document(self, name: str) -> Document | None:
        """Return a document, from the first run that has its texts."""
        return next((run.documents[name] for run in self.runs if name in run.documents), None)

    def draws(self, name: str, column: PageColumn) -> Sequence[Summary]:
        """Return what a column's system wrote of a document."""
        return self.runs[column.run].summaries.get(name, {}).get(column.system, ())

    def flags(self, name: str, column: PageColumn) -> int:
        """Return the bits that say what is special about a cell."""
        bits = 0
        for summary in self.draws(name, column):
            read, size = summary.seen_tokens, summary.input_tokens
            bits |= FAILED * (summary.error is not None)
            bits |= CUT * (read is not None and size is not None and read < size)
            bits |= STRIPPED * (summary.raw is not None)
            key = (name, column.system, summary.draw)
            bits |= FLAGGED * any(self.flagging(each) for each in self.runs[column.run].details.get(key, ()))
        return bits

    def flagging(self, detail: Detail) -> bool:
        """Tell whether a detail marks places as faults: that of a property, such as the longest copy, does not."""
        value = next(
            (run.run.manifest.values[detail.metric] for run in self.runs if detail.metric in run.run.manifest.values),
            None,
        )
        return bool(detail.content.get("spans")) and (value is None or judged(value))

    @cached_property
    def shown(self) -> frozenset[str]:
        """The documents that stand in the page with their texts.

        Where not all of them can, those of which a system failed, those whose scores differ most between the first two
        systems of the table and between the first and `lead`, and those with the best and the worst scores: turn about.
        """
        if len(self.ids) > LISTED:
            if not self.whole:
                return self._shown_of_many()
            for run in self.runs:
                run.choose(frozenset(self.ids))
        sizes = {name: self._size(name) for name in self.ids}
        if self.whole or (len(sizes) <= MANY and sum(sizes.values()) <= self.most_text):
            return frozenset(name for name in self.ids if self._has_texts(name))
        chosen = _turn_about(list(self._orders()), self.few)
        return self._within(chosen, sizes)

    def _shown_of_many(self) -> frozenset[str]:
        """Choose as `shown` does, without the texts of all documents."""
        chosen = _turn_about(list(self._orders()), self.few)
        for run in self.runs:
            run.choose(frozenset(chosen))
        return self._within(chosen, {name: self._size(name) for name in chosen})

    def _within(self, chosen: Sequence[str], sizes: Mapping[str, int]) -> frozenset[str]:
        left = self.most_text
        kept = []
        for name in chosen:
            left -= sizes[name]
            if left >= 0 and self._has_texts(name):
                kept.append(name)
        return frozenset(kept)

    def _has_texts(self, name: str) -> bool:
        return any(name in run.documents or name in run.summaries for run in self.runs)

    def _size(self, name: str) -> int:
        document = self.document(name)
        own = len(document.text) + sum(map(len, document.references)) if document else 0
        texts = (one.text for run in self.runs for draws in run.summaries.get(name, {}).values() for one in draws)
        return own + sum(map(len, texts))

    def _orders(self) -> Iterator[list[str]]:
        order = self.first.run.manifest.ranked_by
        if order not in self.scores:
            yield list(self.ids)
            return
        array = self.scores[order]
        yield [name for name in self.ids if any(self.flags(name, column) & FAILED for column in self.columns)]
        ranked = [at for at, column in enumerate(self.columns) if column.role == "ranked" and not column.run]
        lead = [at for at, column in enumerate(self.columns) if column.system == "lead" and not column.run]
        for pair in (ranked[:2], [*ranked[:1], *lead]):
            if len(pair) > 1:
                apart = np.nan_to_num(np.abs(array[:, pair[0]] - array[:, pair[1]]))
                yield [self.ids[at] for at in np.argsort(-apart, kind="stable")]
        counted = array[:, ranked] if ranked else array
        known = ~np.isnan(counted)
        means = np.where(known, counted, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        means *= sign(self.values[order]) if judged(self.values[order]) else 1
        yield [self.ids[at] for at in np.argsort(means, kind="stable")]
        yield [self.ids[at] for at in np.argsort(-means, kind="stable")]


def _turn_about(orders: Sequence[Sequence[str]], most: int) -> list[str]:
    """Take so many names, one from each order after the other, none twice."""
    chosen: dict[str, None] = {}
    waiting = [iter(order) for order in orders]
    while waiting and len(chosen) < most:
        order = waiting.pop(0)
        found = next((name for name in order if name not in chosen), None)
        if found is not None:
            chosen[found] = None
            waiting.append(order)
    return list(chosen)
