"""A process that fetches a model, to be killed: it stops for good where it was told to."""

import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from sumbench.progress import Advance
from sumbench.progress import Silent
from sumbench.weights import fetch

HALF_WRITTEN = "half written"
"""Told to stop there, a process has written a part of the converted weights."""

COMPLETE = "complete"
"""Told to stop there, a process has everything, and nothing in its place in the store."""


@dataclass(frozen=True)
class Stalled:
    """Progress that stops where a task that mentions `word` begins, or where it ends."""

    word: str
    at_the_end: bool = False

    @contextmanager
    def task(self, what: str, total: int | None = None, unit: str = "bytes") -> Iterator[Advance]:
        """Stop, or do nothing."""
        if self.word in what and not self.at_the_end:
            stall()
        with Silent().task(what, total, unit) as advance:
            yield advance
        if self.word in what and self.at_the_end:
            stall()


def stall() -> None:
    """Say so, and stop."""
    sys.stdout.write("stalled\n")
    sys.stdout.flush()
    time.sleep(600)


def half_written(_tensors: object, file: Path, metadata: object) -> None:  # noqa: ARG001 - as safetensors names it
    """Write something of a file, and stop."""
    file.write_bytes(b"half")
    stall()


if __name__ == "__main__":
    store, name, stop = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - a test's own bytes
    if stop == (HALF_WRITTEN,):
        from safetensors import numpy

        numpy.save_file = half_written  # type: ignore[assignment]
    elif stop == (COMPLETE,):
        fetch.move_into_store = lambda *_: stall()
    elif stop:
        store = replace(store, progress=Stalled(*stop))
    store.folder(name)
    sys.stdout.write("whole\n")
