"""Batched KV cache with row insertion and removal. It imports torch: import it where a model runs."""

from collections.abc import Callable
from collections.abc import Sequence

import torch
from transformers import Cache
from transformers.cache_utils import DynamicLayer


class BatchedLayer(DynamicLayer):
    """One layer's keys and values of several texts: a row each, left-padded so that all end at column `filled`.

    The padding is masked, but finite. Columns are preallocated after the texts, so that a new token moves nothing.
    """

    def __init__(self) -> None:
        """Start without rows."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.filled = 0
        self._rows = 0
        self._memory: list[torch.Tensor] = []

    @property
    def row_capacity(self) -> int:
        """The number of rows that are allocated."""
        return len(self._memory[0]) if self._memory else 0

    @property
    def token_capacity(self) -> int:
        """The number of columns (tokens of a row) that are allocated."""
        return self._memory[0].shape[2] if self._memory else 0

    def resize(self, like: DynamicLayer, row_capacity: int, filled: int, token_capacity: int) -> None:
        """Reallocate to so many rows and columns, of which `filled` are in use, and copy the present texts.

        Heads, head size, number format and device are those of `like`.
        """
        taken = []
        kept = min(self.filled, filled)
        for number, states in enumerate((_required(like.keys), _required(like.values))):
            _, heads, _, size = states.shape
            memory = states.new_zeros(row_capacity, heads, token_capacity, size)
            if self._memory:
                old = self._memory[number][: self._rows, :, self.filled - kept : self.filled]
                memory[: self._rows, :, filled - kept : filled] = old
            taken.append(memory)
        if not self._memory:
            self.lazy_initialization(*taken)
        self._memory, self.filled = taken, filled
        self._update_views()

    def append(self, single: DynamicLayer) -> None:
        """Append the keys and values of one text (a batch of one) as the last row."""
        for part, states in zip(self._memory, (_required(single.keys), _required(single.values)), strict=True):
            part[self._rows, :, self.filled - states.shape[2] : self.filled] = states[0]
        self._rows += 1
        self._update_views()

    def remove(self, row: int) -> None:
        """Remove a row; the last row moves to its index."""
        self._rows -= 1
        if row < self._rows:
            for part in self._memory:
                part[row, :, : self.filled] = part[self._rows, :, : self.filled]
        self._update_views()

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: object,
        **_kwargs: object,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append the next tokens' keys and values, and return those of all tokens: what transformers calls."""
        new = key_states.shape[2]
        for part, states in zip(self._memory, (key_states, value_states), strict=True):
            part[: self._rows, :, self.filled : self.filled + new] = states
        self.filled += new
        self._update_views()
        return _required(self.keys), _required(self.values)

    def _update_views(self) -> None:
        self.keys, self.values = (part[: self._rows, :, : self.filled] for part in self._memory)


class BatchedKVCache:
    """The KV cache of a changing batch, over all layers: a row for each text, with room for `spare` more tokens.

    `max_rows` returns how many rows are allowed for a number of tokens a row.
    """

    def __init__(self, spare: int, max_rows: Callable[[int], int]) -> None:
        """Start without rows."""
        self.lengths: list[int] = []
        self.cache = Cache(layers=[BatchedLayer()])
        self._spare = spare
        self._max_rows = max_rows

    @property
    def full(self) -> bool:
        """Whether no further row is allowed."""
        return bool(self.lengths) and len(self.lengths) >= self._max_rows(max(self.lengths) + self._spare)

    @property
    def min_length(self) -> int:
        """The fewest tokens of a text worth adding: half of the longest's, or most of its row would be padding."""
        return (max(self.lengths, default=0) + 1) // 2

    @torch.inference_mode()
    def add_row(self, single: Cache, length: int) -> None:
        """Add the cache of one text of `length` tokens, prefilled alone, as the last row."""
        singles = [layer for layer in single.layers if isinstance(layer, DynamicLayer)]
        if not self.lengths:
            self.cache = Cache(layers=[BatchedLayer() for _ in singles])
        self.lengths.append(length)
        if length > self._filled or len(self.lengths) > self._layers[0].row_capacity:
            self._resize(singles)
        for layer, one in zip(self._layers, singles, strict=True):
            layer.append(one)

    @torch.inference_mode()
    def remove_row(self, row: int) -> None:
        """Remove a row; the last row moves to its index."""
        last = self.lengths.pop()
        if row < len(self.lengths):
            self.lengths[row] = last
        for layer in self._layers:
            layer.remove(row)

    @torch.inference_mode()
    def advance(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Make room for one more token in each row; return the attention mask and the position ids of the new tokens.

        The shapes are (rows, columns) and (rows, 1). The layers are reallocated first where they are full, or where all
        rows have become much shorter than what is in use.
        """
        if self._filled - max(self.lengths) >= self._spare or self._filled == self._layers[0].token_capacity:
            self._resize(self._layers)
        # Made where they are needed: a copy of the whole mask at each step would make a GPU wait.
        where = self._layers[0].device
        own = torch.tensor(self.lengths, device=where)[:, None]
        self.lengths = [length + 1 for length in self.lengths]
        columns = torch.arange(self._filled + 1, device=where)[None]
        return (columns >= self._filled - own).long(), own

    @property
    def _layers(self) -> list[BatchedLayer]:
        return [layer for layer in self.cache.layers if isinstance(layer, BatchedLayer)]

    @property
    def _filled(self) -> int:
        return self._layers[0].filled

    def _resize(self, like: Sequence[DynamicLayer]) -> None:
        """Reallocate for the present lengths, with up to twice as many rows where there were too few."""
        longest, rows = max(self.lengths), len(self.lengths)
        row_capacity = self._layers[0].row_capacity
        if rows > row_capacity:
            row_capacity = max(rows, min(2 * row_capacity, self._max_rows(longest + self._spare)))
        for layer, one in zip(self._layers, like, strict=True):
            layer.resize(one, row_capacity, longest, longest + self._spare)


def _required(states: torch.Tensor | None) -> torch.Tensor:
    if states is None:
        raise ValueError("a layer without keys and values cannot be stacked")
    return states
