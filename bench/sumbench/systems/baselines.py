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
from sumbench.sentences import words
from sumbench.systems.extractive import Chooser
from sumbench.systems.extractive import Extractive
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Role


@dataclass(frozen=True, kw_only=True)
class Lead(Extractive):
    """The document's first sentences; with `words`, up to the first that would exceed the budget."""

    role: ClassVar[Role] = Role.FLOOR
    skips: ClassVar[bool] = False

    def chooser(self, context: Context) -> Chooser:  # noqa: ARG002 - nothing to load
        """Return what picks the first sentences."""
        return lambda _document, sentences: range(self.most(sentences))


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
            draws = stream(context.seed, "random", document.id)
            draw = draws.choice(len(sentences), self.most(sentences), replace=False)
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
            everything = list(range(len(sentences)))
            # Where no sentence fits, the best one of all is taken.
            candidates = self._fitting(chosen, everything, sentences) or everything
            first = candidates[0]
            while candidates:
                trials = [sorted([*chosen, index]) for index in candidates]
                worth = _rouge2(document, ["\n".join(sentences[index] for index in trial) for trial in trials])
                winner = int(worth.argmax())
                if worth[winner] <= best:
                    break
                chosen, best = trials[winner], float(worth[winner])
                candidates = self._fitting(chosen, everything, sentences)
            return chosen or [first]

        return choose

    def _fitting(self, chosen: Sequence[int], indices: Sequence[int], sentences: Sequence[str]) -> list[int]:
        """Return which of the sentences could be added to those `chosen` within the budget."""
        if self.words is None:
            return [index for index in indices if index not in chosen] if len(chosen) < self.sentences else []
        room = self.words - sum(words(sentences[index]) for index in chosen)
        return [index for index in indices if index not in chosen and words(sentences[index]) <= room]


def _rouge2(document: Document, candidates: Sequence[str]) -> NDArray[np.float64]:
    scorer = RougeScorer(["rouge2"], tokenizer=language_tokenizer(document.language), warn=False)
    pairs = np.array(
        [[scorer.counts(reference, text)["rouge2"] for reference in document.references] for text in candidates]
    )
    return combine_references(CountArrays(*np.moveaxis(pairs, -1, 0)), "jackknife").f1
