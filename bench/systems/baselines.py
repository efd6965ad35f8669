"""The yardsticks: the first sentences, random sentences, and the best sentences in hindsight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bench.records import Document
from bench.rouge import RougeScorer
from bench.rouge import jackknife
from bench.seeds import stream
from bench.systems.extractive import Chooser
from bench.systems.extractive import Extractive
from bench.systems.protocol import Context
from bench.systems.protocol import Role


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

    def chooser(self, context: Context) -> Chooser:
        """Return what draws sentences without replacement."""

        def choose(document: Document, sentences: Sequence[str]) -> list[int]:
            draw = stream(context.seed, "random", document.id).choice(len(sentences), self.sentences, replace=False)
            return [int(place) for place in draw]

        return choose
