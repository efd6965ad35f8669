"""Extractive summarizer on sentence embeddings: centrality with maximal marginal relevance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

import numpy as np

from sumbench.errors import UsageError
from sumbench.generation import device
from sumbench.generation import sentence_encoder
from sumbench.records import Document
from sumbench.sentences import words
from sumbench.systems.extractive import Chooser
from sumbench.systems.extractive import Extractive
from sumbench.systems.protocol import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Embedding(Extractive):
    """The sentences whose embeddings are most central, chosen for little repetition.

    A sentence's centrality is its mean cosine similarity to the document's other sentences: degree centrality in
    the graph of sentences (Erkan and Radev, LexRank, JAIR 22, 2004) over embeddings in place of word counts.
    Sentences are taken one by one by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), with the
    weight `diversity` (0 to 1) on being unlike those already taken. `model` is a catalog name, a folder or a hub id.
    """

    model: str = "minilm"
    diversity: float = 0.3
    most_sentences: ClassVar[int | None] = 10_000
    libraries: ClassVar[tuple[str, ...]] = ("sentencex", "sentence-transformers", "tokenizers", "torch", "transformers")

    def __post_init__(self) -> None:
        """Refuse a length budget below one, two of them, and a diversity that is no share."""
        super().__post_init__()
        if not 0 <= self.diversity <= 1:
            msg = f"{self.name}: diversity={self.diversity} is no share: give 0 to 1"
            raise UsageError(msg)

    @property
    def weights(self) -> str:
        """The name of the weights it needs."""
        return self.model

    def chooser(self, context: Context) -> Chooser:
        """Return what picks the sentences; raise SummarizerError for a checkpoint that cannot embed them."""
        encoder = self._encoder(context)

        def choose(_document: Document, sentences: Sequence[str]) -> list[int]:
            vectors = encoder.encode(list(sentences), normalize_embeddings=True, show_progress_bar=False)
            similarity = np.asarray(vectors, dtype=np.float64) @ np.asarray(vectors, dtype=np.float64).T
            sizes = None if self.words is None else [words(sentence) for sentence in sentences]
            return marginal_relevance(
                centrality(similarity), similarity, self.words or self.sentences, self.diversity, sizes
            )

        return choose

    def _encoder(self, context: Context) -> Any:  # noqa: ANN401 - the library is loaded only here
        device.configure_torch()
        folder = context.store.folder(self.model)
        where = device.choose_device(context.device)
        return sentence_encoder.load_encoder(self.name, folder, where, trusted=context.store.trusts(self.model))


def centrality(similarity: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return each sentence's mean similarity to the others, from the square matrix of all similarities.

    The similarity of a sentence to itself does not count; a single sentence has centrality 0.
    """
    others = max(len(similarity) - 1, 1)
    return np.asarray((similarity.sum(axis=1) - np.diagonal(similarity)) / others)


def marginal_relevance(
    relevance: "NDArray[np.float64]",
    similarity: "NDArray[np.float64]",
    budget: int,
    diversity: float,
    sizes: Sequence[int] | None = None,
) -> list[int]:
    """Choose items within a `budget`, each relevant and unlike those before it (Carbonell and Goldstein 1998, MMR).

    Each step takes the item with the greatest (1 - diversity) x relevance - diversity x greatest similarity to
    one already taken; the earliest of equals. The budget is the number of items; with `sizes` it is the most that those
    taken may have together, what no longer fits is passed over, and the first item is taken where none fits.
    Returns the items' indices in the order in which they were taken.
    """
    taken: list[int] = []
    nearest = np.zeros(len(relevance))
    needed = np.ones(len(relevance), dtype=np.int64) if sizes is None else np.asarray(sizes)
    left = np.ones(len(relevance), dtype=np.bool_)
    room = budget
    while len(taken) < len(relevance):
        fits = left & (needed <= room)
        if not fits.any() and taken:
            break
        gain = (1 - diversity) * relevance - diversity * nearest
        best = int(np.argmax(np.where(fits, gain, -np.inf) if fits.any() else gain))
        nearest = np.maximum(nearest, similarity[:, best]) if taken else similarity[:, best]
        taken.append(best)
        left[best] = False
        room -= int(needed[best])
    return taken
