"""The journal of a run: every summary a line of JSON, on its way to disk before the next is begun.

A line has the fields of a Summary; one without `draw`, as earlier versions wrote them, is the first.
"""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

from sumbench.errors import RunError
from sumbench.records import Summary

FILE = "summaries.jsonl"

_SYNC_SECONDS = 1.0
_FIELDS = tuple(field.name for field in fields(Summary))


def line(summary: Summary) -> str:
    """Return the summary as a line of JSON."""
    return json.dumps({name: getattr(summary, name) for name in _FIELDS}, ensure_ascii=False) + "\n"


def read(file: Path) -> list[Summary]:
    """Read the summaries of a journal, one a line.

    A last line that was torn off is left out. Raises RunError, naming the line, for any other that is no summary.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{file}: cannot be read: {error.strerror}") from None
    whole = content[: content.rfind(b"\n") + 1]
    return [_summary(text, f"{file}, line {number}") for number, text in enumerate(whole.splitlines(), 1)]


def _summary(text: bytes, where: str) -> Summary:
    try:
        return Summary(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise RunError(f"{where}: no summary: {error}") from None


class Journal:
    """Appends summaries to a run's journal.

    Each line reaches the operating system at once, so that nothing written is lost when this process is killed, and
    the disk within about a second, in case the machine goes down.
    """

    def __init__(self, file: Path) -> None:
        """Open the journal, cutting off a torn last line; raise RunError when it cannot be written."""
        self._path = file
        try:
            self._file = file.open("a+b", buffering=0)
            self._file.seek(0)
            self._file.truncate(self._file.read().rfind(b"\n") + 1)
        except OSError as error:
            raise RunError(f"{file}: cannot be written: {error.strerror}") from None
        self._synced = time.monotonic()

    def append(self, summary: Summary) -> None:
        """Write one summary; raise RunError when the disk does not take it."""
        content = line(summary).encode()
        try:
            if self._file.write(content) != len(content):
                raise RunError(f"{self._path}: the disk took only a part of a line: is it full?")
            if time.monotonic() - self._synced >= _SYNC_SECONDS:
                self._sync()
        except OSError as error:
            raise RunError(f"{self._path}: cannot be written: {error.strerror}") from None

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
        finally:
            self._file.close()


def rewrite(file: Path, summaries: Iterable[Summary]) -> None:
    """Put the journal in its final order, in one step that cannot be seen half done.

    Raises RunError when the disk does not take it; the journal then stays as it was.
    """
    beside = file.with_suffix(".part")
    try:
        with beside.open("w", encoding="utf-8") as lines:
            lines.writelines(map(line, summaries))
            lines.flush()
            os.fsync(lines.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RunError(f"{file}: cannot be put in order: {error.strerror or error}") from None
