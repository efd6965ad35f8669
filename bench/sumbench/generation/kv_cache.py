"""The keys and values of several texts in one piece of memory. It needs torch: import it where a model is at work."""

from collections.abc import Callable
from collections.abc import Sequence

import torch
from transformers import Cache
from transformers.cache_utils import DynamicLayer


class BatchedLayer(DynamicLayer):
    """One layer's keys and values of texts under each other, a row each, all ending at the place `filled`.

    What stands before a shorter text in its row means nothing, but is finite. There is room behind the texts, so that a
    further token moves nothing.
    """

    def __init__(self) -> None:
        """Begin without rows."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.filled = 0
        self._rows = 0
        self._memory: list[torch.Tensor] = []

    @property
    def slots(self) -> int:
        """How many rows there is memory for."""
        return len(self._memory[0]) if self._memory else 0

    @property
    def width(self) -> int:
        """How many tokens of a row there is memory for."""
        return self._memory[0].shape[2] if self._memory else 0

    def fit(self, like: DynamicLayer, slots: int, filled: int, width: int) -> None:
        """Take memory for rows of so many tokens, of which `filled` have come, and move the texts there are into it."""
        taken = []
        kept = min(self.filled, filled)
        for number, states in enumerate((_required(like.keys), _required(like.values))):
            _, heads, _, size = states.shape
            memory = states.new_zeros(slots, heads, width, size)
            if self._memory:
                old = self._memory[number][: self._rows, :, self.filled - kept : self.filled]
                memory[: self._rows, :, filled - kept : filled] = old
            taken.append(memory)
        if not self._memory:
            self.lazy_initialization(*taken)
        self._memory, self.filled = taken, filled
        self._show()

    def put(self, single: DynamicLayer) -> None:
        """Add the keys and values of a text that was read alone as the last row."""
        for part, states in zip(self._memory, (_required(single.keys), _required(single.values)), strict=True):
            part[self._rows, :, self.filled - states.shape[2] : self.filled] = states[0]
        self._rows += 1
        self._show()

    def drop(self, row: int) -> None:
        """Drop a row; the last one takes its place."""
        self._rows -= 1
        if row < self._rows:
            for part in self._memory:
                part[row, :, : self.filled] = part[self._rows, :, : self.filled]
        self._show()

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: object,
        **_kwargs: object,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Take in the next tokens' keys and values, and return those of all tokens."""
        new = key_states.shape[2]
        for part, states in zip(self._memory, (key_states, value_states), strict=True):
            part[: self._rows, :, self.filled : self.filled + new] = states
        self.filled += new
        self._show()
        return _required(self.keys), _required(self.values)

    def _show(self) -> None:
        self.keys, self.values = (part[: self._rows, :, : self.filled] for part in self._memory)


class BatchedKVCache:
    """The keys and values of texts in work, in all layers: a row each, with room for `spare` tokens more.

    `fitting` tells how many rows there may be, by the number of tokens that a row has room for.
    """

    def __init__(self, spare: int, fitting: Callable[[int], int]) -> None:
        """Begin without rows."""
        self.lengths: list[int] = []
        self.cache = Cache(layers=[BatchedLayer()])
        self._spare = spare
        self._fitting = fitting

    @property
    def full(self) -> bool:
        """Whether there is no place for a further row."""
        return bool(self.lengths) and len(self.lengths) >= self._fitting(max(self.lengths) + self._spare)

    @property
    def least(self) -> int:
        """How many tokens a further text should have: half of the longest's, or the most of its row means nothing."""
        return (max(self.lengths, default=0) + 1) // 2

    @torch.inference_mode()
    def add(self, single: Cache, length: int) -> None:
        """Add a text of so many tokens, which was read alone, as the last row."""
        singles = [layer for layer in single.layers if isinstance(layer, DynamicLayer)]
        if not self.lengths:
            self.cache = Cache(layers=[BatchedLayer() for _ in singles])
        self.lengths.append(length)
        if length > self._filled or len(self.lengths) > self._layers[0].slots:
            self._fit(singles)
        for layer, one in zip(self._layers, singles, strict=True):
            layer.put(one)

    @torch.inference_mode()
    def drop(self, row: int) -> None:
        """Drop a row; the last one takes its place."""
        last = self.lengths.pop()
        if row < len(self.lengths):
            self.lengths[row] = last
        for layer in self._layers:
            layer.drop(row)

    @torch.inference_mode()
    def advance(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Count a further token in each row; return which places each row has by then, of 0 and 1, and its own place.

        The shapes are (rows, places) and (rows, 1). Where there is no more room, or the rows have become much shorter
        than the memory, they move first.
        """
        if self._filled - max(self.lengths) >= self._spare or self._filled == self._layers[0].width:
            self._fit(self._layers)
        own = torch.tensor(self.lengths)[:, None]
        self.lengths = [length + 1 for length in self.lengths]
        places = torch.arange(self._filled + 1)[None]
        return (places >= self._filled - own).long(), own

    @property
    def _layers(self) -> list[BatchedLayer]:
        return [layer for layer in self.cache.layers if isinstance(layer, BatchedLayer)]

    @property
    def _filled(self) -> int:
        return self._layers[0].filled

    def _fit(self, like: Sequence[DynamicLayer]) -> None:
        """Take memory for rows of today's lengths, and for twice as many, if that fits, where there were too few."""
        longest, rows = max(self.lengths), len(self.lengths)
        slots = self._layers[0].slots
        if rows > slots:
            slots = max(rows, min(2 * slots, self._fitting(longest + self._spare)))
        for layer, one in zip(self._layers, like, strict=True):
            layer.fit(one, slots, longest, longest + self._spare)


def _required(states: torch.Tensor | None) -> torch.Tensor:
    if states is None:
        raise ValueError("a layer without keys and values cannot be stacked")
    return states
