"""Mirrors the working copy of a run to its address while the run is written, and fetches what is there before.

Each file is put whole, by one request, after it was renamed into its place here. Journals grow: their new lines are put
every few seconds as numbered parts (`summaries.jsonl.d/000001.jsonl`), and when the run is finished, or the journal was
rewritten, the whole is put and then the parts are removed.
"""

import json
import logging
import os
import threading
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from sumbench import checksums
from sumbench.errors import BenchError
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.files import replacing
from sumbench.files import write_text
from sumbench.home import address_of
from sumbench.runs import remote_lock
from sumbench.runs.lines import whole_lines
from sumbench.runs.manifest import FILE as MANIFEST
from sumbench.runs.remote_lock import RemoteLock
from sumbench.storage import Address
from sumbench.storage import Objects
from sumbench.storage.objects import Entry

SECONDS = "SUMBENCH_STORAGE_SECONDS"
"""The environment variable with the seconds between two looks at what is to be put (5)."""

_STATE = "work.json"
_LARGEST_PART = 64 << 20

_LOG = logging.getLogger(__name__)


@contextmanager
def mirrored(folder: Path, names: Sequence[str], journals: Sequence[str]) -> Iterator[None]:
    """Mirror a run's folder to its address while the context is open; nothing is done for a folder that has none.

    `names` are the files that a run may have, `journals` those of them that grow. When the context begins, the folder
    has what is at the address; when it has ended, the address has what is in the folder. Raises RunError where another
    process writes the run, StorageError for what the storage refuses, and UsageError for a `$SUMBENCH_STORAGE_SECONDS`
    that is no time.
    """
    address = address_of(folder)
    if address is None:
        yield
        return
    seconds = _seconds()
    objects = Objects(Address.parse(address))
    with RemoteLock(objects) as lock:
        mirror = Mirror(objects, folder, tuple(names), tuple(journals), lock)
        mirror.pull()
        with _putting(mirror, seconds):
            yield


def _seconds() -> float:
    given = os.environ.get(SECONDS) or "5"
    with suppress(ValueError):
        if 0 < (seconds := float(given)) <= threading.TIMEOUT_MAX:
            return seconds
    raise UsageError(f"${SECONDS}: {given!r} is no time: give seconds, more than 0")


@contextmanager
def _putting(mirror: "Mirror", seconds: float) -> Iterator[None]:
    """Put what is new every so many seconds in a thread, and all of it at the end."""
    ended = threading.Event()

    def watch() -> None:
        said = ""
        while not ended.wait(seconds):
            try:
                mirror.push()
            except (BenchError, OSError) as error:
                if str(error) != said:
                    said = str(error)
                    _LOG.warning("%s: what is made is kept in %s, and put later", said, mirror.folder.parent.parent)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        ended.set()
        thread.join()
        try:
            mirror.push()
        except (BenchError, OSError) as error:
            _LOG.warning("%s", mirror.unput(error))
        raise
    ended.set()
    thread.join()
    try:
        mirror.push()
    except (BenchError, OSError) as error:
        raise RunError(mirror.unput(error)) from error


@dataclass
class _JournalState:
    """How much of a journal is at the address: bytes and parts; `file` tells the file from one that replaced it."""

    size: int = 0
    parts: int = 0
    file: int = 0


