"""BERTScore: greedy matching of token embeddings."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar
from typing import NamedTuple

import numpy as np

from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.metrics.meaning.background import Background
from sumbench.metrics.meaning.background import inverse_frequencies
from sumbench.metrics.meaning.compared import Comparer
from sumbench.metrics.meaning.compared import ReferenceMetric
from sumbench.metrics.meaning.memory import TextMemory
from sumbench.metrics.meaning.token_vectors import Embedded
from sumbench.metrics.meaning.token_vectors import TokenEncoder
from sumbench.metrics.protocol import MetricContext
from sumbench.scores import FloatArray

LAYERS: Mapping[str, int] = MappingProxyType(
    {
        "bert-base-uncased": 9,
        "bert-large-uncased": 18,
        "bert-base-multilingual-cased": 9,
        "distilbert-base-uncased": 5,
        "roberta-base": 10,
        "roberta-large": 17,
        "xlm-roberta-base": 9,
        "xlm-roberta-large": 17,
        "microsoft/deberta-xlarge-mnli": 40,
        "microsoft/deberta-large-mnli": 18,
        "microsoft/deberta-base-mnli": 9,
    }
)
"""The layers that the authors of bert-score chose by correlation with the ratings of WMT16, by model."""

NAMES = ("bertscore", "bertscore_precision", "bertscore_recall")


@dataclass(frozen=True, kw_only=True)
class BertScore(ReferenceMetric):
    """BERTScore: each token's nearest token in the other text, by a model's contextual embeddings.

    With x the reference's token vectors, y the summary's, all of length 1 (Zhang et al., BERTScore, ICLR 2020,
    equation 1 and those before it): recall is the mean over x of the greatest cosine with any y, precision the mean
    over y of the greatest cosine with any x, and the score their F1; all from -1 to 1, in practice from 0. The model's
    marks ([CLS], [SEP]) weigh nothing, but may be the nearest token, as in the program bert-score, whose figures these
    are at the same settings. A text without any token scores 0.

    `model` is any encoder: a catalog name, a folder or a hub id. `layer` is the number of the layer whose states are
    compared, 0 to the number of layers; by default that which bert-score has for the model, else the last. `idf`
    names a corpus (a file, a folder, a run) over whose references tokens get inverse document frequencies as weights;
    name the run's own for bert-score's idf. `rescale` names a corpus from whose references a baseline b is
    computed: the mean precision, recall and F1 of up to 10,000 random pairs of references of different documents (the
    paper's section 5.1, with these in place of sentences from the web); a score s is shown as (s - b) / (1 - b). Both
    say with SHA-256 in the signature which references they were. `handling` of several references is jackknife, max
    (bert-score's) or mean, of each value for itself.

    bert-score cuts a text off at what the model reads at once. Here a longer text is read in windows that overlap by
    half; each token's vector comes from the window in which it is farther from an end. Where a token's nearest one has
    a negative cosine, that counts; bert-score takes 0 in its place if the batch happens to pad the text.
    """

    declared: ClassVar[tuple[Value, ...]] = (
        Value("bertscore", "BERTScore", "F1", scale=100.0),
        Value("bertscore_precision", "BERTScore precision", "precision", scale=100.0, main=False),
        Value("bertscore_recall", "BERTScore recall", "recall", scale=100.0, main=False),
    )
    layer: int | None = None
    idf: str | None = None
    rescale: str | None = None

    def __post_init__(self) -> None:
        """Refuse a layer below 0, and handlings that are none."""
        super().__post_init__()
        if self.layer is not None and self.layer < 0:
            raise UsageError(f"{self.name}: layer={self.layer}: layers are counted from 0")

    @cached_property
    def idf_references(self) -> Background | None:
        """The references over which inverse document frequencies are taken, None for none."""
        return None if self.idf is None else Background.read(self.name, self.idf)

    @cached_property
    def rescale_references(self) -> Background | None:
        """The references from which a baseline is computed, None for none."""
        return None if self.rescale is None else Background.read(self.name, self.rescale)

    @property
    def chosen_layer(self) -> int | None:
        """The number of the layer, None for the last one."""
        known = self.model.partition("@")[0].removeprefix("google-bert/").removeprefix("FacebookAI/")
        return LAYERS.get(known.removeprefix("distilbert/")) if self.layer is None else self.layer

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return for each value what the base says, with the layer, and which references idf and baseline are of."""
        layer = "last" if self.chosen_layer is None else str(self.chosen_layer)
        used = (("idf", self.idf_references), ("rescale", self.rescale_references))
        more = "".join(f"|{name}-references:{of.sha256[:16]}" for name, of in used if of is not None)
        lines = super().signatures(languages)
        return {name: f"{line.replace('|layer:none|', f'|layer:{layer}|')}{more}" for name, line in lines.items()}

    def comparer(self, context: MetricContext) -> Comparer:
        """Load the encoder, and take the statistics of corpora that are named."""
        encoder = TokenEncoder(self.name, self.open_model(context, "AutoModel", unneeded="pooler."), self.chosen_layer)
        found = Matching(encoder, self._weights(encoder))
        return found if self.rescale_references is None else found.rescaled(self.rescale_references, self.name)

    def _weights(self, encoder: TokenEncoder) -> "Weights | None":
        if self.idf_references is None:
            return None
        tokens = encoder.tokens(self.idf_references.texts)
        return Weights(*inverse_frequencies([encoder.marked(ids) for ids in tokens]))


class Weights(NamedTuple):
    """Weights of tokens by their ids, and that of a token that is not among them."""

    known: Mapping[int, float]
    other: float

    def of(self, embedded: Embedded) -> FloatArray:
        """Return the weight of each token."""
        return np.array([self.known.get(token, self.other) for token in embedded.ids.tolist()], np.float64)


class Matching:
    """Matches the tokens of texts greedily; each text is embedded once."""

    def __init__(self, encoder: TokenEncoder, weights: Weights | None, baseline: FloatArray | None = None) -> None:
        """Match tokens of equal weight, or with `weights`; with a `baseline` for F1, precision and recall, rescaled."""
        self._encoder, self._weights, self._baseline = encoder, weights, baseline
        self._pairs = 0
        self._memory = TextMemory(encoder.embed, lambda embedded: embedded.size)
        self._now: dict[str, Embedded] = {}

    def prepare(self, texts: Collection[tuple[str, str]]) -> None:
        """Embed the texts."""
        self._now = self._memory.of(text for text, _ in texts)

    def compare(self, texts: Sequence[str], references: Sequence[str], language: str = "") -> dict[str, FloatArray]:  # noqa: ARG002 - tokens are of no language
        """Return F1, precision and recall of each text against each reference."""
        shape = (len(texts), len(references))
        precision, recall = np.zeros(shape), np.zeros(shape)
        against = [self._now[text] for text in references]
        every = np.concatenate([one.vectors for one in against]).T
        ends = np.cumsum([len(one.ids) for one in against])
        starts = ends - [len(one.ids) for one in against]
        shares = [self._shares(one) for one in against]
        full = np.array([one.tokens > 0 for one in against])
        for row, text in enumerate(texts):
            mine = self._now[text]
            if not mine.tokens:
                continue
            near = mine.vectors @ every
            nearest = np.maximum.reduceat(near, starts, axis=1).astype(np.float64)
            precision[row] = np.where(full, self._shares(mine) @ nearest, 0.0)
            best = near.max(axis=0).astype(np.float64)
            found = [best[start:end] @ share for start, end, share in zip(starts, ends, shares, strict=True)]
            recall[row] = np.where(full, found, 0.0)
        both = precision + recall
        f1 = np.divide(2 * precision * recall, both, out=np.zeros(shape), where=both != 0)
        f1[np.isnan(both)] = np.nan
        found = [f1, precision, recall]
        if self._baseline is not None:
            there = np.array([[self._now[text].tokens > 0] for text in texts], np.bool_).reshape(-1, 1) & full
            found = [
                np.where(there, (scores - low) / (1 - low), 0.0)
                for scores, low in zip(found, self._baseline, strict=True)
            ]
        return dict(zip(NAMES, found, strict=True))

    def _shares(self, embedded: Embedded) -> FloatArray:
        """Return each token's share of a text's whole weight; NaN where that is 0."""
        weights = (~embedded.weightless).astype(np.float64) if self._weights is None else self._weights.of(embedded)
        total = weights.sum()
        return weights / total if total > 0 else np.full(len(weights), np.nan)

    def rescaled(self, background: Background, name: str) -> "Matching":
        """Return what matches tokens as this does, with the baseline of random pairs of references."""
        pairs = background.pairs(name)
        self.prepare([(text, "") for pair in pairs for text in pair])
        scores = [[self.compare([one], [other])[value].item() for value in NAMES] for one, other in pairs]
        made = Matching(self._encoder, self._weights, np.nanmean(np.array(scores), axis=0))
        made._pairs = len(pairs)
        return made

    def reason(self, text: str) -> str:  # noqa: ARG002 - there is one reason
        """Return why a text has no score."""
        return "it or a reference has tokens without weight alone: each is in all references that idf= names"

    def is_long(self, text: str) -> bool:
        """Tell whether a text was read in windows."""
        return self._now[text].long

    @property
    def long_note(self) -> str:
        """How long texts are read."""
        return f"read in windows of {self._encoder.room} tokens that overlap by half"

    @property
    def notes(self) -> list[str]:
        """What the baseline is."""
        if self._baseline is None:
            return []
        f1, precision, recall = (f"{100 * low:.2f}" for low in self._baseline)
        what = f"rescaled by a baseline of {self._pairs:,} random pairs of references"
        return [f"{what}: F1 {f1}, precision {precision}, recall {recall}: 100 stays 100, and the baseline becomes 0"]
