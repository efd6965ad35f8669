"""summaries.jsonl, the journal of a run: each summary is appended as soon as it is made.

A line has the fields of a Summary; one without `draw`, as earlier versions wrote them, is the first.
"""

import logging
import os
import time
from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from typing import Self

from sumbench import files
from sumbench.errors import RunError
from sumbench.records import Summary
from sumbench.runs.lines import lines_codec
from sumbench.runs.lines import whole_lines

FILE = "summaries.jsonl"

BAD = "summaries.jsonl.bad"
"""Beside the journal: the lines that were set aside when the run was resumed, as they were."""

_SYNC_SECONDS = 1.0

_LAST = 1 << 16

_LOG = logging.getLogger(__name__)


def line(summary: Summary) -> bytes:
    """Return the summary as a line of JSON."""
    return lines_codec(Summary).line(summary)


def read_journal(file: Path) -> list[Summary]:
    """Read the summaries of a journal, one a line.

    A last line that was torn off is left out. Raises RunError, naming line and field, for any other that is no summary.
    """
    content = whole_lines(files.read_bytes(file) or b"")
    return lines_codec(Summary).read_all(content, lambda number, what: damaged(file, number, what))


def damaged(file: Path, number: int, what: str) -> RunError:
    """Return the error for a line of a journal that holds no summary."""
    return RunError(
        f"{file}, line {number}: no summary: {what}: going on with the run (`sumbench run --resume {file.parent}`, "
        "or its own command again) sets the line aside and makes the summary anew"
    )


def misplaced(summary: Summary, systems: Container[str], documents: Container[str] | None) -> str:
    """Return why a summary cannot be one of a run with these systems and documents (None: not known); "" if it can."""
    if summary.system not in systems:
        return f"system: {summary.system!r} is not in the run"
    if documents is not None and summary.document not in documents:
        return f"document: {summary.document!r} is not in the run"
    return "" if summary.draw >= 1 else f"draw: expected 1 or more, got {summary.draw}"


def doubled(file: Path, number: int, summary: Summary) -> RunError:
    """Return the error for a line with a summary of a draw that a line before it has."""
    return RunError(
        f"{file}, line {number}: a second summary of {summary.document!r} by {summary.system}, draw {summary.draw}"
    )


def numbered_lines(file: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number of each line of a journal, the byte at which it begins, and its text, without its end.

    A last line that was torn off is left out, as is everything where there is no journal. Raises RunError for one that
    cannot be read.
    """
    start = 0
    try:
        with file.open("rb") as content:
            for number, text in enumerate(content, 1):
                if text.endswith(b"\n"):
                    yield number, start, text[:-1]
                    start += len(text)
    except FileNotFoundError:
        return
    except OSError as failure:
        raise RunError(f"{file}: cannot be read: {failure.strerror}") from None


def set_aside(file: Path, bad: Mapping[int, str]) -> None:
    """Move lines, byte for byte, to `summaries.jsonl.bad` beside the journal; a warning names the first of them.

    `bad` says by number what is wrong with each. Raises RunError when the disk does not take it.
    """
    aside = file.with_name(BAD)
    before = files.read_bytes(aside) or b""
    # The copy is whole before the journal loses a line.
    with files.replacing(aside) as content:
        content.write(before)
        content.writelines(text + b"\n" for number, _, text in numbered_lines(file) if number in bad)
    with files.replacing(file) as content:
        content.writelines(text + b"\n" for number, _, text in numbered_lines(file) if number not in bad)
    first = min(bad)
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    _LOG.warning("%s, line %d: %s%s: set aside in %s, to be made again", file, first, bad[first], more, aside.name)


def _whole_size(file: BinaryIO) -> int:
    """Return at which byte the last whole line of a journal ends."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _LAST)
        file.seek(start)
        if (found := file.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


class Journal:
    """Appends summaries to a run's journal.

    Each line reaches the operating system at once, so that nothing written is lost when this process is killed, and
    the disk within about a second, in case the machine goes down.
    """

    def __init__(self, file: Path) -> None:
        """Open the journal, cutting off a torn last line; raise RunError when it cannot be written."""
        self._path = file
        try:
            self._file = files.appending(file)
            self._size = _whole_size(self._file)
            self._file.truncate(self._size)
        except OSError as error:
            raise RunError(f"{file}: cannot be written: {error.strerror}") from None
        self._synced = time.monotonic()

    def append(self, summary: Summary) -> int:
        """Write a summary, and return at which byte its line begins; raise RunError when the disk does not take it."""
        return self.extend((summary,))[0]

    def extend(self, summaries: Iterable[Summary]) -> list[int]:
        """Write several summaries, together, and return at which bytes their lines begin.

        Raises RunError when the disk does not take them.
        """
        lines = list(map(line, summaries))
        starts = list(accumulate(map(len, lines), initial=self._size))
        content = b"".join(lines)
        try:
            if self._file.write(content) != len(content):
                raise RunError(f"{self._path}: the disk took only a part of a line: is it full?")
            if time.monotonic() - self._synced >= _SYNC_SECONDS:
                self._sync()
        except OSError as error:
            raise RunError(f"{self._path}: cannot be written: {error.strerror}") from None
        self._size = starts.pop()
        return starts

    def _sync(self) -> None:
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._sync()
        except OSError as failure:
            raise RunError(f"{self._path}: cannot be written: {failure.strerror}") from None
        finally:
            self._file.close()
