"""Keeps what was computed of texts, within a bound of bytes."""

from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Generic
from typing import TypeVar

BYTES = 256 << 20
"""How much is kept; beyond that, what was used longest ago is computed again when it is asked for."""

Kept = TypeVar("Kept")


class TextMemory(Generic[Kept]):
    """Computes something of each text once: `compute` does it for several texts, `size` says how many bytes it takes.

    What the texts of one call need is kept until the next, whatever it takes.
    """

    def __init__(
        self, compute: Callable[[Sequence[str]], Sequence[Kept]], size: Callable[[Kept], int], most: int = BYTES
    ) -> None:
        """Start with nothing."""
        self._compute, self._size, self._most = compute, size, most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0

    def of(self, texts: Iterable[str]) -> dict[str, Kept]:
        """Return what is computed of each of the texts, by text; each different one is computed at most once."""
        wanted = dict.fromkeys(texts)
        missing = [text for text in wanted if text not in self._kept]
        for text, made in zip(missing, self._compute(missing) if missing else (), strict=True):
            self._kept[text] = made
            self._bytes += self._size(made)
        found = {text: self._kept[text] for text in wanted}
        for text in wanted:
            self._kept.move_to_end(text)
        while self._bytes > self._most and self._kept:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= self._size(gone)
        return found
