"""An actor of a Ray cluster as a worker process: placed, checked, sent orders, heard."""

import logging
import os
import platform
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from sumbench.errors import failure_line
from sumbench.errors import failure_reason
from sumbench.errors import one_line
from sumbench.executors import messages
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.messages import ChunkBroken
from sumbench.executors.messages import ImportModules
from sumbench.executors.messages import LoadSystem
from sumbench.executors.messages import Order
from sumbench.executors.messages import Reply
from sumbench.executors.ray.cluster import library
from sumbench.executors.subprocess import LateError

PLACING_SECONDS = 60.0
"""After so long without room in the cluster a waiting worker says so, and one in the place of a lost one gives up."""

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 1.0


class RefusedError(Exception):
    """A worker that is not to be used: it would compute otherwise than this machine says; the message says why."""


class PlacedActor:
    """An actor that was asked for: on one CPU and so many GPUs of some node, as soon as one has them."""

    def __init__(self, kind: type, gpus: float) -> None:
        """Ask the cluster for an actor of the class `kind`, which derives from `OnNode`."""
        # One hash seed for all, since the order of sets decides ties in some libraries; and as many threads as the
        # actor has CPUs: one, unless the environment here says how many.
        threads = {name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        environment = {"env_vars": {"PYTHONHASHSEED": "0", **threads}}
        options = {"num_cpus": 1, "num_gpus": gpus, "max_restarts": 0, "runtime_env": environment}
        self.handle: Any = library().remote(**options)(kind).remote()
        self._gpus = gpus
        self._report: Any = self.handle.report.remote()

    def wait(self, needed: Callable[[], bool]) -> bool:
        """Wait for its place as long as it is `needed`, and say when that takes long; tell whether it has one.

        Raises RefusedError for a place where another version of sumbench or Python is installed, and for one where it
        cannot be started.
        """
        begun, said = time.monotonic(), False
        while needed():
            if self.placed(_POLL_SECONDS):
                return True
            if not said and time.monotonic() - begun > PLACING_SECONDS:
                said = True
                _LOG.warning("%s", self._waiting())
        return False

    def placed(self, seconds: float) -> bool:
        """Wait up to so many seconds for its place; tell whether it has one. Raises RefusedError as `wait` does."""
        ray = library()
        done, _ = ray.wait([self._report], timeout=seconds)
        if done:
            try:
                theirs = ray.get(self._report)
            except ray.exceptions.RayError as error:
                raise RefusedError(f"its worker could not be started: {why_lost(error)}") from None
            if reason := difference(installed(), theirs):
                raise RefusedError(f"the worker on node {theirs['node']} has {reason}: install the same on every node")
        return bool(done)

    def _waiting(self) -> str:
        ray = library()
        total, free = ray.cluster_resources(), ray.available_resources()
        kinds = {"CPU": 1.0, **({"GPU": self._gpus} if self._gpus else {})}
        wants = " and ".join(f"{number:g} {kind}" for kind, number in kinds.items())
        has = " and ".join(f"{free.get(kind, 0):g} of {total.get(kind, 0):g} {kind}s" for kind in kinds)
        return f"a worker waits for room in the cluster since {PLACING_SECONDS:g} s: it wants {wants}, free are {has}"

    def kill(self) -> None:
        """End it, without waiting."""
        library().kill(self.handle)


class OnNode:
    """What runs on the node."""

    def report(self) -> Mapping[str, str]:
        """Say what is installed there, and which node it is."""
        return {**installed(), "node": platform.node()}


def installed() -> dict[str, str]:
    """Return the versions that a worker must have in common with the process that uses it."""
    return {"sumbench": version("sumbench"), "Python": ".".join(platform.python_version_tuple()[:2])}


def difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Return in words what `theirs` has otherwise than `ours`, "" for nothing."""
    unlike = [name for name, mine in ours.items() if theirs.get(name) != mine]
    return ", ".join(f"{name} {theirs.get(name, 'missing')} (here {ours[name]})" for name in unlike)


class ActorProcess:
    """An actor that loads systems and summarizes on orders, as a worker process does."""

    def __init__(self, gpus: float) -> None:
        """Ask the cluster for it."""
        self.actor = PlacedActor(_ServiceActor, gpus)
        self._heard: queue.Queue[tuple[float, Reply | str]] = queue.Queue()

    def send(self, order: Order) -> None:
        """Send an order; raise BrokenOffError for one that cannot be sent."""
        try:
            content = messages.encode(order)
            modules = order.modules if isinstance(order, ImportModules) else ()
            files = {file: Path(file).read_bytes() for _, file in modules}
        except (TypeError, ValueError, OSError) as failure:
            raise BrokenOffError(f"cannot be sent to a worker: {failure_reason(failure)}") from None
        replies = self.actor.handle.obey.options(num_returns="streaming").remote(content, files)
        threading.Thread(target=self._listen, args=(replies,), daemon=True).start()

    def receive(self, timeout: float | None = None) -> tuple[float, Reply]:
        """Return the next reply and when it came; raise LateError or BrokenOffError as a worker process does."""
        try:
            heard, reply = self._heard.get(timeout=timeout)
        except queue.Empty:
            raise LateError(f"no summary within {timeout:g} s") from None
        if isinstance(reply, str):
            raise BrokenOffError(reply)
        return heard, reply

    def kill(self) -> None:
        """Kill it, without waiting."""
        self.actor.kill()

    def end(self) -> None:
        """End it at once."""
        self.kill()

    def _listen(self, replies: Iterable[Any]) -> None:
        ray = library()
        try:
            for reference in replies:
                self._heard.put((time.monotonic(), messages.reply(ray.get(reference))))
        except ray.exceptions.RayError as error:
            self._heard.put((time.monotonic(), f"its worker was lost: {why_lost(error)}"))
        except msgspec.MsgspecError as error:
            self._heard.put((time.monotonic(), f"what the system wrote is no summary: {error}"))
        except Exception as error:  # noqa: BLE001 - a client that lost the cluster raises what it likes
            self._heard.put((time.monotonic(), f"its worker was lost: {failure_line(error)}"))


class _ServiceActor(OnNode):
    """The service of a worker process, whose replies are streamed."""

    def __init__(self) -> None:
        from sumbench.executors.worker import Service

        self._replies: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self._service = Service(self._replies.put)

    def obey(self, content: bytes, files: Mapping[str, bytes]) -> Iterator[bytes]:
        """Carry out an order, for which the plug-in `files` are needed, and yield the replies as they come."""

        def work() -> None:
            try:
                self._service.obey(_for_node(content, files))
            except BaseException as error:  # noqa: BLE001 - nobody else learns how a thread ended
                self._replies.put(ChunkBroken(f"its worker was ended: {failure_line(error)}"))
            self._replies.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (reply := self._replies.get()) is not None:
            yield messages.encode(reply)


def _for_node(content: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return an order as a node carries it out: with the paths of its own files, and a limit beside what Ray takes."""
    order = messages.order(content)
    if isinstance(order, ImportModules):
        return messages.encode(
            ImportModules(tuple((name, local_file(file, files[file])) for name, file in order.modules))
        )
    if isinstance(order, LoadSystem) and order.memory_limit is not None:
        return messages.encode(msgspec.structs.replace(order, memory_limit=order.memory_limit + _mapped()))
    return content


def local_file(path: str, content: bytes) -> str:
    """Return the path of a file with this content on this node: the same where it is there, too, else of a copy."""
    own = Path(path)
    try:
        if own.read_bytes() == content:
            return path
    except OSError:
        pass
    copy = Path(tempfile.mkdtemp(prefix="sumbench-")) / own.name
    copy.write_bytes(content)
    return str(copy)


def _mapped() -> int:
    """Return the bytes of addresses that this process has: Ray maps its object store and more before any work."""
    import psutil

    return int(psutil.Process().memory_info().vms)


def why_lost(error: Exception) -> str:
    """Return why Ray lost an actor in one line, short enough for the note of a table."""
    line = one_line(str(error))
    return line if len(line) < 200 else f"{line[:199]}…"  # noqa: PLR2004 - it stands in a table's note
