"""Runs a system by several workers at once, each on chunks of its own (data parallel)."""

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from sumbench.executors.attempts import Attempts
from sumbench.executors.attempts import failures
from sumbench.executors.attempts import rest
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Spent

PIECES = 4
"""Into about so many pieces a worker a chunk is cut, so that none waits long for the others at the end."""

_STOPPED = "stopped"
_PATIENCE = 0.1


@dataclass(frozen=True)
class Pool:
    """Workers that share the chunks of one system.

    What a worker that is given up (it cannot be loaded, or died again and again) has left goes back to the others; when
    all are given up, the rest fails. Loading counts once, as long as the first took; working time is from the first
    worker's readiness to the end.
    """

    workers: Sequence[Attempts]

    def run(self, chunks: Iterable[Chunk]) -> Events:
        """Yield the events of all workers as they happen."""
        backlog = _Backlog(_pieces(chunks, PIECES * len(self.workers)))
        heard: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=_serve, args=(worker, backlog, heard), daemon=True) for worker in self.workers
        ]
        for thread in threads:
            thread.start()
        try:
            yield from self._events(heard, len(threads))
            yield from self._left(backlog)
        finally:
            self._stop(backlog, threads)

    def _events(self, heard: "queue.SimpleQueue[Event | BaseException | None]", working: int) -> Iterator[Event]:
        """Yield what the workers say, of loading the first; the time that all took comes last."""
        begun: float | None = None
        timed = False
        while working:
            event = heard.get()
            match event:
                case None:
                    working -= 1
                case BaseException():
                    raise event
                case LoadFailed():
                    # Of a single worker; whether it is the system's failure is known when all are done.
                    pass
                case Loaded():
                    if begun is None:
                        begun = time.monotonic()
                        yield event
                case Spent(seconds):
                    timed = timed or seconds is not None
                    yield replace(event, seconds=None)
                case _:
                    yield event
        if begun is not None and timed:
            yield Spent(time.monotonic() - begun)

    def _left(self, backlog: "_Backlog") -> Iterator[Event]:
        """Yield the failures of what no worker could do."""
        reason = next((worker.given_up for worker in self.workers if worker.given_up is not None), "")
        samples = self.workers[0].assignment.system.samples
        for number, chunk in enumerate(backlog.remaining()):
            if not number and all(worker.failed_to_load for worker in self.workers):
                yield LoadFailed(reason)
            yield from failures(chunk.wanted(samples), reason)

    def _stop(self, backlog: "_Backlog", threads: Sequence[threading.Thread]) -> None:
        """End all workers, also those that are in the middle of a chunk."""
        backlog.stop()
        for worker in self.workers:
            worker.given_up = worker.given_up or _STOPPED
        while any(thread.is_alive() for thread in threads):
            for worker, thread in zip(self.workers, threads, strict=True):
                if thread.is_alive():
                    worker.interrupt()
            for thread in threads:
                thread.join(_PATIENCE)


def _serve(worker: Attempts, backlog: "_Backlog", heard: "queue.SimpleQueue[Event | BaseException | None]") -> None:
    """Work on one chunk after the other until there is none, or the worker is given up."""
    try:
        if not worker.ready(backlog.needed):
            return
        while (chunk := backlog.take()) is not None:
            try:
                steps = worker.work_on(chunk)
                while True:
                    try:
                        heard.put(next(steps))
                    except StopIteration as end:
                        left = end.value
                        break
                if left:
                    backlog.give_back(rest(chunk, left, worker.assignment.system.samples))
                    return
            finally:
                backlog.ended()
    except BaseException as error:  # noqa: BLE001 - raised again where the events are read
        heard.put(error)
    finally:
        try:
            worker.done()
        except BaseException as error:  # noqa: BLE001 - as above
            heard.put(error)
        heard.put(None)


def _pieces(chunks: Iterable[Chunk], number: int) -> Iterator[Chunk]:
    """Cut each chunk into so many pieces at most."""
    for chunk in chunks:
        size = -(-len(chunk.documents) // number)
        for start in range(0, len(chunk.documents), size):
            documents = chunk.documents[start : start + size]
            made = {document.id: chunk.made[document.id] for document in documents if document.id in chunk.made}
            yield Chunk(documents, made)


@dataclass
class _Backlog:
    """The chunks that are still to be worked on; several threads take from them."""

    chunks: Iterator[Chunk]
    returned: deque[Chunk] = field(default_factory=deque)
    changed: threading.Condition = field(default_factory=threading.Condition)
    ahead: deque[Chunk] = field(default_factory=deque)
    busy: int = 0
    stopped: bool = False

    def take(self) -> Chunk | None:
        """Return the next chunk; None when there is none, and no worker is left that might give one back."""
        with self.changed:
            while not self.stopped:
                waiting = self.returned or self.ahead
                chunk = waiting.popleft() if waiting else next(self.chunks, None)
                if chunk is not None:
                    self.busy += 1
                    return chunk
                if not self.busy:
                    return None
                self.changed.wait()
            return None

    def needed(self) -> bool:
        """Tell whether there is, or may be, a chunk for one more worker."""
        with self.changed:
            if self.stopped:
                return False
            if not self.returned and not self.ahead and (chunk := next(self.chunks, None)) is not None:
                self.ahead.append(chunk)
            return bool(self.returned or self.ahead or self.busy)

    def give_back(self, chunk: Chunk) -> None:
        """Leave a chunk to another worker."""
        with self.changed:
            self.returned.append(chunk)

    def ended(self) -> None:
        """Note that a worker is done with the chunk that it took."""
        with self.changed:
            self.busy -= 1
            self.changed.notify_all()

    def stop(self) -> None:
        """Give out no more chunks."""
        with self.changed:
            self.stopped = True
            self.changed.notify_all()

    def remaining(self) -> Iterator[Chunk]:
        """Yield what nobody took."""
        yield from self.returned
        yield from self.ahead
        yield from self.chunks
