"""Reads pairs of texts, a part of the source and a claim, with a classifier; returns a number for each class."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple
from typing import TypeAlias
from typing import TypeVar
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sumbench.errors import MetricError
from sumbench.metrics.model_metric import OpenedModel
from sumbench.metrics.model_metric import in_batches
from sumbench.weights.catalog import find_model

if TYPE_CHECKING:
    from transformers import BatchEncoding

TextPair: TypeAlias = tuple[str, str]
"""A part of the source, and what is claimed of it."""

Probabilities: TypeAlias = NDArray[np.float64]

Row = TypeVar("Row")


class Tokens(NamedTuple):
    """The tokens of a pair's second text: their offsets in it, and the probability of one class for each."""

    offsets: Sequence[tuple[int, int]]
    probabilities: Probabilities


SIZES_KEPT = 50_000
"""How many texts' numbers of tokens are remembered: sources and summaries of a batch by several systems."""


@dataclass(frozen=True)
class PairReader:
    """Encodes pairs of texts for a model that reads at most `limit` tokens at once; nothing is ever cut off.

    Without a `mark` the tokenizer joins them as pairs of sentences; with it they are one text, `prefix` before it and
    the mark, the tokenizer's own for the end of a text, between them. `answers` are the tokens that a
    sequence-to-sequence model answers with; none for a classifier.
    """

    opened: OpenedModel
    limit: int
    prefix: str = ""
    mark: str = ""
    answers: tuple[int, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)

    @cached_property
    def extra(self) -> int:
        """How many tokens a pair has beside those of its texts."""
        return len(self.encode([("", "")])["input_ids"][0])

    def size(self, text: str) -> int:
        """Return how many tokens a text is."""
        if text not in self.sizes:
            if len(self.sizes) >= SIZES_KEPT:
                self.sizes.clear()
            encoded = self.opened.tokenizer(text, add_special_tokens=False, verbose=False)
            self.sizes[text] = len(encoded["input_ids"])
        return self.sizes[text]

    def length(self, pair: TextPair) -> int:
        """Return how many tokens the model reads of a pair."""
        return self.size(pair[0]) + self.size(pair[1]) + self.extra

    def encode(self, pairs: Sequence[TextPair], **options: Any) -> "BatchEncoding":  # noqa: ANN401 - transformers' own
        """Return the pairs' tokens."""
        firsts, seconds = [first for first, _ in pairs], [second for _, second in pairs]
        if self.mark:
            texts = [f"{self.prefix}{first}{self.mark}{second}" for first, second in pairs]
            return cast("BatchEncoding", self.opened.tokenizer(texts, verbose=False, **options))
        return cast("BatchEncoding", self.opened.tokenizer(firsts, seconds, verbose=False, **options))

    def compute(self, pairs: Sequence[TextPair], read: Callable[[Any], Sequence[Row]]) -> Iterator[tuple[int, Row]]:
        """Yield each pair's index with what `read` makes of its batch's encoding, which lies on the model's device."""

        def batch(some: Sequence[TextPair]) -> Sequence[Row]:
            return read(self.encode(some, padding=True, return_tensors="pt").to(self.opened.device))

        yield from in_batches(pairs, [self.length(pair) for pair in pairs], batch)


def reading_limit(opened: OpenedModel, model: str, window: int, least: int = 0) -> int:
    """Return how many tokens a model is to read at once: `window`, else what the catalog says of `model`.

    Without either it is what the checkpoint says, but not less than `least`. A window is never wider than positions.
    """
    known = find_model(model)
    own = max(opened.limit, least)
    return min(window or (known.input_limit if known else 0) or own, own)


def class_names(opened: OpenedModel) -> dict[int, str]:
    """Return what a classifier's configuration calls its classes."""
    return {int(index): str(name) for index, name in (opened.config.id2label or {}).items()}


def class_probabilities(reader: PairReader, pairs: Sequence[TextPair]) -> Probabilities:
    """Return the probability of each class for each pair, [pairs, classes], by a sequence classifier."""
    import torch

    model = reader.opened.model

    def read(encoded: Any) -> list[Probabilities]:  # noqa: ANN401 - an encoding of transformers'
        with torch.inference_mode():
            logits = model(**_inputs(encoded, model)).logits
        return list(torch.softmax(logits.double(), dim=-1).cpu().numpy())

    found = np.zeros((len(pairs), len(class_names(reader.opened))))
    for index, row in reader.compute(pairs, read):
        found[index] = row
    return found


def answer_probabilities(reader: PairReader, pairs: Sequence[TextPair]) -> Probabilities:
    """Return the probability of each of the reader's answers, among these alone, as a first token: [pairs, answers].

    The model is an encoder-decoder, whose decoder has read nothing but its start token.
    """
    import torch

    model = reader.opened.model
    start = int(model.config.decoder_start_token_id)

    def read(encoded: Any) -> list[Probabilities]:  # noqa: ANN401 - as above
        begun = torch.full((len(encoded["input_ids"]), 1), start, dtype=torch.long, device=reader.opened.device)
        with torch.inference_mode():
            logits = model(**_inputs(encoded, model), decoder_input_ids=begun).logits[:, 0, list(reader.answers)]
        return list(torch.softmax(logits.double(), dim=-1).cpu().numpy())

    found = np.zeros((len(pairs), len(reader.answers)))
    for index, row in reader.compute(pairs, read):
        found[index] = row
    return found


def token_probabilities(reader: PairReader, pairs: Sequence[TextPair], index: int) -> list[Tokens]:
    """Return the probability of the class `index` for each token of the second text of each pair."""
    import torch

    model = reader.opened.model

    def read(encoded: Any) -> list[Tokens]:  # noqa: ANN401 - as above
        with torch.inference_mode():
            logits = model(**_inputs(encoded, model)).logits
        rows = torch.softmax(logits.double(), dim=-1)[:, :, index].cpu().numpy()
        return [_second(each, row) for each, row in zip(encoded.encodings, rows, strict=True)]

    found = dict(reader.compute(pairs, read))
    return [found[number] for number in range(len(pairs))]


def check_architecture(name: str, opened: OpenedModel, suffix: str, what: str) -> None:
    """Raise MetricError for a checkpoint whose configuration says that it is for another task than `suffix` names.

    Weights alone do not tell: those of some classifiers of tokens and of texts have the same names.
    """
    named = getattr(opened.config, "architectures", None) or ()
    if named and not any(str(each).endswith(suffix) for each in named):
        raise MetricError(f"{name}: the checkpoint {opened.folder} is a {named[0]}, and no {what}")


def _second(encoding: Any, row: Probabilities) -> Tokens:  # noqa: ANN401 - as above
    """Return the tokens of the second text, those without any character of it left out."""
    kept = [
        number
        for number, (place, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if place == 1 and start < end
    ]
    return Tokens([encoding.offsets[number] for number in kept], row[kept])


def _inputs(encoded: Any, model: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return what a model takes of an encoding: one kind of segment has no segments to tell apart."""
    kinds = getattr(model.config, "type_vocab_size", None) or 0
    return {key: value for key, value in encoded.items() if key != "token_type_ids" or kinds > 1}
