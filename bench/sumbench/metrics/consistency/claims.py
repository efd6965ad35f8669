"""Base of metrics that check each sentence of a summary against parts of the source with a model."""

from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar
from typing import NamedTuple

import numpy as np

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.errors import failure_reason
from sumbench.manifest import Value
from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import fitted
from sumbench.metrics.consistency.chunks import sentence_parts
from sumbench.metrics.consistency.pairs import PairReader
from sumbench.metrics.consistency.pairs import Probabilities
from sumbench.metrics.consistency.pairs import TextPair
from sumbench.metrics.model_metric import ModelMetric
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.summary_metric import Measured
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights.catalog import find_model

if TYPE_CHECKING:
    from sumbench.scores import FloatArray

CLAIM_SHARE = 2
"""A claim has at most this part (a half) of what the model reads at once: the rest is for the source."""

LEAST_ROOM = 4
"""Tokens from which on a piece of a sentence is worth checking."""


class PlannedClaims(NamedTuple):
    """What is read of a summary: each claim with each chunk of the source."""

    document: Document
    summary: Summary
    claims: Sequence[Part]
    chunks: Sequence[Part]

    def pairs(self) -> list[TextPair]:
        """Return the pairs of texts, all chunks with the first claim first."""
        return [
            (chunk.of(self.document.text), claim.of(self.summary.text))
            for claim in self.claims
            for chunk in self.chunks
        ]


class PairClassifier(NamedTuple):
    """A loaded model: its `reader`, and what returns the probabilities [pairs, classes] of pairs."""

    reader: PairReader
    probabilities: Callable[[Sequence[TextPair]], Probabilities]


