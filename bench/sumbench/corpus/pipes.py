"""Reads pipes: standard input (`-`), FIFOs, what a shell's `<(…)` names.

What comes through one is kept in a temporary file, so that it can be looked at, read more than once and fingerprinted
as a file can. It has no suffix: its content says what it is.
"""

import os
import re
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sumbench.errors import CorpusError
from sumbench.errors import UsageError

STDIN = "-"

_STDIN = frozenset({STDIN, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
_OPEN = re.compile(r"/dev/stdin|(?:/dev|/proc/(?:self|\d+))/fd/\d+")


def is_pipe(path: Path) -> bool:
    """Tell whether a path is that of a pipe: `-`, an open file of this process, or what is neither file nor folder."""
    if str(path) == STDIN or _OPEN.fullmatch(str(path)):
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def pipe_name(path: Path) -> str:
    """Return what a pipe is called in tables; "" for one that has a name of its own, and for what is none."""
    if str(path) in _STDIN:
        return "stdin"
    return "pipe" if _OPEN.fullmatch(str(path)) else ""


def local_file(path: Path) -> Path:
    """Return the file that holds the content of a pipe, and of anything else the path itself; raise CorpusError.

    A pipe is read when this is first asked of it, to its end.
    """
    return _copy(_one_name(path)) if is_pipe(path) else path


@contextmanager
def kept() -> Iterator[None]:
    """Drop what came through pipes when the context ends, so that the next job reads what comes through then."""
    try:
        yield
    finally:
        if _folder.cache_info().currsize:
            _folder().cleanup()
        _folder.cache_clear()
        _copy.cache_clear()


def refuse_shared(names: Iterable[str]) -> None:
    """Raise UsageError for a pipe that is named twice: the first who reads it leaves nothing for the other."""
    counts = Counter(_one_name(path) for name in names if is_pipe(path := Path(name)))
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        what = "standard input (-)" if twice == STDIN else f"the pipe {twice}"
        raise UsageError(f"{what} can be only one of references, outputs and ids: write the others into files")


def _one_name(path: Path) -> str:
    return STDIN if str(path) in _STDIN else str(path)


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return the folder of temporary files, which is removed when it is forgotten, and when the process ends."""
    return TemporaryDirectory(prefix="sumbench-")


@cache
def _copy(name: str) -> Path:
    try:
        folder = Path(_folder().name)
        written = folder / f"pipe-{len(list(folder.iterdir()))}"
        with _source(name) as stream, written.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        size = written.stat().st_size
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read: {error.strerror or error}") from None
    if not size:
        raise CorpusError(f"{name}: nothing came through it")
    return written


def _source(name: str) -> IO[bytes]:
    """Open a pipe; raise CorpusError for a terminal or another device, which would never end."""
    if name == STDIN and sys.stdin is None:
        raise CorpusError(f"{name}: there is no standard input")
    opened = os.dup(sys.stdin.fileno()) if name == STDIN else os.open(name, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    stream = os.fdopen(opened, "rb")
    status = os.fstat(stream.fileno())
    if stat.S_ISCHR(status.st_mode) and status.st_rdev != Path(os.devnull).stat().st_rdev:
        what = "a terminal" if stream.isatty() else "a device"
        stream.close()
        raise CorpusError(f"{name}: is {what}: pipe something in, or name a file")
    return stream
