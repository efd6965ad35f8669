"""The lock of a run at an address: an object that its writer renews, and that another takes over when it is stale."""

import json
import logging
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from typing import Any
from typing import Self

from sumbench.errors import BenchError
from sumbench.errors import RunError
from sumbench.storage import Objects

FILE = ".lock"

RENEWED = 20.0
"""Seconds between two renewals."""

STALE = 120.0
"""Seconds without a renewal after which the writer is taken for dead."""

_LOG = logging.getLogger(__name__)


@dataclass
class RemoteLock:
    """Holds the lock object of a run while the context is open.

    Where the storage has conditional puts, one of two writers that begin at once is refused; elsewhere each looks again
    after it wrote, and the last one stays. A lock is stale when its writer ran on this machine and is dead, or when it
    was not renewed for `STALE` seconds by the clocks of the two machines.
    """

    objects: Objects
    _writer: str = field(default_factory=lambda: secrets.token_hex(16), init=False)
    _since: str = field(default="", init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _fault: str = field(default="", init=False)

    def __enter__(self) -> Self:
        """Take the lock; raise RunError, naming host, process and time, where another writer has it."""
        self._since = _now()
        if not self.objects.create(FILE, self._content()):
            other = self._other()
            if other is not None and (alive := _alive(other)):
                raise RunError(f"{self.objects.address}: another process is writing this run: {alive}")
            if other is not None:
                _LOG.warning("%s: taken over from %s, which is dead", self.objects.address, _who(other))
            self.objects.remove(FILE)
            self.objects.create(FILE, self._content())
        self.check()
        self._thread = threading.Thread(target=self._renew, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lock back, where it is still ours."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            if self._ours():
                self.objects.remove(FILE)
        except BenchError as error:
            _LOG.warning("%s: its lock stays, and is stale in %.0f s", error, STALE)

    def check(self) -> None:
        """Raise RunError where another writer has taken the lock over: nothing more may be written."""
        if not self._fault and not self._ours():
            other = self._other()
            who = "removed" if other is None else f"taken over by {_who(other)}"
            self._fault = f"{self.objects.address}: its lock was {who}: this process writes nothing more there"
        if self._fault:
            raise RunError(self._fault)

    def _ours(self) -> bool:
        other = self._other()
        return other is not None and other.get("writer") == self._writer

    def _other(self) -> dict[str, Any] | None:
        content = self.objects.read(FILE)
        if content is None:
            return None
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def _content(self) -> bytes:
        import psutil

        me = psutil.Process()
        said = {
            "writer": self._writer,
            "host": socket.gethostname(),
            "process": me.pid,
            "begun": me.create_time(),
            "since": self._since,
            "renewed": time.time(),
        }
        return json.dumps(said).encode()

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED):
            try:
                self.check()
                self.objects.put(FILE, self._content())
            except BenchError as error:
                _LOG.warning("%s", error)
                if self._fault:
                    return


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _who(lock: dict[str, Any]) -> str:
    return f"process {lock.get('process', '?')} on {lock.get('host', '?')}, since {lock.get('since', '?')}"


def _alive(lock: dict[str, Any]) -> str:
    """Return in words who has a lock and for how long it holds without a sign of life; "" where it is stale."""
    if lock.get("host") == socket.gethostname() and not _runs_here(lock):
        return ""
    renewed = lock.get("renewed")
    age = time.time() - renewed if isinstance(renewed, int | float) else STALE
    if age >= STALE:
        return ""
    left = STALE - max(age, 0.0)
    return f"{_who(lock)}; if it has died, give the command again in {left:.0f} s"


def _runs_here(lock: dict[str, Any]) -> bool:
    """Tell whether a lock's process runs on this machine, and is not a later one of the same number."""
    import psutil

    number, begun = lock.get("process"), lock.get("begun")
    if not isinstance(number, int) or not isinstance(begun, int | float):
        return False
    try:
        return abs(psutil.Process(number).create_time() - begun) < 1 and number != 0
    except psutil.Error:
        return False
