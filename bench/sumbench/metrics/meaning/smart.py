"""SMART: sentences as the units that are matched."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
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
from sumbench.scores import FloatArray
from sumbench.sentences import split

_VARIANTS = {"smart1": "SMART-1", "smart2": "SMART-2", "smartL": "SMART-L"}
_PARTS = ("precision", "recall")

_OF_CHRF = ("sacrebleu", "sentencex")


@dataclass(frozen=True, kw_only=True)
class Smart(ReferenceMetric):
    """SMART-1, SMART-2 and SMART-L: ROUGE with sentences in place of words, and a soft match of two of them.

    With m(i, j) the match of the reference's sentence i and the summary's sentence j, of |R| and |S| sentences
    (Amplayo et al., SMART: Sentences as Basic Units for Text Evaluation, 2022, section 3):

    - SMART-1: recall = sum over i of max over j of m(i, j), over |R|; precision = sum over j of max over i, over |S|.
    - SMART-2: the same of pairs of neighbours, whose match is (m(i, j) + m(i + 1, j + 1)) / 2, with an empty sentence,
      which matches none (m = 0), before and behind each text.
    - SMART-L: recall = L(R, S) / |R|, precision = L(S, R) / |S|, where L is the soft longest common subsequence, in
      which a sentence may match several that follow one another: L(i, j) = max(L(i-1, j-1) + m(i, j),
      L(i-1, j) + m(i, j), L(i, j-1)), 0 without a sentence.

    Each is shown as F1. `matching` is cosine, that of a sentence encoder's embeddings (`model`: a catalog name, a
    folder or a hub id of a sentence-transformers checkpoint), or chrf, sacrebleu's chrF from 0 to 1, which needs no
    model. A text without a sentence scores 0. `handling` of several references is jackknife,
    max or mean, of each value for itself.
    """

    declared: ClassVar[tuple[Value, ...]] = tuple(
        value
        for name, title in _VARIANTS.items()
        for value in (
            Value(name, title, "F1", scale=100.0),
            *(Value(f"{name}_{part}", f"{title} {part}", part, scale=100.0, main=False) for part in _PARTS),
        )
    )
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", *LIBRARIES)
    matching: Literal["cosine", "chrf"] = "cosine"

    @property
    def model_weights(self) -> str | None:
        """The name of the weights it needs, None for chrF."""
        return self.model if self.matching == "cosine" else None

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return the base's lines; for chrF without what belongs to models."""
        lines = super().signatures(languages)
        if self.matching == "cosine":
            return lines
        versions = "|".join(f"{library}:{version(library)}" for library in _OF_CHRF)
        return {name: f"{line.partition('|tokenizers:')[0]}|{versions}" for name, line in lines.items()}

    def comparer(self, context: MetricContext) -> Comparer:
        """Load the encoder where there is one."""
        if self.matching == "chrf":
            return Sentences(_Chrf())
        return Sentences(_Cosine(SentenceEncoder(self.name, self.model, context)))


class _Cosine:
    """Matches sentences by the cosine of their embeddings; each sentence is embedded once."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._memory = TextMemory(encoder.embed, lambda embedded: embedded.size)
        self._now: dict[str, TextVector] = {}

    def prepare(self, sentences: Collection[str]) -> None:
        self._now = self._memory.of(sentences)

    def match(self, references: Sequence[str], summary: Sequence[str]) -> FloatArray:
        mine, others = (np.array([self._now[sentence].vector for sentence in some]) for some in (references, summary))
        return np.asarray(np.clip(mine @ others.T, -1.0, 1.0))


class _Chrf:
    """Matches sentences by chrF."""

    def __init__(self) -> None:
        from sacrebleu.metrics.chrf import CHRF

        chrf = CHRF()
        self._score: Callable[[str, str], float] = lambda one, other: chrf.sentence_score(one, [other]).score / 100
        self._known: dict[tuple[str, str], float] = {}

    def prepare(self, sentences: Collection[str]) -> None:  # noqa: ARG002 - pairs are compared
        self._known.clear()

    def match(self, references: Sequence[str], summary: Sequence[str]) -> FloatArray:
        return np.array([[self._of(one, other) for other in summary] for one in references])

    def _of(self, reference: str, sentence: str) -> float:
        key = sentence, reference
        if key not in self._known:
            self._known[key] = self._score(*key)
        return self._known[key]


class Sentences:
    """Compares texts sentence by sentence."""

    notes: Sequence[str] = ()
    long_note = ""

    def __init__(self, matching: _Cosine | _Chrf) -> None:
        """Match sentences so."""
        self._matching = matching
        self._sentences: dict[tuple[str, str], list[str]] = {}

    def prepare(self, texts: Collection[tuple[str, str]]) -> None:
        """Split texts into sentences and embed these."""
        self._sentences = {(text, language): split(text, language) for text, language in texts}
        self._matching.prepare([sentence for some in self._sentences.values() for sentence in some])

    def compare(self, texts: Sequence[str], references: Sequence[str], language: str) -> dict[str, FloatArray]:
        """Return all values of each text against each reference."""
        names = [name for variant in _VARIANTS for name in (variant, *(f"{variant}_{part}" for part in _PARTS))]
        found = {name: np.zeros((len(texts), len(references))) for name in names}
        for row, text in enumerate(texts):
            for column, reference in enumerate(references):
                mine, theirs = self._sentences[text, language], self._sentences[reference, language]
                if mine and theirs:
                    matches = self._matching.match(theirs, mine)
                    for name, score in smart(matches).items():
                        found[name][row, column] = score
        return found

    def reason(self, text: str) -> str:  # noqa: ARG002 - there is none
        """Return why a text has no score."""
        return "a match of its sentences is no number"

    def is_long(self, text: str) -> bool:  # noqa: ARG002 - sentences are short
        """Tell whether a text was read in windows: sentences are what is read."""
        return False


def smart(matches: FloatArray) -> dict[str, float]:
    """Return F1, precision and recall of the three variants, from matches (reference's × summary's sentences)."""
    padded = np.pad(matches, 1)
    pairs = (padded[:-1, :-1] + padded[1:, 1:]) / 2
    found = {
        "smart1": (matches.max(axis=0).mean(), matches.max(axis=1).mean()),
        "smart2": (pairs.max(axis=0).mean(), pairs.max(axis=1).mean()),
        "smartL": (soft_lcs(matches.T) / matches.shape[1], soft_lcs(matches) / matches.shape[0]),
    }
    values: dict[str, float] = {}
    for name, (precision, recall) in found.items():
        both = precision + recall
        values[name] = float(2 * precision * recall / both) if both > 0 else 0.0
        values[f"{name}_precision"], values[f"{name}_recall"] = float(precision), float(recall)
    return values


def soft_lcs(matches: FloatArray) -> float:
    """Return the soft longest common subsequence L of SMART-L, each row matched once at most."""
    longest = np.zeros(matches.shape[1] + 1)
    for row in matches:
        matched = np.maximum(longest[:-1], longest[1:]) + row
        longest = np.maximum.accumulate(np.concatenate([[0.0], matched]))
    return float(longest[-1])
