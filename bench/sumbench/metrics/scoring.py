"""Scores batches with a loaded metric; a summary that it cannot score is one failure, not the loss of the batch."""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from functools import cached_property

import numpy as np

from sumbench.errors import MetricError
from sumbench.errors import failure_reason
from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.metrics.notes import failed_references
from sumbench.metrics.notes import joined_notes
from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import Metric
from sumbench.metrics.protocol import ParallelScorer
from sumbench.metrics.protocol import Scorer
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.scores import Scores
from sumbench.scores import SummaryKeys


@contextmanager
def no_exit(name: str) -> Iterator[None]:
    """Raise MetricError where the metric of this name would end the process, and the run with it."""
    try:
        yield
    except SystemExit as error:
        raise MetricError(f"{name} asked the process to end (SystemExit: {error.code})") from None


@dataclass(frozen=True)
class LoadedMetric:
    """A metric that is ready to score; with `fail_fast` the first failure raises MetricError.

    `model` is what stands behind the metric's own signatures of the model that it computes with, "" for none.
    """

    metric: Metric
    scorer: Scorer
    fail_fast: bool = False
    model: str = ""

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.name

    @property
    def costly(self) -> bool:
        """Whether its scores are journalled and kept."""
        return self.metric.costly

    @property
    def at_once(self) -> int:
        """How many batches may be scored at once, each by a thread."""
        return self.scorer.at_once if isinstance(self.scorer, ParallelScorer) else 1

    @cached_property
    def values(self) -> Sequence[Value]:
        """The values that the metric declares."""
        return self.metric.values()

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return the whole signature line of each value, with what the model is that the metric computes with."""
        return with_model(self.metric.signatures(languages), self.model)

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> "ScoredBatch":
        """Score the summaries of a batch of documents, and the references against one another.

        Summaries with an error are left out. A batch on which the metric raises is scored again summary by summary,
        so that those that cause it fail alone. What is no finite number is a failure, too.
        """
        good = [summary for summary in summaries if summary.error is None]
        return self.scored(documents, good, self.found(documents, good))

    def found(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Score a batch of summaries without errors; what the metric raises becomes a failure of that summary.

        A summary whose document lacks what the metric needs, text or references, is not shown to it.
        """
        lacks = {document.id: lack for document in documents if (lack := self._lack(document))}
        whole = [document for document in documents if document.id not in lacks]
        usable = [index for index, summary in enumerate(summaries) if summary.document not in lacks]
        some = [summaries[index] for index in usable]
        try:
            found = self._checked(whole, some) if whole else BatchScores(self._nothing())
        except Exception:
            if self.fail_fast:
                raise
            found = self._singly(whole, some)
        found = replace(found, notes=(*found.notes, *self._absent(found, some)))
        if lacks:
            found = _spread(found, usable, [lacks.get(summary.document, "") for summary in summaries])
            found = replace(found, agreement=_spread_agreement(found, documents, lacks))
        if self.fail_fast and found.failures:
            index = min(found.failures)
            summary = summaries[index]
            raise MetricError(f"{self.name}: {_named(summary)}: {found.failures[index]}")
        return found

    def _absent(self, found: BatchScores, summaries: Sequence[Summary]) -> list[BatchNote]:
        """Return notes on summaries for which an optional value that readers see is not defined."""
        alike: dict[tuple[int, ...], list[str]] = {}
        for value in self.values:
            if value.optional and value.main:
                absent = np.flatnonzero(np.isnan(found.values[value.name])).tolist()
                if indices := tuple(index for index in absent if index not in found.failures):
                    alike.setdefault(indices, []).append(value.title)
        return [
            BatchNote(
                f"summaries for which {', '.join(titles)} is not defined, left out of the mean",
                [_named(summaries[index]) for index in indices],
            )
            for indices, titles in alike.items()
        ]

    def _nothing(self) -> dict[str, FloatArray]:
        return {value.name: np.zeros(0) for value in self.values}

    def _lack(self, document: Document) -> str:
        """Return what the metric needs and the document does not have, "" for nothing."""
        if self.metric.needs.source and not document.text.strip():
            return "its document has no text, which this metric needs"
        if self.metric.needs.references and not document.references:
            return "its document has no reference, which this metric needs"
        return ""

    def scored(self, documents: Sequence[Document], summaries: Sequence[Summary], found: BatchScores) -> "ScoredBatch":
        """Return as columns what was found in a batch of these summaries."""
        keys = SummaryKeys((summary.document, summary.system, summary.draw) for summary in summaries)
        parts = [Scores.of_metric(keys, value.name, found.values[value.name], found.failures) for value in self.values]
        if found.agreement:
            of_references = SummaryKeys((document.id, AGREEMENT, 1) for document in documents)
            parts += [Scores.of_metric(of_references, name, array, {}) for name, array in found.agreement.items()]
        failed = len(found.failures)
        return ScoredBatch(Scores.concat(parts), list(found.details), failed, found.notes, found.spent)

    def _checked(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        with no_exit(self.name):
            found = self.scorer(documents, summaries)
        self._check_agreement(found, len(documents))
        failures = dict(found.failures)
        for value in self.values:
            array = found.values.get(value.name)
            if array is None or array.shape != (len(summaries),):
                shape = "nothing" if array is None else f"shape {array.shape}"
                raise MetricError(f"{self.name} yielded {shape} for {value.name} of {len(summaries)} summaries")
            for index in np.flatnonzero(np.isinf(array) if value.optional else ~np.isfinite(array)):
                failures.setdefault(int(index), f"{value.name} is {array[index]}, which is no score")
        return replace(found, failures=failures)

    def _check_agreement(self, found: BatchScores, documents: int) -> None:
        for name, array in found.agreement.items():
            if name not in {value.name for value in self.values}:
                raise MetricError(f"{self.name} yielded an agreement for {name}, which it does not declare")
            if array.shape != (documents,):
                shape = f"an agreement of shape {array.shape}"
                raise MetricError(f"{self.name} yielded {shape} for {name} of {documents} documents")

    def _singly(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        by_id = {document.id: document for document in documents}
        values: dict[str, FloatArray] = {value.name: np.full(len(summaries), np.nan) for value in self.values}
        failures: dict[int, str] = {}
        details: list[Detail] = []
        notes: list[BatchNote] = []
        spent: list[Spending] = []
        for index, summary in enumerate(summaries):
            try:
                found = self._checked([by_id[summary.document]], [summary])
            except Exception as failure:  # noqa: BLE001 - whatever a metric raises is a failure of this summary
                failures[index] = failure_reason(failure)
                continue
            if found.failures:
                failures[index] = found.failures[0]
            details += found.details
            notes += found.notes
            spent += [found.spent] if found.spent is not None else []
            for name, array in values.items():
                array[index] = found.values[name][0]
        agreement, unscored = self._agreement(documents)
        # A metric that scores no references has nothing to say of them.
        notes += unscored if agreement or not summaries else []
        took = sum(spent, Spending()) if spent else None
        return BatchScores(values, failures, details, agreement, joined_notes(notes), took)

    def _agreement(self, documents: Sequence[Document]) -> tuple[dict[str, FloatArray], list[BatchNote]]:
        """Return the references' agreement document by document, NaN where it cannot be scored, and a note on these."""
        found: dict[str, FloatArray] = {}
        reasons: dict[str, str] = {}
        for index, document in enumerate(documents):
            try:
                of_document = self._checked([document], []).agreement
            except Exception as failure:  # noqa: BLE001 - whatever a metric raises costs this document's agreement
                reasons[document.id] = failure_reason(failure)
                continue
            for name, array in of_document.items():
                found.setdefault(name, np.full(len(documents), np.nan))[index] = array[0]
        return found, failed_references(reasons)


def _named(summary: Summary) -> str:
    return f"{summary.system}'s summary of document {summary.document!r}"


def with_model(signatures: Mapping[str, str], model: str) -> dict[str, str]:
    """Return signature lines with what they say of a `model` behind them; as they are where that is ""."""
    return {name: f"{line}|{model}" if model else line for name, line in signatures.items()}


def _spread(found: BatchScores, usable: Sequence[int], lacks: Sequence[str]) -> BatchScores:
    """Return what was found in the `usable` summaries of a batch as that of the batch; the others lack something."""
    values: dict[str, FloatArray] = {}
    for name, array in found.values.items():
        values[name] = np.full(len(lacks), np.nan)
        values[name][list(usable)] = array
    failures = {usable[index]: said for index, said in found.failures.items()}
    failures |= {index: lack for index, lack in enumerate(lacks) if lack}
    return replace(found, values=values, failures=failures)


def _spread_agreement(
    found: BatchScores, documents: Sequence[Document], lacks: Mapping[str, str]
) -> dict[str, FloatArray]:
    there = [index for index, document in enumerate(documents) if document.id not in lacks]
    agreement: dict[str, FloatArray] = {}
    for name, array in found.agreement.items():
        agreement[name] = np.full(len(documents), np.nan)
        agreement[name][there] = array
    return agreement


@dataclass(frozen=True)
class ScoredBatch:
    """The scores of a batch with its failures, the details, how many summaries `failed` to be scored, and the notes.

    `spent` is what was asked of a model or a service.
    """

    scores: Scores
    details: list[Detail] = field(default_factory=list)
    failed: int = 0
    notes: Sequence[BatchNote] = ()
    spent: Spending | None = None
