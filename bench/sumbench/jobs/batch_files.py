"""The files of batches in a run's folder: requests that went out, answers that came back."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from typing import Self

from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.generation.endpoint.batch import BatchStyle
from sumbench.validation import checked
from sumbench.validation import parse_json

MOST_REQUESTS = 50_000
"""So many requests a file OpenAI takes."""

MOST_MEGABYTES = 200.0
"""So large a file it takes (millions of bytes)."""

_SETTINGS = "batch.json"

_REQUESTS, _ANSWERS = "batch-{:04d}.jsonl", "batch-answers-{:04d}.jsonl"


@dataclass(frozen=True)
class FileLimits:
    """How many requests a batch file has at most, and how many megabytes."""

    requests: int = MOST_REQUESTS
    megabytes: float = MOST_MEGABYTES

    def __post_init__(self) -> None:
        """Refuse limits that leave nothing."""
        if self.requests < 1:
            raise UsageError(f"--max-requests {self.requests} leaves nothing in a file: give 1 or more")
        if not self.megabytes > 0:
            raise UsageError(f"--max-mb {self.megabytes:g} leaves nothing in a file: give megabytes, more than 0")


@dataclass(frozen=True)
class BatchSettings:
    """How a run's batches are written: kept in its folder, so that an import writes further requests likewise."""

    style: BatchStyle = field(default_factory=BatchStyle)
    limits: FileLimits = field(default_factory=FileLimits)


def write_settings(folder: Path, settings: BatchSettings) -> None:
    """Keep the settings in a run's folder."""
    files.write_text(folder / _SETTINGS, json.dumps(asdict(settings), indent=2) + "\n")


def read_settings(folder: Path) -> BatchSettings:
    """Return the settings of a run's folder, the usual ones where it has none; raise RunError for damage."""
    content = files.read_bytes(folder / _SETTINGS)
    if content is None:
        return BatchSettings()
    where = str(folder / _SETTINGS)
    return checked(parse_json(content, where, RunError), BatchSettings, where, RunError)


def request_files(folder: Path) -> list[Path]:
    """Return the files of requests in a run's folder, in order."""
    return sorted(folder.glob("batch-[0-9]*.jsonl"), key=_number)


def answer_files(folder: Path) -> list[Path]:
    """Return the files of answers that were imported into a run's folder, in order."""
    return sorted(folder.glob("batch-answers-[0-9]*.jsonl"), key=_number)


def write_answers(folder: Path, lines: Iterable[bytes]) -> None:
    """Write a further file of answers."""
    with files.replacing(folder / _ANSWERS.format(_next(answer_files(folder)))) as content:
        content.writelines(lines)


def _number(file: Path) -> int:
    # Not its name alone: the ten-thousandth file has a digit more.
    digits = file.stem.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _next(known: list[Path]) -> int:
    """Return the number behind that of the last file."""
    return _number(known[-1]) + 1 if known else 1


@dataclass
class RequestWriter:
    """Writes files of requests into a run's folder, numbered on behind those there; to be used as a context manager.

    Without a `folder` nothing is written, and the files are counted alone. A file is there once it is whole.
    `written` has the names of the files, `requests` and `size` (bytes) are what the last one holds.
    """

    folder: Path | None
    limits: FileLimits
    written: list[str] = field(default_factory=list)
    requests: int = 0
    size: int = 0
    _first: int = 1
    _content: BinaryIO | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self._first = 1 if self.folder is None else _next(request_files(self.folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, line: bytes) -> str:
        """Write a line, in a new file where the last one is full; return the file's name.

        Raises UsageError for a line that no file may hold.
        """
        if len(line) > self.limits.megabytes * 1e6:
            raise UsageError(f"--max-mb {self.limits.megabytes:g}: one request has {len(line) / 1e6:.1f} MB")
        full = self.requests >= self.limits.requests or self.size + len(line) > self.limits.megabytes * 1e6
        if not self.requests or full:
            self._begin()
        if self._content is not None:
            self._content.write(line)
        self.requests += 1
        self.size += len(line)
        return self.written[-1]

    def close_file(self) -> None:
        """End the file; the next line begins another one."""
        self._stack.close()
        self._content = None
        self.requests = self.size = 0

    def _begin(self) -> None:
        self.close_file()
        self.written.append(_REQUESTS.format(self._first + len(self.written)))
        if self.folder is not None:
            self._content = self._stack.enter_context(files.replacing(self.folder / self.written[-1]))
