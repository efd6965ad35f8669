"""Systems that go wrong in one way each, for the processes that the tests start."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench.errors import SummarizerError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.seeds import stream
from sumbench.systems import Context
from sumbench.systems import Summarizer
from sumbench.systems.baselines import Lead
from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one


@dataclass(frozen=True, kw_only=True)
class Faulty(Described):
    """Repeats the document's first word; on documents whose text says so, goes wrong as its text says.

    It takes `$FAULTY_PAUSE` seconds over each.
    """

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Return the working thing."""
        return one_by_one(self.name, self._write)

    def _write(self, document: Document) -> Draft:
        time.sleep(float(os.environ.get("FAULTY_PAUSE", "0")))
        word = document.text.split()[0]
        FAULTS.get(word, lambda: None)()
        return Draft(word, 1, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Batching(Faulty):
    """Takes all documents it is handed at once, the last first, and answers when all are done."""

    def load(self, context: Context) -> Summarizer:
        """Return the working thing."""
        summarize = super().load(context)
        return lambda documents: iter(list(summarize(documents[::-1])))


@dataclass(frozen=True, kw_only=True)
class Drawing(Faulty):
    """Draws a number and how often it stands behind the document's first word, each time from a stream of its own.

    Every other draw of a document whose first word is `odd` fails.
    """

    samples: int = 1

    @property
    def seeded(self) -> bool:
        """Whether its output depends on the run's seed."""
        return True

    def load(self, context: Context) -> Summarizer:
        """Return the working thing."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            for document in documents:
                for number in context.wanted(document.id, self.samples):
                    draft = self._write(document)
                    rng = stream(context.seed, "drawing", document.id, str(number))
                    error = "an odd draw" if draft.text == "odd" and number % 2 else None
                    text = "" if error else draft.text + f" {rng.integers(10**6)}" * rng.integers(1, 9)
                    yield Summary(document.id, self.name, text, 4, 4, 3, 0.5, error, number)

        return summarize


@dataclass(frozen=True, kw_only=True)
class Counting(Faulty):
    """Writes which document since its loading this is, and how many it was handed with it."""

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Return the working thing."""
        numbers = itertools.count(1)

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            for document in documents:
                yield Summary(document.id, self.name, f"{next(numbers)} {len(documents)}", 1, 1, 1, 0.1)

        return summarize


@dataclass(frozen=True, kw_only=True)
class Breaking(Faulty):
    """Raises its errors between two summaries, where nobody makes a failed summary of them."""

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Return the working thing."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            for document in documents:
                yield Summary(document.id, self.name, self._write(document).text, 1, 1, 1, 0.1)

        return summarize


@dataclass(frozen=True, kw_only=True)
class Lying(Faulty):
    """Writes of some documents what is no summary of them."""

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Return the working thing."""
        return lambda documents: (summary for document in documents for summary in self._lies(document))

    def _lies(self, document: Document) -> list[Summary]:
        import numpy as np

        true = Summary(document.id, self.name, document.text, 1, 1, 1, 0.1)
        lies: dict[str, list[Any]] = {
            "stranger": [replace(true, document="nobody")],
            "twice": [true, true],
            "namesake": [replace(true, system="another")],
            "none": [],
            "number": [replace(true, text=7)],  # type: ignore[arg-type]
            "odd": [replace(true, text=object())],  # type: ignore[arg-type]
            "surrogate": [replace(true, text="half a pair: \ud800")],
            "bytes": [replace(true, text=b"\xff\xfe")],  # type: ignore[arg-type]
            "negative": [replace(true, output_tokens=-1)],
            "huge": [replace(true, input_tokens=10**40)],
            "endless": [replace(true, seconds=float("inf"))],
            "numpy": [replace(true, output_tokens=np.int64(3), seconds=np.float64(0.5))],  # type: ignore[arg-type]
        }
        return lies.get(document.text, [true])


@dataclass(frozen=True, kw_only=True)
class Choosing(Lead):
    """The first sentences, by a class that is not of the package."""


@dataclass(frozen=True, kw_only=True)
class Unloadable(Described):
    """Cannot be loaded."""

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Refuse."""
        raise SummarizerError("nothing to load")


@dataclass(frozen=True, kw_only=True)
class Unready(Described):
    """Never gets ready."""

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002
        """Sleep."""
        time.sleep(600)
        raise AssertionError


@dataclass(frozen=True, kw_only=True)
class Parent(Faulty):
    """Starts a process that sleeps, in its own or the same session, and notes its id in a file."""

    note: str
    session: str

    def load(self, context: Context) -> Summarizer:
        """Start the process."""
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        process = subprocess.Popen(command, start_new_session=self.session == "own")
        Path(self.note).write_text(str(process.pid))
        return super().load(context)


@dataclass(frozen=True, kw_only=True)
class Multiplying(Faulty):
    """Becomes sixty-four processes over a document, each of which notes its id in a folder and sleeps."""

    notes: str

    def _write(self, document: Document) -> Draft:
        if document.text == "multiply":
            for _ in range(6):
                os.fork()
            Path(self.notes, str(os.getpid())).touch()
            time.sleep(600)
        return super()._write(document)


def _raise() -> None:
    raise ValueError("cannot read this")


def _hang() -> None:
    time.sleep(3600)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _eat() -> None:
    hoard = []
    while True:
        hoard.append(bytes(1 << 26))


def _hoard() -> None:
    hoard = bytearray(200_000_000)
    hoard[::4096] = b"x" * len(hoard[::4096])


def _chatter() -> None:
    os.write(1, b'{"summary": "not one"}\n')
    print("a library that prints")  # noqa: T201


FAULTS: dict[str, Callable[[], None]] = {
    "raise": _raise,
    "hang": _hang,
    "die": _die,
    "eat": _eat,
    "hoard": _hoard,
    "chatter": _chatter,
    "leave": sys.exit,
}
