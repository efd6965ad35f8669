"""The worker process: loads systems, summarizes the chunks it is sent, and reports time and memory.

`python -m sumbench.executors.worker` reads frames with the orders of `messages` from stdin and writes frames with its
replies to stdout. It ends at once when stdin is closed, so that it never outlives its parent.
"""

import gc
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import BinaryIO

import msgspec

from sumbench import plugins
from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.errors import failure_reason
from sumbench.executors import messages
from sumbench.executors import peaks
from sumbench.executors.messages import ChunkBroken
from sumbench.executors.messages import ChunkDone
from sumbench.executors.messages import ImportModules
from sumbench.executors.messages import LoadSystem
from sumbench.executors.messages import Reply
from sumbench.executors.messages import SummarizeChunk
from sumbench.executors.messages import SummaryWritten
from sumbench.executors.messages import SystemLoaded
from sumbench.executors.messages import SystemRefused
from sumbench.executors.protocol import Assignment

if TYPE_CHECKING:
    from sumbench.systems import Summarizer


class Service:
    """Handles the orders of the parent process: one system after the other, each over many chunks."""

    def __init__(self, say: Callable[[Reply], None]) -> None:
        """Start without a system; `say` sends replies."""
        self._say = say
        self._summarize: Summarizer | None = None
        self._made: dict[str, frozenset[int]] = {}
        self._fault: str | None = None
        self._systems = 0
        self._measured = True

    def obey(self, content: bytes) -> None:
        """Carry out the order in a frame's content, and reply."""
        try:
            order = messages.order(content)
        except msgspec.MsgspecError as error:
            self._say(ChunkBroken(f"the worker cannot read what it was sent: {error}"))
            return
        match order:
            case ImportModules(modules):
                self._import(modules)
            case LoadSystem():
                self._load(order)
            case SummarizeChunk():
                self._work(order)

    def _import(self, modules: tuple[tuple[str, str], ...]) -> None:
        self._fault = None
        for name, file in modules:
            try:
                plugins.load_file(Path(file), name)
            except UsageError as error:
                self._fault = str(error)
                return

    def _load(self, order: LoadSystem) -> None:
        self._summarize = None
        if self._fault is not None:
            self._say(SystemRefused(self._fault))
            return
        _limit(order.memory_limit)
        # In a shared process, memory is reported only if the peak can be reset before each system.
        self._measured = peaks.reset() or self._systems == 0
        self._systems += 1
        try:
            assignment = _unpickled(order.assignment)
            _check_fingerprint(assignment, order.expected)
            start = time.perf_counter()
            with uncollected():
                self._summarize = assignment.system.load(replace(assignment.context, made=self._made))
        except Exception as failure:  # noqa: BLE001 - a system that cannot be loaded is a result
            self._say(SystemRefused(failure_reason(failure)))
            return
        self._say(SystemLoaded(time.perf_counter() - start))

    def _work(self, order: SummarizeChunk) -> None:
        if self._summarize is None:
            self._say(ChunkBroken("no system is loaded"))
            return
        self._made.clear()
        self._made.update(order.made)
        try:
            for summary in self._summarize(order.documents):
                self._say(SummaryWritten(summary))
        except Exception as failure:  # noqa: BLE001 - the parent hands over again what is not done
            self._say(ChunkBroken(failure_reason(failure)))
            return
        requests = getattr(self._summarize, "requests", None)
        self._say(ChunkDone(peaks.memory() if self._measured else None, peaks.gpu_memory(), requests))


def _unpickled(content: bytes) -> Assignment:
    try:
        assignment = pickle.loads(content)  # noqa: S301 - from the parent process
    except Exception as failure:
        raise SummarizerError(f"cannot be rebuilt in a worker process: {failure_reason(failure)}") from failure
    if not isinstance(assignment, Assignment):
        raise SummarizerError(f"cannot be rebuilt in a worker process: it became a {type(assignment).__name__}")
    return assignment


def _check_fingerprint(assignment: Assignment, expected: Mapping[str, Any] | None) -> None:
    """Raise SummarizerError where the system would compute otherwise here than where its fingerprint was taken."""
    if expected is None:
        return
    here = messages.as_received(assignment.system.fingerprint())
    unlike = [key for key in {**expected, **here} if here.get(key) != expected.get(key)]
    if unlike:
        said = ", ".join(f"{key} {here.get(key)} (there {expected.get(key)})" for key in unlike)
        raise SummarizerError(f"its worker has other versions or files than the process that started the run: {said}")


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch garbage collection off in the context, and exempt from it for good what is loaded by its end.

    Loading a model creates many objects, none of them garbage: scanning them again and again takes a fifth of the
    loading time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _limit(memory: int | None) -> None:
    if memory is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


class _Stdin:
    """Standard input below Python's buffers, whose locks a waiting thread would hold when the interpreter ends."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        content = bytearray()
        while len(content) < size and (part := os.read(sys.stdin.fileno(), min(size - len(content), 1 << 20))):
            content += part
        return bytes(content)


def _listen(orders: "queue.SimpleQueue[bytes]") -> None:
    stdin = _Stdin()
    while (content := messages.receive(stdin)) is not None:
        orders.put(content)
    with suppress(OSError, AttributeError):
        # The parent has started this process as the first of a group: what a system has started goes with it.
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _own_stdout() -> BinaryIO:
    """Return what was stdout, for messages alone: what libraries print goes to stderr."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def main() -> None:
    """Carry out orders from stdin until it is closed."""
    replies = _own_stdout()
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    def say(reply: Reply) -> None:
        replies.write(messages.frame(reply))
        replies.flush()

    service = Service(say)
    while True:
        service.obey(orders.get())


if __name__ == "__main__":
    main()
