"""Support of summary sentences by the source, by a claim checker (MiniCheck)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from sumbench.errors import MetricError
from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.metrics.consistency import labels
from sumbench.metrics.consistency.chunks import Part
from sumbench.metrics.consistency.chunks import fitted
from sumbench.metrics.consistency.chunks import packed
from sumbench.metrics.consistency.claims import ClaimMetric
from sumbench.metrics.consistency.claims import PairClassifier
from sumbench.metrics.consistency.claims import PlannedClaims
from sumbench.metrics.consistency.claims import aggregated
from sumbench.metrics.consistency.claims import aggregates
from sumbench.metrics.consistency.claims import first_highest
from sumbench.metrics.consistency.claims import place
from sumbench.metrics.consistency.claims import span
from sumbench.metrics.consistency.pairs import PairReader
from sumbench.metrics.consistency.pairs import Probabilities
from sumbench.metrics.consistency.pairs import TextPair
from sumbench.metrics.consistency.pairs import answer_probabilities
from sumbench.metrics.consistency.pairs import check_architecture
from sumbench.metrics.consistency.pairs import class_names
from sumbench.metrics.consistency.pairs import class_probabilities
from sumbench.metrics.consistency.pairs import reading_limit
from sumbench.metrics.model_metric import OpenedModel
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.summary_metric import Measured
from sumbench.sentences import words
from sumbench.weights.catalog import ModelKind

TOKENS, WORDS = 400, 500
"""The published size of chunks: tokens for classifiers, words for sequence-to-sequence checkers."""

SEQ2SEQ_WINDOW = 2048
"""How many tokens the published sequence-to-sequence checker reads; T5's positions have no limit of their own."""


@dataclass(frozen=True, kw_only=True)
class Grounding(ClaimMetric):
    """How far the source supports the summary's sentences, by a model that checks claims, such as MiniCheck's.

    MiniCheck (Tang, Laban and Durrett, EMNLP 2024): the source is cut at sentences into chunks of `chunk` tokens (0:
    the published 400 tokens for classifiers, 500 words for Flan-T5); chunk and sentence are one text with the
    tokenizer's mark for the end of a text between them; a sentence's probability of being supported is the highest of
    any chunk, and it is supported above 0.5 (`threshold`). That much is published; how the sentences of a text are
    summed up is left to the user: here the mean is `grounding`, the lowest `grounding_min`, and the share of those that
    are supported `grounding_share`. Sentences are told apart by sumbench, chunks are the source as it stands, and
    nothing is cut off: what is longer than the window is read in pieces.
    A classifier of texts has two classes: `supported_label` names that of supported claims (without it the names tell,
    or the second is taken where they say nothing, as in MiniCheck's). A sequence-to-sequence checker is asked with
    `prefix` before the text, and the probability is that of `supported` against `unsupported` as its first token.
    `model` is a catalog name, a folder or a hub id; `window` bounds how many tokens are read at once (0: as the
    checkpoint says, 2048 for sequence-to-sequence).
    """

    model: str = "minicheck-deberta-v3-large"
    chunk: int = 0
    supported_label: str = ""
    prefix: str = "predict: "
    supported: str = "1"
    unsupported: str = "0"
    declared: ClassVar[tuple[Value, ...]] = aggregates("grounding", "Grounding")
    model_kind: ClassVar[ModelKind] = "claims"

    def __post_init__(self) -> None:
        """Refuse chunks that hold nothing."""
        super().__post_init__()
        if self.chunk < 0:
            raise UsageError(f"{self.name}: chunk={self.chunk} means nothing: give 1 or more, or 0 for the published")

    def classifier(self, context: MetricContext) -> PairClassifier:
        """Load the checker, of whichever of the two kinds it is."""
        from sumbench.generation import checkpoint

        folder = context.store.folder(self.model)
        config = checkpoint.load_config(self.name, folder, trusted=context.store.trusts(self.model))
        if any(str(each).endswith("ForConditionalGeneration") for each in config.architectures or ()):
            return self._seq2seq(self.open_model(context, "AutoModelForSeq2SeqLM"))
        opened = self.open_model(context, "AutoModelForSequenceClassification")
        check_architecture(self.name, opened, "ForSequenceClassification", "classifier of texts")
        names = class_names(opened)
        supported = labels.find_supported(self.name, names, self.supported_label)
        reader = PairReader(opened, reading_limit(opened, self.model, self.window), mark=self._mark(opened))
        return PairClassifier(reader, partial(_class, reader, supported))

    def _seq2seq(self, opened: OpenedModel) -> PairClassifier:
        answers = tuple(self._first_token(opened, text) for text in (self.supported, self.unsupported))
        if answers[0] == answers[1]:
            same = f"supported={self.supported} and unsupported={self.unsupported} begin with the same token"
            raise MetricError(f"{self.name}: {same}: the model cannot tell one from the other by it")
        limit = self.window or reading_limit(opened, self.model, 0, SEQ2SEQ_WINDOW)
        reader = PairReader(opened, limit, self.prefix, self._mark(opened), answers)
        return PairClassifier(reader, partial(_answer, reader))

    def _first_token(self, opened: OpenedModel, text: str) -> int:
        ids = opened.tokenizer(text, add_special_tokens=False)["input_ids"]
        if not ids:
            raise MetricError(f"{self.name}: the answer {text!r} is no token of the model's")
        return int(ids[0])

    def _mark(self, opened: OpenedModel) -> str:
        mark = opened.tokenizer.eos_token or opened.tokenizer.sep_token
        if not mark:
            raise MetricError(f"{self.name}: the tokenizer in {opened.folder} has no mark for the end of a text")
        return str(mark)

    def chunks(self, text: str, units: Sequence[Part], reader: PairReader, room: int) -> list[Part]:
        """Return chunks of whole sentences, of the published size or smaller where the window is."""
        if reader.answers:
            joined = packed(text, units, self.chunk or WORDS, words)
            return list(fitted(text, joined, room, reader.size))
        target = min(self.chunk or TOKENS, room)
        return packed(text, list(fitted(text, units, target, reader.size)), target, reader.size)

    def conclude(self, planned: PlannedClaims, found: Probabilities) -> Measured:
        """Return mean, lowest and share of the sentences' highest probabilities of being supported."""
        supported = found[:, :, 0]
        scores = supported.max(axis=1)
        described, marked = [], []
        for number, claim in enumerate(planned.claims):
            part = planned.chunks[first_highest(supported[number])]
            said = span(claim, planned.summary.text, score=float(scores[number]), source=place(part))
            described.append(said)
            if scores[number] <= self.threshold:
                reason = f"supported with a probability of {scores[number]:.2f}"
                source = span(part, planned.document.text)
                marked.append({**said, "kind": "unsupported", "reason": reason, "source": source})
        content = {"sentences": described, "spans": marked}
        return Measured(aggregated("grounding", scores, self.threshold), {"grounding": content})


def _class(reader: PairReader, supported: int, pairs: Sequence[TextPair]) -> Probabilities:
    return class_probabilities(reader, pairs)[:, supported, None]


def _answer(reader: PairReader, pairs: Sequence[TextPair]) -> Probabilities:
    return answer_probabilities(reader, pairs)[:, :1]
