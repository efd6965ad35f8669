"""Entailment of summary sentences by parts of the source (SummaC-ZS)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from typing import Literal

import numpy as np

from sumbench.errors import MetricError
from sumbench.manifest import Value
from sumbench.metrics.consistency import labels
from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import fitted
from sumbench.metrics.consistency.chunks import packed
from sumbench.metrics.consistency.chunks import paragraph_parts
from sumbench.metrics.consistency.chunks import sentence_parts
from sumbench.metrics.consistency.claims import ClaimMetric
from sumbench.metrics.consistency.claims import PairClassifier
from sumbench.metrics.consistency.claims import PlannedClaims
from sumbench.metrics.consistency.claims import aggregated
from sumbench.metrics.consistency.claims import aggregates
from sumbench.metrics.consistency.claims import claim_room
from sumbench.metrics.consistency.claims import first_highest
from sumbench.metrics.consistency.claims import place
from sumbench.metrics.consistency.claims import span
from sumbench.metrics.consistency.pairs import PairReader
from sumbench.metrics.consistency.pairs import Probabilities
from sumbench.metrics.consistency.pairs import TextPair
from sumbench.metrics.consistency.pairs import check_architecture
from sumbench.metrics.consistency.pairs import class_names
from sumbench.metrics.consistency.pairs import class_probabilities
from sumbench.metrics.consistency.pairs import reading_limit
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.summary_metric import Measured
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.weights.catalog import ModelKind

LIKELY = 0.5
"""A sentence is called contradicted where the probability of that is above this one, and above that of entailment."""


@dataclass(frozen=True, kw_only=True)
class Entailment(ClaimMetric):
    """How far the source entails the summary's sentences, by a classifier of natural language inference.

    SummaC-ZS (Laban et al., TACL 10, 2022, section 3.2): a sentence's score is the highest probability of entailment
    that any part of the source gives it, the summary's score the mean over its sentences (0 to 1). `source` says which
    parts: each sentence (as published), paragraph, or as much as the model reads at once (document). `summary` says
    what is checked: each sentence, or the summary as a whole. With `score` difference the highest probability of
    contradiction is subtracted, as the authors' program does (-1 to 1). Unlike there, sentences of ten characters or
    fewer and those behind the hundredth are read, too, and what is longer than the window is read in pieces and not cut
    off. `model` is a sequence classifier: a catalog name, a folder or a hub id; its classes are told by their names
    (entailment, neutral, contradiction), or `entailment_label` and `contradiction_label` name them. Sentences whose
    score is not above `threshold` are marked, with the part of the source that supports them best, or contradicts them.
    `window` bounds how many tokens are read at once (0: as the checkpoint says).
    """

    model: str = "deberta-v3-base-nli"
    source: Literal["sentence", "paragraph", "document"] = "sentence"
    summary: Literal["sentence", "whole"] = "sentence"
    score: Literal["entailment", "difference"] = "entailment"
    entailment_label: str = ""
    contradiction_label: str = ""
    declared: ClassVar[tuple[Value, ...]] = aggregates("entailment", "Entailment")
    model_kind: ClassVar[ModelKind] = "nli"

    def classifier(self, context: MetricContext) -> PairClassifier:
        """Load the classifier and find its classes."""
        opened = self.open_model(context, "AutoModelForSequenceClassification")
        check_architecture(self.name, opened, "ForSequenceClassification", "classifier of texts")
        names = class_names(opened)
        entailed = labels.find_entailment(self.name, names, self.entailment_label)
        contradicted = labels.find_contradiction(self.name, names, self.contradiction_label)
        if contradicted is None and self.score == "difference":
            raise MetricError(
                f"{self.name}: score=difference needs a class of contradiction, and the model has none of that name "
                f"({', '.join(names.values())}): give contradiction_label=, or leave score= out"
            )
        reader = PairReader(opened, reading_limit(opened, self.model, self.window))
        return PairClassifier(reader, partial(_probabilities, reader, entailed, contradicted))

    def units(self, document: Document) -> list[Part]:
        """Return a document's paragraphs or sentences."""
        if self.source == "paragraph":
            return paragraph_parts(document.text)
        return sentence_parts(document.text, document.language)

    def chunks(self, text: str, units: Sequence[Part], reader: PairReader, room: int) -> list[Part]:
        """Return the units, in pieces where they are too long, or joined to what the model reads at once."""
        pieces = list(fitted(text, units, room, reader.size))
        return packed(text, pieces, room, reader.size) if self.source == "document" else pieces

    def claims(self, summary: Summary, document: Document, reader: PairReader) -> list[Part]:
        """Return the summary's sentences, or what of it can be read at once."""
        sentences = super().claims(summary, document, reader)
        if self.summary == "sentence":
            return sentences
        return packed(summary.text, sentences, claim_room(reader), reader.size)

    def conclude(self, planned: PlannedClaims, found: Probabilities) -> Measured:
        """Return the mean over sentences of the best entailment; `found` has entailment and contradiction last."""
        entailed, contradicted = found[:, :, 0], found[:, :, 1]
        best = entailed.max(axis=1)
        scores = best - contradicted.max(axis=1) if self.score == "difference" else best
        described, marked = [], []
        for number, score in enumerate(scores):
            best, worst = first_highest(entailed[number]), first_highest(contradicted[number])
            said = span(
                planned.claims[number],
                planned.summary.text,
                score=float(score),
                entailment=float(entailed[number, best]),
                contradiction=float(contradicted[number, worst]),
                source=place(planned.chunks[best]),
            )
            described.append(said)
            if score <= self.threshold:
                kind, reason = _fault(said["entailment"], said["contradiction"])
                part = planned.chunks[worst if kind == AGAINST else best]
                source = span(part, planned.document.text)
                marked.append({**said, "kind": kind, "reason": reason, "source": source})
        content = {"sentences": described, "spans": marked}
        return Measured(aggregated("entailment", scores, self.threshold), {"entailment": content})


AGAINST, UNSUPPORTED = "contradicted", "not entailed"
"""The kinds of sentences that are marked."""


def _fault(entailment: float, contradiction: float) -> tuple[str, str]:
    """Return the kind of a sentence of these probabilities, the highest of any part of the source, and the reason."""
    if contradiction > max(entailment, LIKELY):
        return AGAINST, f"a part of the source contradicts it with a probability of {contradiction:.2f}"
    return UNSUPPORTED, f"no part of the source entails it with a probability above {entailment:.2f}"


def _probabilities(
    reader: PairReader, entailed: int, contradicted: int | None, pairs: Sequence[TextPair]
) -> Probabilities:
    """Return the probabilities of entailment and contradiction of pairs; the second is 0 without such a class."""
    found = class_probabilities(reader, pairs)
    against = np.zeros(len(pairs)) if contradicted is None else found[:, contradicted]
    return np.stack([found[:, entailed], against], axis=-1)
