"""Reads files with one-line errors, and writes them atomically: a temporary file beside, flushed, then renamed."""

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from sumbench.errors import BenchError
from sumbench.errors import RunError
from sumbench.visible import visible

# Temporary names cannot be guessed and links are not followed, so that another user of a shared folder cannot redirect
# a write.
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_DEVICES = Path("/dev")
_BESIDE = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{16}\.part")


@contextmanager
def replacing(file: Path, error: type[BenchError] = RunError) -> Iterator[BinaryIO]:
    """Yield a new file that replaces `file` when the context ends; after an error in the context `file` is unchanged.

    The content is on disk before the name is. Raises `error`, in one line, when the disk does not take it, and for what
    is there and no file: a device that is replaced (`/dev/null`) is lost to the whole machine.
    """
    _refuse_strange(file, error)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}.part")
    try:
        with _raising(file, error):
            descriptor = os.open(beside, _CREATE, 0o666)
        with _raising(file, error, _DISK), os.fdopen(descriptor, "wb") as content:
            yield content
            content.flush()
            os.fsync(content.fileno())
        with _raising(file, error):
            beside.replace(file)
        sync_folder(file.parent)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _refuse_strange(file: Path, error: type[BenchError]) -> None:
    """Raise `error` for a path whose name is that of a folder, a device, a pipe or a socket."""
    if not file.name:
        raise error(f"{file}: cannot be written: it is a folder: name a file")
    try:
        mode = file.stat().st_mode
    except OSError:
        return
    # A link such as /dev/stdout may lead to a file, and is no less the machine's.
    if not stat.S_ISREG(mode) or (file.is_symlink() and file.parent.resolve() == _DEVICES):
        what = kind(mode if not stat.S_ISREG(mode) else stat.S_IFLNK)
        raise error(f"{file}: cannot be written: it is {what}: name a file")


@contextmanager
def _raising(file: Path, error: type[BenchError], only: Container[int | None] | None = None) -> Iterator[None]:
    """Raise `error` in place of an OSError; of those that may be about other files, `only` of these numbers."""
    try:
        yield
    except OSError as failure:
        if only is not None and failure.errno not in only:
            raise
        raise error(f"{file}: cannot be written: {failure.strerror or failure}") from None


def appending(file: Path) -> BinaryIO:
    """Open a file to append to, readable and unbuffered, made where it is not there; raise OSError for a link."""
    return open(file, "a+b", buffering=0, opener=_no_link)


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def read_bytes(file: Path, error: type[BenchError] = RunError) -> bytes | None:
    """Return the content of a file, None where there is none; raise `error`, in one line, when it cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise error(f"{file}: cannot be read: {failure.strerror}") from None


def kind(mode: int) -> str:
    """Return in words what a file of this mode (`st_mode`) is."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFLNK: "a link",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "a file")


def sha256(file: Path) -> str:
    """Return the SHA-256 (hexadecimal) of a file's content; raise OSError for one that cannot be read."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_text(file: Path, text: str, error: type[BenchError] = RunError) -> None:
    """Write a whole file of UTF-8 text; raise `error` when the disk does not take it, or the text is no Unicode."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError as failure:
        some = visible(text[max(0, failure.start - 40) : failure.end + 20])
        raise error(
            f"{file}: cannot be written: {some!r} is no Unicode text: if it is the name of a file, rename that"
        ) from None
    with replacing(file, error) as content:
        content.write(encoded)


def remove(file: Path, error: type[BenchError] = RunError) -> None:
    """Remove a file, if it is there; raise `error`, in one line, when that cannot be done."""
    try:
        file.unlink(missing_ok=True)
    except OSError as failure:
        raise error(f"{file}: cannot be removed: {failure.strerror}") from None


def sync_tree(folder: Path) -> None:
    """Put all files below a folder, and the lists of their names, on disk; raise OSError when that fails."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with (Path(parent) / name).open("rb") as content:
                os.fsync(content.fileno())
        sync_folder(Path(parent))


def sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove temporary files that killed processes left beside files of these names; no process may be writing them."""
    known = frozenset(names)
    for entry in folder.iterdir():
        if (found := _BESIDE.fullmatch(entry.name)) and found["name"] in known:
            # What cannot be removed is in nobody's way.
            with suppress(OSError):
                entry.unlink()


def sync_folder(folder: Path) -> None:
    """Put the folder's list of names on disk, where the system has a way to do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    # Some network file systems refuse this for folders; the file itself is whole by now.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
