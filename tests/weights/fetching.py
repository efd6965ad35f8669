"""A process that fetches a model, to be killed: it stops for good where it was told to."""

import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace

from sumbench.progress import Advance
from sumbench.progress import Silent


@dataclass(frozen=True)
class Stalled:
    """Progress that stops where a task that mentions `word` begins, or where it ends."""

    word: str
    at_the_end: bool

    @contextmanager
    def task(self, what: str, total: int | None = None, unit: str = "bytes") -> Iterator[Advance]:
        """Stop, or do nothing."""
        if self.word in what and not self.at_the_end:
            self._stall()
        with Silent().task(what, total, unit) as advance:
            yield advance
        if self.word in what and self.at_the_end:
            self._stall()

    def _stall(self) -> None:
        sys.stdout.write("stalled\n")
        sys.stdout.flush()
        time.sleep(600)


if __name__ == "__main__":
    store, name, stop = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - a test's own bytes
    (replace(store, progress=Stalled(*stop)) if stop else store).folder(name)
    sys.stdout.write("whole\n")