@dataclass
class Mirror:
    """Puts the files of a folder to an address, and fetches them."""

    objects: Objects
    folder: Path
    names: Sequence[str]
    journals: Sequence[str]
    lock: RemoteLock
    _there: dict[str, Entry] = field(default_factory=dict, init=False)
    _stamps: dict[str, tuple[int, int, int]] = field(default_factory=dict, init=False)
    _grown: dict[str, _JournalState] = field(default_factory=dict, init=False)

    def unput(self, error: BaseException) -> str:
        """Return what is to be said when the last put failed."""
        kept = self.folder.parent.parent
        return f"{error}: all of the run is in {kept} on this machine: give the command again to put it"

    def pull(self) -> None:
        """Bring the folder to what is at the address.

        Where nobody wrote there since this machine did, the folder may be ahead of it, and stays as it is.
        """
        there = self._listing()
        known = self._read_state()
        if known is not None and known == there:
            return
        if there and MANIFEST not in there:
            raise RunError(f"{self.objects.address}: is not empty and holds no run: give --out another folder")
        self._there, self._stamps, self._grown = there, {}, {}
        for name in self.names:
            if name != remote_lock.FILE:
                (self.folder / name).unlink(missing_ok=True)
        for name in self.names:
            if name in self.journals:
                self._pull_journal(name)
            elif name in there:
                self.objects.get(name, self.folder / name)
                self._stamps[name] = _stamp(self.folder / name)
        self._write_state()

    def _listing(self) -> dict[str, Entry]:
        found = self.objects.listed()
        found += [entry for name in self.journals for entry in self.objects.listed(f"{name}.d")]
        return {entry.path: entry for entry in found if entry.path != remote_lock.FILE}

    def _pull_journal(self, name: str) -> None:
        parts = sorted(path for path in self._there if path.startswith(f"{name}.d/"))
        if name not in self._there and not parts:
            return
        whole = (self.objects.read(name) or b"") if name in self._there else b""
        # A process that was killed between putting the whole and removing the parts has left both.
        lines = set(whole.splitlines(keepends=True)) if parts else set()
        file = self.folder / name
        with replacing(file) as content:
            content.write(whole)
            for part in parts:
                for line in (self.objects.read(part) or b"").splitlines(keepends=True):
                    if line not in lines:
                        content.write(line)
        last = int(Path(parts[-1]).stem) if parts else 0
        self._grown[name] = _JournalState(file.stat().st_size, last, file.stat().st_ino)
        self._stamps[name] = _stamp(file)

    def push(self) -> None:
        """Put what is new in the folder; a reader finds the run whole, or unfinished, whenever this process is killed.

        The seal goes before anything changes and comes last; an unfinished manifest comes first, a finished one last.
        """
        changed = [name for name in self.names if self._is_new(name)]
        gone = [name for name in self.names if name in self._there and not (self.folder / name).exists()]
        gone += [
            name
            for name in self.journals
            if name not in gone and self._has_parts(name) and not (self.folder / name).exists()
        ]
        if not changed and not gone:
            return
        self.lock.check()
        if checksums.FILE in gone:
            self._remove(checksums.FILE)
        finished = self._is_finished()
        last = [MANIFEST, checksums.FILE] if finished else [checksums.FILE]
        first = [] if finished else [MANIFEST]
        middle = [name for name in changed if name not in (*first, *last)]
        for name in (*first, *middle, *last):
            if name not in changed:
                continue
            if name in self.journals:
                self._put_journal(name, whole=finished)
            else:
                self._put(name)
            self._write_state()
        for name in gone:
            self._remove(name)

    def _is_new(self, name: str) -> bool:
        file = self.folder / name
        if name == remote_lock.FILE or not file.exists():
            return False
        return self._stamps.get(name) != _stamp(file) or (self._has_parts(name) and self._is_finished())

    def _is_finished(self) -> bool:
        try:
            return bool(json.loads((self.folder / MANIFEST).read_bytes()).get("finished"))
        except (OSError, ValueError, AttributeError):
            return False

    def _has_parts(self, name: str) -> bool:
        return any(path.startswith(f"{name}.d/") for path in self._there)

    def _put(self, name: str) -> None:
        stamp = _stamp(self.folder / name)
        self._there[name] = self.objects.put(name, self.folder / name)
        self._stamps[name] = stamp

    def _put_journal(self, name: str, *, whole: bool) -> None:
        file = self.folder / name
        stamp = _stamp(file)
        known = self._grown.setdefault(name, _JournalState(file=stamp[2]))
        if whole or known.file != stamp[2] or stamp[1] < known.size:
            self._put(name)
            for path in [path for path in self._there if path.startswith(f"{name}.d/")]:
                self.objects.remove(path)
                del self._there[path]
            self._grown[name] = _JournalState(stamp[1], known.parts, stamp[2])
            return
        with file.open("rb") as content:
            content.seek(known.size)
            while lines := whole_lines(content.read(_LARGEST_PART)):
                known.parts += 1
                path = f"{name}.d/{known.parts:06}.jsonl"
                self._there[path] = self.objects.put(path, lines)
                known.size += len(lines)
                content.seek(known.size)
        self._stamps[name] = stamp

    def _remove(self, name: str) -> None:
        for path in [path for path in self._there if path == name or path.startswith(f"{name}.d/")]:
            self.objects.remove(path)
            del self._there[path]
        self._stamps.pop(name, None)
        self._grown.pop(name, None)
        self._write_state()

    @property
    def _state_file(self) -> Path:
        return self.folder.parent.parent / _STATE

    def _write_state(self) -> None:
        state: dict[str, Any] = {
            "there": [[entry.path, entry.size, entry.mark] for entry in self._there.values()],
            "stamps": self._stamps,
            "journals": {name: [one.size, one.parts, one.file] for name, one in self._grown.items()},
        }
        write_text(self._state_file, json.dumps(state))

    def _read_state(self) -> dict[str, Entry] | None:
        """Read what this machine knows of the address; None where it knows nothing, or the folder is not its own."""
        try:
            state = json.loads(self._state_file.read_bytes())
            self._there = {path: Entry(path, size, mark) for path, size, mark in state["there"]}
            self._stamps = {name: (one, two, three) for name, (one, two, three) in state["stamps"].items()}
            self._grown = {name: _JournalState(*values) for name, values in state["journals"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return dict(self._there)


def _stamp(file: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written or replaced: time, size, inode."""
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
