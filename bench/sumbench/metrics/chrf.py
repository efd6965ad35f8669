"""chrF and chrF++ of each summary, equal to sacrebleu's: counted for all systems at once."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from string import punctuation
from typing import ClassVar
from typing import Final

import numpy as np

from sumbench.manifest import Value
from sumbench.metrics.grid import SummaryGrid
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.sacrebleu_scores import JACKKNIFE
from sumbench.metrics.sacrebleu_scores import Handling
from sumbench.metrics.sacrebleu_scores import one_segment
from sumbench.metrics.sacrebleu_scores import reader_notes
from sumbench.metrics.sacrebleu_scores import signature
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import CorpusCounts
from sumbench.rouge import CorpusScorer
from sumbench.rouge import DocumentTexts
from sumbench.rouge.counts import CountArrays
from sumbench.scores import FloatArray

CHARACTERS: Final = tuple(f"rouge{order}" for order in range(1, 7))
WORDS: Final = ("rouge1", "rouge2")
"""The orders of sequences, as the corpus scorer calls them."""

WORD_ORDERS: Final = {"chrf": 0, "chrfpp": 2}
"""The longest sequence of words of each value, as sacrebleu's `word_order` has it."""

_BETA_SQUARED: Final = 4
"""Recall counts twice as much as precision: sacrebleu's beta is 2."""


@dataclass(frozen=True, kw_only=True)
class ChrfMetric:
    """chrF and chrF++ of each summary (0 to 100): sequences of characters, and of words, shared with a reference.

    Sentence-level chrF2 (Popović, 2015) of sequences of one to six characters, blanks left out, and chrF2++ (Popović,
    2017), which has one and two words beside them; equal to `sentence_score` of sacrebleu in every bit. A summary is
    one segment, and a table's figure is the mean over documents, not corpus-level chrF. `lowercase` takes capitals for
    small letters.

    Of several references the one with the highest score counts (`handling` sacrebleu); with jackknife each is left
    out in turn and the mean taken, as ROUGE does here, so that it stands beside the references' own agreement.
    """

    name: str = "chrf"
    lowercase: bool = False
    handling: Handling = "sacrebleu"
    needs: ClassVar[Needs] = Needs()
    costly: ClassVar[bool] = False

    def values(self) -> tuple[Value, ...]:
        """Return chrF and chrF++."""
        return (Value("chrf", "chrF", "0-100"), Value("chrfpp", "chrF++", "0-100"))

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return sacrebleu's signature of each value in ours."""
        from sacrebleu.metrics.chrf import CHRF

        theirs = {
            name: CHRF(word_order=order, lowercase=self.lowercase, references=[[""]]).get_signature()
            for name, order in WORD_ORDERS.items()
        }
        return {name: signature(name, each, self.handling) for name, each in theirs.items()}

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:
        """Return what a reader of the figures should know."""
        return reader_notes(self.name, "chrF", self.handling, several_references=several_references)

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load
        """Return the scorer; it raises RougeError for a text that is no Unicode."""
        characters = CorpusScorer(CHARACTERS, analyze=_characters, agreement=True, warn=False)
        words = CorpusScorer(WORDS, analyze=_words, agreement=True, warn=False)
        return partial(self._score, characters, words)

    def _score(
        self,
        characters: CorpusScorer,
        words: CorpusScorer,
        documents: Sequence[Document],
        summaries: Sequence[Summary],
    ) -> BatchScores:
        names = list(WORD_ORDERS)
        if not documents:
            return BatchScores({name: np.zeros(0) for name in names}, agreement={name: np.zeros(0) for name in names})
        grid = SummaryGrid(documents, summaries)
        texts = [
            DocumentTexts(self._read(document.references), self._read(row))
            for document, row in zip(documents, grid.texts, strict=True)
        ]
        of_characters = CorpusCounts.concatenate(list(characters.stream(texts)))
        of_words = CorpusCounts.concatenate(list(words.stream(texts)))
        values, agreement = {}, {}
        for name, order in WORD_ORDERS.items():
            chosen = [(of_characters, key) for key in CHARACTERS] + [(of_words, key) for key in WORDS[:order]]
            scores = f_scores([counts.systems[key] for counts, key in chosen])
            combined = self._combined(scores, of_characters.present[:, None, :])
            values[name] = combined[grid.cells[:, 0], grid.cells[:, 1]]
            among = f_scores([counts.agreement[key] for counts, key in chosen])
            agreement[name] = _agreement(among, of_characters.present)
        return BatchScores(values, agreement=agreement)

    def _read(self, texts: Sequence[str]) -> list[str]:
        return [one_segment(text.lower() if self.lowercase else text) for text in texts]

    def _combined(self, scores: FloatArray, present: np.ndarray) -> FloatArray:
        """Return the scores of shape (documents, systems) from those against each reference."""
        there = np.where(present, scores, -np.inf)
        best: FloatArray = there.max(axis=-1)
        if self.handling != JACKKNIFE:
            return best
        number = present.sum(axis=-1)
        rests = np.where(present, _best_of_the_others(there), 0.0).sum(axis=-1)
        return np.where(number > 1, rests / np.maximum(number, 1), best)


def f_scores(orders: Sequence[CountArrays]) -> FloatArray:
    """Return sacrebleu's chrF, 0 to 100, of the counts of each order, arrays of one shape, which is that of the result.

    Precision and recall are means over the orders that both texts have; the order of operations is sacrebleu's, so that
    the bits are, too.
    """
    precision = recall = number = np.zeros(orders[0].hits.shape)
    for counts in orders:
        both = (counts.system > 0) & (counts.reference > 0)
        precision = precision + np.where(both, counts.hits / np.maximum(counts.system, 1), 0.0)
        recall = recall + np.where(both, counts.hits / np.maximum(counts.reference, 1), 0.0)
        number = number + both
    precision, recall = precision / np.maximum(number, 1), recall / np.maximum(number, 1)
    above, below = (1 + _BETA_SQUARED) * precision * recall, _BETA_SQUARED * precision + recall
    return 100 * np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _best_of_the_others(scores: FloatArray) -> FloatArray:
    """Return for each reference, on the last axis, the highest score against any other one."""
    number = scores.shape[-1]
    left = [np.delete(scores, at, axis=-1).max(axis=-1, initial=-np.inf) for at in range(number)]
    return np.stack(left, axis=-1)


def _agreement(among: FloatArray, present: np.ndarray) -> FloatArray:
    """Return each document's mean over its references of the best score against another, NaN where there is none."""
    there = np.where(present[:, None, :], among, -np.inf)
    own = np.arange(there.shape[-1])
    there[:, own, own] = -np.inf
    number = present.sum(axis=-1)
    total = np.where(present, there.max(axis=-1), 0.0).sum(axis=-1)
    return np.where(number > 1, total / np.maximum(number, 1), np.nan)


def _characters(text: str) -> list[list[str]]:
    return [list("".join(text.split()))]


def _words(text: str) -> list[list[str]]:
    """Return the words of a text, one mark at the end, or else at the beginning, of each apart."""
    found: list[str] = []
    for word in text.split():
        if len(word) > 1 and word[-1] in punctuation:
            found += (word[:-1], word[-1])
        elif len(word) > 1 and word[0] in punctuation:
            found += (word[0], word[1:])
        else:
            found.append(word)
    return [found]
