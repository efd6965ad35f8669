"""Base of metrics that compare a summary with each reference: batches, several references, agreement, failures."""

from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from typing import Protocol

import numpy as np

from sumbench.errors import UsageError
from sumbench.metrics.meaning.references import HANDLINGS
from sumbench.metrics.meaning.references import agreement
from sumbench.metrics.meaning.references import over_references
from sumbench.metrics.model_metric import ModelMetric
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Scorer
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge.texts import is_text
from sumbench.scores import FloatArray


class Comparer(Protocol):
    """Compares texts by what it has computed of each of them."""

    def prepare(self, texts: Collection[tuple[str, str]]) -> None:
        """Compute what is needed of texts, each with its language, all together; each text once."""

    def compare(self, texts: Sequence[str], references: Sequence[str], language: str) -> Mapping[str, FloatArray]:
        """Return each value of prepared texts against prepared references, of shape (texts, references).

        All are in one language. NaN where there is none: `reason` says why.
        """

    def reason(self, text: str) -> str:
        """Return why a text cannot be compared."""

    def is_long(self, text: str) -> bool:
        """Tell whether a prepared text is longer than the model reads at once."""

    @property
    def notes(self) -> Sequence[str]:
        """What a reader of the figures should know that is known only now."""

    @property
    def long_note(self) -> str:
        """How longer texts are read."""


@dataclass(frozen=True, kw_only=True)
class ReferenceMetric(ModelMetric):
    """A metric that compares a summary with each reference by a model's embeddings.

    `handling` says what becomes of several references: jackknife, max or mean.
    """

    model: str = "minilm"
    handling: Literal["jackknife", "max", "mean"] = "jackknife"

    def __post_init__(self) -> None:
        """Refuse handlings that are none, with a UsageError."""
        if self.handling not in HANDLINGS:
            known = ", ".join(HANDLINGS)
            raise UsageError(f"{self.name}: unknown handling of references {self.handling!r}: known are {known}")

    @abstractmethod
    def comparer(self, context: MetricContext) -> Comparer:
        """Load the model and return what compares texts."""

    def targets(self, document: Document) -> Sequence[str]:
        """Return the texts with which summaries of a document are compared."""
        return document.references

    def load(self, context: MetricContext) -> Scorer:
        """Load the model; raise MetricError or WeightsError where that cannot be done."""
        return _Scorer(self, self.comparer(context))


class _Scorer:
    """A loaded metric."""

    def __init__(self, metric: ReferenceMetric, comparer: Comparer) -> None:
        self._metric, self._comparer = metric, comparer
        self._names = [value.name for value in metric.values()]

    @property
    def notes(self) -> Sequence[str]:
        """What a reader of the figures should know that is known only once the model is loaded."""
        return [f"{self._metric.name}: {note}" for note in self._comparer.notes]

    def __call__(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Score the summaries of a batch; texts that are no Unicode are failures."""
        of_document: dict[str, list[int]] = {document.id: [] for document in documents}
        values: dict[str, FloatArray] = {name: np.full(len(summaries), np.nan) for name in self._names}
        among: dict[str, FloatArray] = {name: np.full(len(documents), np.nan) for name in self._names}
        failures: dict[int, str] = {}
        targets = [self._metric.targets(document) for document in documents]
        unreadable = {document.id for document, texts in zip(documents, targets, strict=True) if _broken(texts)}
        for index, summary in enumerate(summaries):
            if summary.document in unreadable:
                failures[index] = "what it is compared with holds what is no Unicode text (a lone surrogate)"
            elif _broken([summary.text]):
                failures[index] = "its text is no Unicode text: it holds a lone surrogate"
            else:
                of_document[summary.document].append(index)
        whole = [row for row, document in enumerate(documents) if document.id not in unreadable]
        self._prepare([documents[row] for row in whole], [targets[row] for row in whole], of_document, summaries)
        for row in whole:
            mine, texts = of_document[documents[row].id], targets[row]
            others = texts if self._agrees(texts) else ()
            compared = [*others, *(summaries[index].text for index in mine)]
            found = self._comparer.compare(compared, texts, documents[row].language)
            for name in self._names:
                scores = over_references(found[name][len(others) :], self._metric.handling)
                values[name][mine] = scores
                if others:
                    among[name][row] = agreement(found[name][: len(others)], self._metric.handling)
        for index in np.flatnonzero(np.any([np.isnan(array) for array in values.values()], axis=0)).tolist():
            failures.setdefault(index, self._comparer.reason(summaries[index].text))
        notes = self._long(documents, targets, summaries, failures, unreadable)
        return BatchScores(values, failures, agreement=among if self._compares_references else {}, notes=notes)

    @property
    def _compares_references(self) -> bool:
        return self._metric.needs.references

    def _agrees(self, texts: Sequence[str]) -> bool:
        return self._compares_references and len(texts) > 1

    def _prepare(
        self,
        documents: Sequence[Document],
        targets: Sequence[Sequence[str]],
        of_document: Mapping[str, Sequence[int]],
        summaries: Sequence[Summary],
    ) -> None:
        wanted = {
            (text, document.language): None
            for document, texts in zip(documents, targets, strict=True)
            for text in (*texts, *(summaries[index].text for index in of_document[document.id]))
        }
        self._comparer.prepare(wanted)

    def _long(
        self,
        documents: Sequence[Document],
        targets: Sequence[Sequence[str]],
        summaries: Sequence[Summary],
        failures: Mapping[int, str],
        unreadable: set[str],
    ) -> list[BatchNote]:
        what = "reference" if self._compares_references else "text"
        named = [
            f"a {what} of document {document.id!r}"
            for document, texts in zip(documents, targets, strict=True)
            if document.id not in unreadable
            for text in texts
            if self._comparer.is_long(text)
        ]
        named += [
            f"{summary.system}'s summary of document {summary.document!r}"
            for index, summary in enumerate(summaries)
            if index not in failures and self._comparer.is_long(summary.text)
        ]
        return [BatchNote(self._comparer.long_note, named)] if named else []


def _broken(texts: Iterable[str]) -> bool:
    """Tell whether some text is no Unicode text."""
    return not all(map(is_text, texts))
