"""Embeds the tokens of texts with an encoder's layer; long texts in windows that overlap by half."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.errors import MetricError
from sumbench.metrics.model_metric import OpenedModel
from sumbench.metrics.model_metric import in_batches

if TYPE_CHECKING:
    from torch.nn import Module

Vectors = NDArray[np.float32]

_AFTER_BLANK = frozenset({"bart", "gpt2", "led", "longformer", "roberta"})
"""Kinds of models whose first word bert-score reads as one that stands behind a blank."""


class Embedded(NamedTuple):
    """A text as a model reads it: the `ids` of tokens and marks, and their `vectors` of length 1, one a row.

    Marks are what the model sets around a text; `weightless` are those that begin and separate texts ([CLS], [SEP]).
    `tokens` is the number of the text's own. A `long` text was read in windows.
    """

    ids: NDArray[np.int64]
    vectors: Vectors
    weightless: NDArray[np.bool_]
    tokens: int
    long: bool

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.ids.nbytes + self.vectors.nbytes + self.weightless.nbytes


class TokenEncoder:
    """An encoder cut off behind its layer number `layer` (0: the embeddings of words; None: the last one)."""

    def __init__(self, name: str, opened: OpenedModel, layer: int | None) -> None:
        """Cut the model; raises MetricError for a layer that it does not have, and for a model that is no encoder."""
        self._opened = opened
        self._model: Any = _encoder(opened)
        self.layers = int(getattr(self._model.config, "num_hidden_layers", 0) or 0)
        self.layer = self.layers if layer is None else layer
        if not 0 <= self.layer <= self.layers:
            raise MetricError(f"{name}: layer={layer}: the model in {opened.folder} has layers 0 to {self.layers}")
        self._cut = _cut_off(self._model, self.layers, self.layer)
        self._before, self._behind = _marks(opened.tokenizer)
        marked = {opened.tokenizer.cls_token_id, opened.tokenizer.sep_token_id}
        self._weightless = np.array([token in marked for token in (*self._before, *self._behind)], np.bool_)
        self._pad = int(opened.tokenizer.pad_token_id or 0)
        self.room = opened.limit - len(self._before) - len(self._behind)
        if self.room < 1:
            raise MetricError(f"{name}: the model in {opened.folder} reads no token beside its marks at once")

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text's tokens, without marks."""
        if not texts:
            return []
        blank = " " if self._opened.config.model_type in _AFTER_BLANK else ""
        stripped = [text.strip() for text in texts]
        read = self._opened.tokenizer(
            [blank + text if text else "" for text in stripped],
            add_special_tokens=False,
            return_attention_mask=False,
            verbose=False,
        )
        return [list(ids) for ids in read["input_ids"]]

    def marked(self, ids: Sequence[int]) -> list[int]:
        """Return tokens with the model's marks around them."""
        return [*self._before, *ids, *self._behind]

    def embed(self, texts: Sequence[str]) -> list[Embedded]:
        """Embed the tokens of texts, windows of like length together.

        A text of more tokens than the model reads at once is read in windows of as many, each beginning half a window
        behind the one before it and the last one ending with the text. Of a token that stands in two windows the
        vector is taken from the one in which it is farther from an end.
        """
        all_ids = self.tokens(texts)
        starts = [window_starts(len(ids), self.room) for ids in all_ids]
        windows = [
            (number, at, self.marked(ids[at : at + self.room]))
            for number, (ids, begins) in enumerate(zip(all_ids, starts, strict=True))
            for at in begins
        ]
        made: list[list[Vectors]] = [[np.zeros((0, 0), np.float32)] * len(begins) for begins in starts]
        lengths = [len(window) for _, _, window in windows]
        for index, vectors in in_batches([window for _, _, window in windows], lengths, self._run):
            number, at, _ = windows[index]
            made[number][starts[number].index(at)] = vectors
        return [self._whole(ids, begins, parts) for ids, begins, parts in zip(all_ids, starts, made, strict=True)]

    def _whole(self, ids: Sequence[int], starts: Sequence[int], parts: Sequence[Vectors]) -> Embedded:
        """Join a text's windows: its first marks, each token from its better window, its last marks."""
        before, behind = len(self._before), len(self._behind)
        joined = parts[0]
        if len(parts) > 1:
            cuts = window_cuts(len(ids), self.room, starts)
            rows = [
                part[before + first - at : before + last - at]
                for part, at, first, last in zip(parts, starts, cuts, cuts[1:], strict=False)
            ]
            joined = np.concatenate([parts[0][:before], *rows, parts[-1][len(parts[-1]) - behind :]])
        marks = np.zeros(len(joined), np.bool_)
        marks[:before], marks[len(joined) - behind :] = self._weightless[:before], self._weightless[before:]
        return Embedded(np.array(self.marked(ids), np.int64), joined, marks, len(ids), len(parts) > 1)

    def _run(self, windows: Sequence[Sequence[int]]) -> list[Vectors]:
        import torch

        longest = max(map(len, windows))
        ids = torch.full((len(windows), longest), self._pad, dtype=torch.long)
        mask = torch.zeros((len(windows), longest), dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window, dtype=torch.long)
            mask[row, : len(window)] = 1
        where = self._opened.device
        with torch.inference_mode():
            out = self._model(ids.to(where), attention_mask=mask.to(where), output_hidden_states=not self._cut)
            states = out.last_hidden_state if self._cut else out.hidden_states[self.layer]
            states = torch.nn.functional.normalize(states.float(), dim=-1).cpu().numpy()
        return [states[row, : len(window)].copy() for row, window in enumerate(windows)]


def window_starts(tokens: int, room: int) -> list[int]:
    """Return where the windows of a text of so many tokens begin, for a model with room for `room` of them."""
    if tokens <= room:
        return [0]
    return [*range(0, tokens - room, max(1, room // 2)), tokens - room]


def window_cuts(tokens: int, room: int, starts: Sequence[int]) -> list[int]:
    """Return the first token that each window gives, and behind them the number of tokens: overlaps are halved."""
    between = [(one + room + following) // 2 for one, following in pairwise(starts)]
    return [0, *between, tokens]


def _encoder(opened: OpenedModel) -> "Module":
    model: Any = opened.model
    return model.get_encoder() if opened.config.is_encoder_decoder else model  # type: ignore[no-any-return]


def _cut_off(model: "Module", layers: int, layer: int) -> bool:
    """Drop the layers that nothing is taken from; return whether the model's last state is then that of `layer`.

    It is as bert-score has it: what comes behind the last layer of a model, such as a last norm, stays. Where the
    layers are not one list of modules, nothing is dropped.
    """
    from torch.nn import ModuleList

    if layer == layers:
        return True
    found = [
        (parent, key)
        for parent in model.modules()
        for key, child in parent.named_children()
        if isinstance(child, ModuleList) and len(child) == layers
    ]
    if len(found) != 1:
        return False
    parent, key = found[0]
    setattr(parent, key, ModuleList(list(getattr(parent, key))[:layer]))
    return True


def _marks(tokenizer: Any) -> tuple[list[int], list[int]]:  # noqa: ANN401 - transformers' classes have no common type
    """Return the ids that a tokenizer sets before and behind a text."""
    bare, whole = (tokenizer("a", add_special_tokens=with_)["input_ids"] for with_ in (False, True))
    at = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
    return list(whole[:at]), list(whole[at + len(bare) :])
