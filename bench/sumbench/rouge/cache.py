"""A dictionary that makes its values when they are asked for, and never grows beyond a size."""

from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


class BoundedCache(dict[str, Made]):
    """What a function made of the strings seen so far; asking for another one calls it.

    It starts afresh when it is full, so that a stream of texts cannot fill the memory.
    """

    def __init__(self, make: Callable[[str], Made], size: int) -> None:
        """Keep up to `size` results of `make`."""
        super().__init__()
        self._make = make
        self._size = size

    def __missing__(self, key: str) -> Made:
        """Make a value and remember it."""
        if len(self) >= self._size:
            self.clear()
        made = self[key] = self._make(key)
        return made
