"""Cosine similarity of the embeddings of whole texts."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from typing import Literal

import numpy as np

from sumbench.manifest import Value
from sumbench.metrics.meaning.compared import Comparer
from sumbench.metrics.meaning.compared import ReferenceMetric
from sumbench.metrics.meaning.memory import TextMemory
from sumbench.metrics.meaning.sentence_vectors import LIBRARIES
from sumbench.metrics.meaning.sentence_vectors import SentenceEncoder
from sumbench.metrics.meaning.sentence_vectors import TextVector
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.records import Document
from sumbench.scores import FloatArray


@dataclass(frozen=True, kw_only=True)
class Similarity(ReferenceMetric):
    """Cosine of a sentence encoder's embeddings of the summary and of each reference, or of the document.

    From -1 to 1; a text without any token has 0. `model` is a sentence-transformers checkpoint, which pools and
    normalizes as it says itself: a catalog name, a folder or a hub id. What is longer than it reads at once is read in
    windows, whose embeddings are averaged by their numbers of tokens. `against` is references, or document; `handling`
    of several references is jackknife, max or mean.
    """

    against: Literal["references", "document"] = "references"
    libraries: ClassVar[tuple[str, ...]] = LIBRARIES

    @property
    def needs(self) -> Needs:  # type: ignore[override]
        """The references or the document, as the options have it."""
        return Needs(references=self.against == "references", source=self.against == "document", device=True)

    def values(self) -> tuple[Value, ...]:
        """Return the one value."""
        if self.against == "document":
            return (Value("similarity_document", "Similarity to document", "cosine", scale=100.0),)
        return (Value("similarity", "Similarity", "cosine", scale=100.0),)

    def targets(self, document: Document) -> Sequence[str]:
        """Return what a summary is compared with."""
        return document.references if self.against == "references" else (document.text,)

    def comparer(self, context: MetricContext) -> Comparer:
        """Load the encoder."""
        return Cosines(SentenceEncoder(self.name, self.model, context), self.values()[0].name)


class Cosines:
    """Compares texts by the cosine of their embeddings."""

    notes: Sequence[str] = ()

    def __init__(self, encoder: SentenceEncoder, value: str) -> None:
        """Call the cosine `value`."""
        self._encoder, self._value = encoder, value
        self._memory = TextMemory(encoder.embed, lambda embedded: embedded.size)
        self._now: dict[str, TextVector] = {}

    def prepare(self, texts: Collection[tuple[str, str]]) -> None:
        """Embed the texts."""
        self._now = self._memory.of(text for text, _ in texts)

    def compare(self, texts: Sequence[str], references: Sequence[str], language: str) -> dict[str, FloatArray]:  # noqa: ARG002 - embeddings are of no language
        """Return the cosine of each text with each reference."""
        mine, others = (
            np.array([self._now[text].vector for text in some]).reshape(-1, self._encoder.dimensions)
            for some in (texts, references)
        )
        return {self._value: np.clip(mine @ others.T, -1.0, 1.0)}

    def reason(self, text: str) -> str:  # noqa: ARG002 - there is none
        """Return why a text has no score."""
        return "its embedding is no number"

    def is_long(self, text: str) -> bool:
        """Tell whether a text was read in windows."""
        return self._now[text].long

    @property
    def long_note(self) -> str:
        """How long texts are read."""
        return f"read in windows of {self._encoder.room} tokens, whose embeddings are averaged"
