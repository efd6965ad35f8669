"""Batches: what is summarized together, and what happens when memory runs out or one of them fails."""

import gc
import sys
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

from bench.errors import UsageError

AUTO = "auto"

ROWS = 16
"""How many texts `auto` takes at once at most; beyond that, decoding on a processor gains little."""

TOKENS = 16_384
"""How many tokens `auto` takes at once, each text counted as long as the longest: a budget of memory."""


class Request(NamedTuple):
    """A text for the model: its input tokens, the language that it is in, and what names the answer's random stream."""

    ids: list[int]
    language: str
    draw: tuple[str, ...] = ()


class Answer(NamedTuple):
    """What a model wrote: the text (one sentence a line), its tokens, and its share of the seconds it took."""

    text: str
    tokens: int
    seconds: float


Write = Callable[[Sequence[Request]], list[Answer]]
"""A model at work: answers a batch of requests, in order."""


def rows(name: str, batch_size: str) -> int | None:
    """Return how many texts a batch may hold, None for `auto`; raise UsageError for what is neither."""
    if batch_size == AUTO:
        return None
    if not batch_size.isdecimal() or int(batch_size) < 1:
        raise UsageError(f"{name}: batch_size={batch_size} is neither {AUTO} nor a whole number from 1")
    return int(batch_size)


class Batcher:
    """Packs requests into batches for `write`: the longest first, so that a batch holds texts of about one length.

    `size` is how many a batch may hold; None lets it follow from their lengths. When memory runs out, the batch is
    halved, and batches stay that small.
    """

    def __init__(self, write: Write, size: int | None) -> None:
        """Prepare the work."""
        self._write = write
        self._rows = size or ROWS
        self._tokens = None if size else TOKENS

    @property
    def rows(self) -> int:
        """How many texts a batch may hold by now."""
        return self._rows

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | Exception]]:
        """Yield the answer to each request with its place, or the error of one that failed by itself.

        The order is that of the work: by length, the longest first.
        """
        left = sorted(range(len(requests)), key=lambda place: (-len(requests[place].ids), place))
        while left:
            batch = left[: self._fitting(len(requests[left[0]].ids))]
            answers = self._attempt([requests[place] for place in batch])
            if isinstance(answers, list):
                yield from zip(batch, answers, strict=True)
            elif len(batch) == 1:
                yield batch[0], answers
            elif out_of_memory(answers):
                self._rows = len(batch) // 2
                continue
            else:
                # Which of them it was shows when each is tried alone.
                for place in batch:
                    alone = self._attempt([requests[place]])
                    yield place, alone[0] if isinstance(alone, list) else alone
            left = left[len(batch) :]

    def _fitting(self, longest: int) -> int:
        if self._tokens is None:
            return self._rows
        return max(1, min(self._rows, self._tokens // max(longest, 1)))

    def _attempt(self, batch: Sequence[Request]) -> list[Answer] | Exception:
        try:
            return self._write(batch)
        except Exception as error:  # noqa: BLE001 - a batch that fails is taken apart, and the run goes on
            failure = error.with_traceback(None)
        # Only now are the tensors of the failed attempt free.
        _release()
        return failure


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out, on a processor or a GPU."""
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


def _release() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
