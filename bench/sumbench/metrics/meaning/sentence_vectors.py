"""Embeds sentences and whole texts with a sentence-transformers model, each text once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.errors import MetricError
from sumbench.errors import SummarizerError
from sumbench.generation import device
from sumbench.generation import sentence_encoder
from sumbench.metrics.protocol import MetricContext

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LIBRARIES = ("sentence-transformers", "tokenizers", "torch", "transformers")
"""The packages whose versions can change an embedding."""


class TextVector(NamedTuple):
    """A text's embedding, a `vector` of length 1 (of zeros for one without a token); `long` was read in windows."""

    vector: NDArray[np.float64]
    long: bool

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.vector.nbytes


class SentenceEncoder:
    """A sentence-transformers model, which pools and normalizes as its checkpoint says.

    What is longer than the model reads at once is read in windows, cut between words: its vector is the mean of theirs
    weighted by their numbers of tokens, of length 1 again.
    """

    def __init__(self, name: str, model: str, context: MetricContext) -> None:
        """Load it; raises MetricError for a checkpoint that cannot embed sentences."""
        device.configure_torch()
        folder = context.store.folder(model)
        where = device.choose_device(context.device)
        try:
            self._model: SentenceTransformer = sentence_encoder.load_encoder(
                name, folder, where, trusted=context.store.trusts(model)
            )
        except SummarizerError as error:
            raise MetricError(str(error)) from None
        self._tokenizer: Any = self._model.tokenizer
        marks = len(self._tokenizer("a")["input_ids"]) - len(
            self._tokenizer("a", add_special_tokens=False)["input_ids"]
        )
        most = self._model.max_seq_length or self._tokenizer.model_max_length
        self.room = int(most) - marks
        """How many tokens are read at once."""
        if self.room < 1:
            raise MetricError(f"{name}: the model in {folder} reads no token beside its marks at once")

    def embed(self, texts: Sequence[str]) -> list[TextVector]:
        """Embed texts."""
        windows = [self._windows(text) for text in texts]
        every = [window for some in windows for window, _ in some]
        vectors = iter(
            np.asarray(self._model.encode(every, show_progress_bar=False, convert_to_numpy=True), np.float64)
            if every
            else ()
        )
        made = []
        for some in windows:
            whole = np.zeros(self.dimensions)
            for _, size in some:
                whole += size * next(vectors)
            length = float(np.linalg.norm(whole))
            made.append(TextVector(whole / length if length else whole, len(some) > 1))
        return made

    @property
    def dimensions(self) -> int:
        """The length of a vector's list of numbers."""
        return int(self._model.get_embedding_dimension() or 0)

    def _windows(self, text: str) -> list[tuple[str, int]]:
        """Return the parts of a text that are read at once, each with its number of tokens."""
        read = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        places, words = read["offset_mapping"], read.word_ids()
        if len(places) <= self.room:
            return [(text, len(places))] if places else []
        parts, start = [], 0
        while start < len(places):
            end = min(start + self.room, len(places))
            cut = end
            while cut < len(places) and cut > start and words[cut] == words[cut - 1]:
                cut -= 1
            end = cut if cut > start else end
            parts.append((text[places[start][0] : places[end - 1][1]], end - start))
            start = end
        return parts