@dataclass(frozen=True, kw_only=True)
class ClaimMetric(ModelMetric):
    """Checks each sentence of a summary against the source: a subclass says with what and how.

    Sentences whose score is below `threshold` are marked. With `window` the model reads at most so many tokens at once
    (0: as many as its checkpoint says). Sources are read whole, part by part.
    """

    threshold: float = 0.5
    window: int = 0
    needs: ClassVar[Needs] = Needs(references=False, source=True, device=True)
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse a window that holds nothing."""
        if self.window and self.window < 16:  # noqa: PLR2004 - less than a sentence and a few special tokens
            raise UsageError(f"{self.name}: window={self.window} holds no sentence: give 16 tokens or more, or 0")

    def reader_notes(self, *, several_references: bool) -> tuple[str, ...]:  # noqa: ARG002 - none is looked at
        """Return the model's published accuracy where it is known."""
        return accuracy_notes(self.declared[0].name, self.model)

    @abstractmethod
    def classifier(self, context: MetricContext) -> PairClassifier:
        """Load the model; raise MetricError or WeightsError where that cannot be done."""

    @abstractmethod
    def chunks(self, text: str, units: Sequence[Part], reader: PairReader, room: int) -> list[Part]:
        """Return the parts of a document's text that are read, of at most `room` tokens each, from its `units`."""

    def units(self, document: Document) -> list[Part]:
        """Return what a document's text is divided into before anything is joined to chunks: its sentences."""
        return sentence_parts(document.text, document.language)

    @abstractmethod
    def conclude(self, planned: PlannedClaims, found: Probabilities) -> Measured:
        """Return the values of a summary, from the probabilities [claims, chunks, classes]."""

    def claims(self, summary: Summary, document: Document, reader: PairReader) -> list[Part]:
        """Return the claims of a summary: its sentences, each that is longer than half of the window in pieces."""
        sentences = sentence_parts(summary.text, document.language)
        return list(fitted(summary.text, sentences, claim_room(reader), reader.size))

    def load(self, context: MetricContext) -> Scorer:
        """Load the model and return what scores batches; raise MetricError where it has no room for a claim."""
        classifier = self.classifier(context)
        if claim_room(classifier.reader) < LEAST_ROOM:
            limit, extra = classifier.reader.limit, classifier.reader.extra
            reads = f"the model reads {limit} tokens at once, {extra} of them beside the texts"
            raise MetricError(f"{self.name}: {reads}, which leaves too few for a claim: give a wider window=")

        def score(documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
            return self._score(classifier, {document.id: document for document in documents}, summaries)

        return score

    def _score(
        self, classifier: PairClassifier, documents: Mapping[str, Document], summaries: Sequence[Summary]
    ) -> BatchScores:
        values: dict[str, FloatArray] = {value.name: np.full(len(summaries), np.nan) for value in self.declared}
        failures: dict[int, str] = {}
        planned: dict[int, PlannedClaims] = {}
        units: dict[str, list[Part]] = {}
        for index, summary in enumerate(summaries):
            document = documents[summary.document]
            try:
                if document.id not in units:
                    units[document.id] = self.units(document)
                planned[index] = self._plan(classifier.reader, document, units[document.id], summary)
            except Exception as error:  # noqa: BLE001 - whatever a text causes is a failure of this summary
                failures[index] = failure_reason(error)
        # A pair that several summaries share, as copied sentences, is read once.
        pairs = list(dict.fromkeys(pair for each in planned.values() for pair in each.pairs()))
        known = dict(zip(pairs, classifier.probabilities(pairs), strict=True)) if pairs else {}
        details: list[Detail] = []
        for index, each in planned.items():
            rows = np.array([known[pair] for pair in each.pairs()])
            measured = self.conclude(each, rows.reshape(len(each.claims), len(each.chunks), -1))
            for name, value in measured.values.items():
                values[name][index] = value
            details += [
                Detail(each.summary.document, each.summary.system, name, content, each.summary.draw)
                for name, content in measured.details.items()
            ]
        return BatchScores(values, failures, details, notes=foreign_notes(self.model, documents.values()))

    def _plan(self, reader: PairReader, document: Document, units: Sequence[Part], summary: Summary) -> PlannedClaims:
        claims = self.claims(summary, document, reader)
        if not claims:
            raise MetricError("the summary has no sentence")
        longest = max(reader.size(claim.of(summary.text)) for claim in claims)
        chunks = self.chunks(document.text, units, reader, reader.limit - reader.extra - longest)
        return PlannedClaims(document, summary, claims, chunks)


def claim_room(reader: PairReader) -> int:
    """Return how many tokens a claim may have."""
    return reader.limit // CLAIM_SHARE - reader.extra


def accuracy_notes(name: str, model: str) -> tuple[str, ...]:
    """Return what is published of a model of the catalog, for the readers of a metric's figures."""
    known = find_model(model)
    return (f"{name} is as {known.name} judges, which has {known.accuracy}",) if known and known.accuracy else ()


def foreign_notes(model: str, documents: Iterable[Document]) -> list[BatchNote]:
    """Return a note on documents in languages that the catalog does not name for a model; none for a model unknown."""
    known = find_model(model)
    languages = set(known.languages) if known else set()
    foreign = [
        f"document {each.id!r} ({each.language})"
        for each in documents
        if languages and each.language and each.language.partition("-")[0] not in languages
    ]
    if not foreign:
        return []
    what = f"in a language that {model} was not trained for (its own: {', '.join(sorted(languages))})"
    return [BatchNote(what, foreign, "give model= a multilingual one")]


def first_highest(probabilities: Probabilities) -> int:
    """Return the place of the highest probability, the first of those that are equal but for rounding."""
    return int(np.argmax(np.round(probabilities, 4)))


def span(part: Part, text: str, **further: object) -> dict[str, Any]:
    """Return the place of a part in a text as details name it, with what else is said of it."""
    return {"start": part.start, "end": part.end, "text": part.of(text), **further}


def place(part: Part) -> dict[str, int]:
    """Return the place of a part without its text, for what is said of every sentence."""
    return {"start": part.start, "end": part.end}


def aggregated(name: str, scores: Probabilities, threshold: float) -> dict[str, float]:
    """Return mean (`name`), lowest (`name`_min), and share above `threshold` (`name`_share) of a summary's claims."""
    return {
        name: float(scores.mean()),
        f"{name}_min": float(scores.min()),
        f"{name}_share": float((scores > threshold).mean()),
    }


def aggregates(name: str, title: str) -> tuple[Value, ...]:
    """Return what a metric declares that yields these three, in percent; the mean stands in the main table."""
    return (
        Value(name, title, "%", scale=100.0, decimals=1),
        Value(f"{name}_min", f"{title}, lowest sentence", "%", scale=100.0, decimals=1, main=False),
        Value(f"{name}_share", f"{title}, share of sentences", "%", scale=100.0, decimals=1, main=False),
    )
