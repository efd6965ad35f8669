"""The keys and values of several prompts in one piece of memory. It needs torch: import it where a model is at work."""

from collections.abc import Sequence

import torch
from transformers import Cache
from transformers.cache_utils import DynamicLayer


class Rows(DynamicLayer):
    """One layer's keys and values of prompts read one by one, under each other, each ending at place `longest`.

    There is `room` for what is written, so that a further token moves nothing.
    """

    def __init__(self, singles: Sequence[DynamicLayer], longest: int, room: int) -> None:
        """Take over the prompts' keys and values, and give their own memory back."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._filled = longest
        keys, values = [_there(one.keys) for one in singles], [_there(one.values) for one in singles]
        self.lazy_initialization(keys[0], values[0])
        self._memory = [_stack(keys, longest, room), _stack(values, longest, room)]
        for one in singles:
            one.reset()
        self._show()

    def _show(self) -> None:
        self.keys, self.values = (part[:, :, : self._filled] for part in self._memory)

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
            part[:, :, self._filled : self._filled + new] = states
        self._filled += new
        self._show()
        return _there(self.keys), _there(self.values)

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all rows but these (ascending): each moves up, and none is copied that stays where it is."""
        for number, row in enumerate(rows):
            if number != row:
                for part in self._memory:
                    part[number, :, : self._filled] = part[row, :, : self._filled]
        self._memory = [part[: len(rows)] for part in self._memory]
        self._show()


def stack(caches: Sequence[Cache], longest: int, room: int) -> list[Rows]:
    """Stack the layers of single prompts' caches; one by one, so that memory is given back as it is taken."""
    layers = [[layer for layer in cache.layers if isinstance(layer, DynamicLayer)] for cache in caches]
    return [Rows(singles, longest, room) for singles in zip(*layers, strict=True)]


def _there(states: torch.Tensor | None) -> torch.Tensor:
    if states is None:
        raise ValueError("a layer without keys and values cannot be stacked")
    return states


def _stack(singles: Sequence[torch.Tensor], longest: int, room: int) -> torch.Tensor:
    _, heads, _, size = singles[0].shape
    stacked = singles[0].new_zeros(len(singles), heads, room, size)
    for number, single in enumerate(singles):
        stacked[number, :, longest - single.shape[2] : longest] = single[0]
    return stacked
