"""Hallucinated words of a summary, by a classifier of tokens (LettuceDetect)."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import ClassVar
from typing import Final
from typing import Literal
from typing import NamedTuple

import numpy as np

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.errors import failure_reason
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics.consistency import labels
from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import fitted
from sumbench.metrics.consistency.chunks import packed
from sumbench.metrics.consistency.chunks import sentence_parts
from sumbench.metrics.consistency.claims import foreign_notes
from sumbench.metrics.consistency.claims import span
from sumbench.metrics.consistency.pairs import PairReader
from sumbench.metrics.consistency.pairs import TextPair
from sumbench.metrics.consistency.pairs import Tokens
from sumbench.metrics.consistency.pairs import check_architecture
from sumbench.metrics.consistency.pairs import class_names
from sumbench.metrics.consistency.pairs import reading_limit
from sumbench.metrics.consistency.pairs import token_probabilities
from sumbench.metrics.consistency.spans import flagged_spans
from sumbench.metrics.consistency.spans import flagged_words
from sumbench.metrics.model_metric import ModelMetric
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.summary_metric import Measured
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import words
from sumbench.weights.catalog import ModelKind

if TYPE_CHECKING:
    from sumbench.scores import FloatArray

PROMPTS: Final = {"summary": ("Summarize the following text:\npassage 1: ", "\noutput:"), "none": ("", "")}
"""What stands before and behind the source: the request that LettuceDetect was trained with, or nothing."""

WORDS, ANY = "hallucinated_words", "hallucinated"


class PlannedPieces(NamedTuple):
    """What is read of a summary: each piece of it with each chunk of the source."""

    document: Document
    summary: Summary
    pieces: Sequence[Part]
    chunks: Sequence[Part]


@dataclass(frozen=True, kw_only=True)
class Hallucination(ModelMetric):
    """How many of the summary's words the source does not support, by a classifier of tokens, such as LettuceDetect's.

    LettuceDetect (Kovács and Recski, arXiv 2502.17125): the model reads the request to summarize the source (`prompt`
    summary, as in its training; none: the source alone) with the summary behind it, and gives each token of the summary
    a probability of being hallucinated. Tokens of at least `threshold` (0.5) are flagged; a word is where any of its
    tokens is. Values are the share of flagged words, and whether there is any. Neighbouring flagged tokens are one
    span. A source that is longer than the window is read in chunks that end with sentences, and a token has the lowest
    probability of any chunk (`chunks` min: some part of the source supports it) or the highest (max, as LettuceDetect's
    program takes it). `model` is a token classifier of two classes: a catalog name, a folder or a hub id.
    `hallucinated_label` names the class (without it the names tell, or the second is taken where they say nothing, as
    in LettuceDetect's). `window` bounds how many tokens are read at once (0: as the checkpoint says).
    """

    model: str = "lettucedect-base-en"
    prompt: Literal["summary", "none"] = "summary"
    chunks: Literal["min", "max"] = "min"
    threshold: float = 0.5
    hallucinated_label: str = ""
    window: int = 0
    needs: ClassVar[Needs] = Needs(references=False, source=True, device=True)
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "tokenizers", "torch", "transformers")
    model_kind: ClassVar[ModelKind] = "token-classifier"
    declared: ClassVar[tuple[Value, ...]] = (
        Value(WORDS, "Hallucinated words", "%", scale=100.0, decimals=1, direction=Direction.LOWER),
        Value(ANY, "With hallucination", "%", scale=100.0, decimals=1, direction=Direction.LOWER),
    )

    def __post_init__(self) -> None:
        """Refuse a window that holds nothing beside the prompt, and a threshold that flags everything."""
        if self.window and self.window < 64:  # noqa: PLR2004 - the prompt and a sentence on each side
            raise UsageError(f"{self.name}: window={self.window} holds no source: give 64 tokens or more, or 0")
        if not 0 < self.threshold <= 1:
            raise UsageError(
                f"{self.name}: threshold={self.threshold} is no probability above 0: give 0.5, for example"
            )

    def load(self, context: MetricContext) -> Scorer:
        """Load the classifier and return what scores batches."""
        opened = self.open_model(context, "AutoModelForTokenClassification")
        check_architecture(self.name, opened, "ForTokenClassification", "classifier of tokens")
        names = class_names(opened)
        flagged = labels.find_hallucinated(self.name, names, self.hallucinated_label)
        reader = PairReader(opened, reading_limit(opened, self.model, self.window))

        def score(documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
            return self._score(reader, flagged, {document.id: document for document in documents}, summaries)

        return score

    def _score(
        self, reader: PairReader, flagged: int, documents: Mapping[str, Document], summaries: Sequence[Summary]
    ) -> BatchScores:
        values: dict[str, FloatArray] = {value.name: np.full(len(summaries), np.nan) for value in self.declared}
        failures: dict[int, str] = {}
        planned: dict[int, PlannedPieces] = {}
        for index, summary in enumerate(summaries):
            try:
                planned[index] = self._plan(reader, documents[summary.document], summary)
            except Exception as error:  # noqa: BLE001 - whatever a text causes is a failure of this summary
                failures[index] = failure_reason(error)
        pairs = list(dict.fromkeys(pair for each in planned.values() for pair in self._pairs(each)))
        known = dict(zip(pairs, token_probabilities(reader, pairs, flagged), strict=True))
        details: list[Detail] = []
        for index, each in planned.items():
            measured = self._measured(each, [known[pair] for pair in self._pairs(each)])
            for name, value in measured.values.items():
                values[name][index] = value
            content = measured.details[WORDS]
            details.append(Detail(each.summary.document, each.summary.system, WORDS, content, each.summary.draw))
        return BatchScores(values, failures, details, notes=foreign_notes(self.model, documents.values()))

    def _plan(self, reader: PairReader, document: Document, summary: Summary) -> PlannedPieces:
        """Divide the summary, where it takes more than half of the window, and the source."""
        before, behind = PROMPTS[self.prompt]
        extra = reader.extra + reader.size(before) + reader.size(behind)
        half = (reader.limit - extra) // 2
        sentences = list(fitted(summary.text, sentence_parts(summary.text, document.language), half, reader.size))
        pieces = packed(summary.text, sentences, half, reader.size)
        if not pieces:
            raise MetricError("the summary has no sentence")
        room = reader.limit - extra - max(reader.size(piece.of(summary.text)) for piece in pieces)
        units = list(fitted(document.text, sentence_parts(document.text, document.language), room, reader.size))
        return PlannedPieces(document, summary, pieces, packed(document.text, units, room, reader.size))

    def _pairs(self, planned: PlannedPieces) -> list[TextPair]:
        """Return the pairs of texts of a summary, all chunks with its first piece first."""
        before, behind = PROMPTS[self.prompt]
        texts = [f"{before}{chunk.of(planned.document.text)}{behind}" for chunk in planned.chunks]
        return [(text, piece.of(planned.summary.text)) for piece in planned.pieces for text in texts]

    def _measured(self, planned: PlannedPieces, tokens: Sequence[Tokens]) -> Measured:
        """Return the values of a summary, from its pieces' tokens with each chunk."""
        text, number = planned.summary.text, len(planned.chunks)
        lowest = np.minimum if self.chunks == "min" else np.maximum
        found: list[tuple[Part, float]] = []
        for place, piece in enumerate(planned.pieces):
            by_chunk = tokens[place * number : (place + 1) * number]
            probabilities = lowest.reduce([each.probabilities for each in by_chunk])
            for (start, end), probability in zip(by_chunk[0].offsets, probabilities, strict=True):
                found.append((Part(piece.start + start, piece.start + end), float(probability)))
        spans = flagged_spans(text, found, self.threshold)
        share = flagged_words(text, [part for part, _ in spans]) / max(1, words(text))
        marked = [
            span(part, text, kind="hallucinated", reason=f"not in the source with a probability of up to {most:.2f}")
            for part, most in spans
        ]
        return Measured({WORDS: share, ANY: float(bool(spans))}, {WORDS: {"spans": marked}})
