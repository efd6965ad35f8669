"""Baselines and the oracle: first sentences, random sentences, and the greedy ROUGE-2 upper bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sumbench.records import Document
from sumbench.rouge import CountArrays
from sumbench.rouge import RougeScorer
from sumbench.rouge import combine_references
from sumbench.rouge import language_tokenizer
from sumbench.seeds import stream
from sumbench.systems.extractive import Chooser
from sumbench.systems.extractive import Extractive
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Role


@dataclass(frozen=True, kw_only=True)
class Lead(Extractive):
    """The document's first sentences."""

    role: ClassVar[Role] = Role.FLOOR

    def chooser(self, context: Context) -> Chooser:  # noqa: ARG002 - nothing to load
        """Return what picks the first sentences."""
        return lambda _document, _sentences: range(self.sentences)


@dataclass(frozen=True, kw_only=True)
class Random(Extractive):
    """Sentences drawn at random, each document from its own seeded stream."""

    role: ClassVar[Role] = Role.FLOOR
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "numpy")

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""
        return True

    def chooser(self, context: Context) -> Chooser:
        """Return what draws sentences without replacement."""

        def choose(document: Document, sentences: Sequence[str]) -> list[int]:
            draw = stream(context.seed, "random", document.id).choice(len(sentences), self.sentences, replace=False)
            return [int(index) for index in draw]

        return choose


@dataclass(frozen=True, kw_only=True)
class Oracle(Extractive):
    """The sentences that ROUGE-2 likes best, chosen greedily with the references in hand: a ceiling."""

    role: ClassVar[Role] = Role.CEILING
    uses_references: ClassVar[bool] = True
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "nltk")

    def chooser(self, context: Context) -> Chooser:  # noqa: ARG002 - nothing to load
        """Return what adds, while it helps, the sentence that raises ROUGE-2 F1 most; of equal ones the earliest."""

        def choose(document: Document, sentences: Sequence[str]) -> list[int]:
            chosen: list[int] = []
            best = 0.0
            while len(chosen) < self.sentences:
                trials = [sorted([*chosen, index]) for index in range(len(sentences)) if index not in chosen]
                worth = _rouge2(document, ["\n".join(sentences[index] for index in trial) for trial in trials])
                winner = int(worth.argmax())
                if worth[winner] <= best:
                    break
                chosen, best = trials[winner], float(worth[winner])
            return chosen or [0]

        return choose


def _rouge2(document: Document, candidates: Sequence[str]) -> NDArray[np.float64]:
    scorer = RougeScorer(["rouge2"], tokenizer=language_tokenizer(document.language))
    pairs = np.array(
        [[scorer.counts(reference, text)["rouge2"] for reference in document.references] for text in candidates]
    )
    return combine_references(CountArrays(*np.moveaxis(pairs, -1, 0)), "jackknife").f1
