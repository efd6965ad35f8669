"""Runs a system in a subprocess; restarts it after a crash."""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import replace
from typing import IO
from typing import Any
from typing import Protocol

import msgspec
import psutil

from sumbench import plugins
from sumbench.errors import failure_reason
from sumbench.executors import messages
from sumbench.executors.attempts import Attempts
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.messages import ChunkBroken
from sumbench.executors.messages import ChunkDone
from sumbench.executors.messages import ImportModules
from sumbench.executors.messages import LoadSystem
from sumbench.executors.messages import Order
from sumbench.executors.messages import Reply
from sumbench.executors.messages import SummarizeChunk
from sumbench.executors.messages import SummaryWritten
from sumbench.executors.messages import SystemLoaded
from sumbench.executors.messages import SystemRefused
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent


class LateError(BrokenOffError):
    """Nothing was heard from a process for as long as it was given."""


class Process(Protocol):
    """A process, here or elsewhere, that loads systems and summarizes on orders."""

    def send(self, order: Order) -> None:
        """Send an order; raise BrokenOffError for one that cannot be sent."""

    def receive(self, timeout: float | None = None) -> tuple[float, Reply]:
        """Return the next reply, and the time at which it arrived (monotonic).

        Raises LateError when there is none within `timeout` seconds, BrokenOffError when there will be none.
        """

    def kill(self) -> None:
        """Kill it, without waiting; whoever waits for a reply learns of it."""

    def end(self) -> None:
        """End it at once."""


class WorkerProcess:
    """A child process that loads systems and summarizes on orders of this parent."""

    def __init__(self, threads: int | None = None) -> None:
        """Start it, with no system yet; its libraries use so many `threads`, unless the environment says how many."""
        # A session of its own, so that Ctrl-C reaches the parent alone, which then ends the worker. One hash seed for
        # all, since the order of sets decides ties in some libraries. -P, so that no file of the current folder is
        # imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sumbench.executors.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**_threads(threads), **os.environ, "PYTHONHASHSEED": "0"},
        )
        self._heard: queue.Queue[tuple[float, Reply | str | None]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it is running."""
        return self._process.poll() is None

    def send(self, order: Order) -> None:
        """Send an order; raise BrokenOffError for one that cannot be sent.

        A process that has died is noticed by the next `receive`.
        """
        try:
            content = messages.frame(order)
        except (TypeError, ValueError) as failure:
            raise BrokenOffError(f"cannot be sent to a worker process: {failure_reason(failure)}") from None
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).write(content)
            _pipe(self._process.stdin).flush()

    def receive(self, timeout: float | None = None) -> tuple[float, Reply]:
        """Return the next reply, and the time at which it arrived (monotonic).

        Raises LateError when there is none within `timeout` seconds (None: whenever it comes), BrokenOffError when the
        process has ended, or when what it said is no reply.
        """
        try:
            heard, reply = self._heard.get(timeout=timeout)
        except queue.Empty:
            raise LateError(f"no summary within {timeout:g} s") from None
        if reply is None:
            raise BrokenOffError(_death(self._process.wait()))
        if isinstance(reply, str):
            raise BrokenOffError(reply)
        return heard, reply

    def kill(self) -> None:
        """Kill it, without waiting; whoever waits for a reply learns of it."""
        _kill_with_children(self._process)

    def end(self) -> None:
        """End it at once: a process with torch takes more than a second to end by itself."""
        _kill_with_children(self._process)
        self._process.wait()
        _pipe(self._process.stdout).close()
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._process.stdin).close()

    def _listen(self) -> None:
        """Queue replies as they arrive, and None at the end."""
        try:
            while (content := messages.receive(_pipe(self._process.stdout))) is not None:
                self._heard.put((time.monotonic(), messages.reply(content)))
        except msgspec.MsgspecError as error:
            self._heard.put((time.monotonic(), f"what the system wrote is no summary: {error}"))
        except messages.FrameError as error:
            self._heard.put((time.monotonic(), f"its process wrote something else than messages: {error}"))
        except (ValueError, OSError):
            # The pipe was closed by `end`.
            self._heard.put((time.monotonic(), None))
        else:
            self._heard.put((time.monotonic(), None))


class SharedWorker:
    """A worker process that several systems use one after the other, as long as none of them breaks it."""

    def __init__(self) -> None:
        """Start without a process."""
        self._idle: WorkerProcess | None = None

    def take(self) -> WorkerProcess:
        """Return the process, a new one where there is none that lives."""
        idle, self._idle = self._idle, None
        if idle is not None and not idle.alive:
            idle.end()
            idle = None
        return idle or WorkerProcess()

    def give_back(self, process: WorkerProcess) -> None:
        """Keep the process for the next system."""
        self.close()
        self._idle = process

    def close(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.end()
        self._idle = None


class SubprocessAttempts(Attempts):
    """One system's work in processes of its own, or in one that it shares with others before and after it.

    `timeout` is the seconds that a document may take (loading not counted): documents are then passed one at a
    time from the start. `load_timeout` is the seconds that loading may take, `memory_limit` bounds the process' address
    space (bytes). None is no limit. `threads` is how many its libraries use, None for as many as they like.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a process is given
        self,
        assignment: Assignment,
        timeout: float | None = None,
        memory_limit: int | None = None,
        shared: SharedWorker | None = None,
        load_timeout: float | None = None,
        threads: int | None = None,
    ) -> None:
        """Start without a process: the first chunk starts it."""
        super().__init__(assignment, singly=timeout is not None)
        self._timeout = timeout
        self._memory_limit = memory_limit
        self._load_timeout = load_timeout
        self._shared = shared
        self._threads = threads
        self._process: Process | None = None
        self._loaded = False

    def _attempt(self, chunk: Chunk) -> Iterator[Event]:
        if self._process is None:
            self._process = self.start()
        process = self._process
        if not self._loaded:
            event = self._load(process)
            yield event
            if isinstance(event, LoadFailed):
                return
        process.send(SummarizeChunk(chunk.documents, dict(chunk.made)))
        yield from self._work(process)

    def start(self) -> "Process":
        """Return a process to work in: a new one, or the shared one."""
        return WorkerProcess(self._threads) if self._shared is None else self._shared.take()

    def expected(self) -> Mapping[str, Any] | None:
        """Return the fingerprint that the system must have where it is loaded; None where it can have no other."""
        return None

    def _load(self, process: "Process") -> Loaded | LoadFailed:
        system, context = self.assignment.system, self.assignment.context
        try:
            content = pickle.dumps(replace(self.assignment, context=replace(context, made={})))
        except Exception as failure:  # noqa: BLE001 - a system that cannot be handed over cannot be loaded
            return LoadFailed(
                f"cannot be sent to a worker process: {failure_reason(failure)}: its options must be plain values, or "
                "functions and classes that stand in a module"
            )
        process.send(ImportModules(tuple((name, str(file)) for name, file in plugins.files_of(system))))
        expected = self.expected()
        process.send(LoadSystem(content, self._memory_limit, None if expected is None else dict(expected)))
        try:
            _, reply = process.receive(self._load_timeout)
        except LateError:
            # What hangs once hangs again: it is not tried a second time.
            self.discard()
            return LoadFailed(f"not ready within {self._load_timeout:g} s: --load-timeout gives it more")
        match reply:
            case SystemLoaded(seconds):
                self._loaded = True
                return Loaded(seconds)
            case SystemRefused(why):
                return LoadFailed(why)
            case ChunkBroken(why):
                raise BrokenOffError(why)
        raise BrokenOffError(f"the worker process answered with {type(reply).__name__} before the system was loaded")

    def _work(self, process: "Process") -> Iterator[Event]:
        """Yield the events of a chunk that was sent to the process."""
        begun = last = time.monotonic()
        try:
            while True:
                heard, reply = process.receive(self._timeout)
                answer = _of_chunk(reply)
                if isinstance(answer, ChunkDone):
                    break
                last = heard
                yield Made(answer.summary)
        except BrokenOffError:
            if last > begun:
                yield Spent(last - begun)
            raise
        yield Spent(last - begun, answer.memory, answer.gpu_memory, answer.requests)

    def interrupt(self) -> None:
        """Kill the process, from another thread."""
        if (process := self._process) is not None:
            process.kill()

    def discard(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
        self._process, self._loaded = None, False

    def done(self) -> None:
        """Give a shared process back, and end any other."""
        if isinstance(self._process, WorkerProcess) and self._shared is not None:
            self._shared.give_back(self._process)
            self._process = None
        self.discard()


def _threads(number: int | None) -> dict[str, str]:
    return {} if number is None else dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(number))


def _of_chunk(reply: Reply) -> SummaryWritten | ChunkDone:
    """Return a reply to a chunk; raise BrokenOffError for one that says, or shows, that the rest will not come."""
    if isinstance(reply, SummaryWritten | ChunkDone):
        return reply
    if isinstance(reply, ChunkBroken):
        raise BrokenOffError(reply.reason)
    raise BrokenOffError(f"the worker process answered with {type(reply).__name__} to a chunk")


def _kill_with_children(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process with everything that it has started, those that have left its process group included."""
    with contextlib.suppress(psutil.Error):
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
    process.kill()
    with contextlib.suppress(OSError, AttributeError):
        # The group is the worker's own, and outlives it as long as it has members.
        os.killpg(process.pid, signal.SIGKILL)


def _death(code: int) -> str:
    if code == -signal.SIGKILL:
        return "its process was killed (signal 9), as the system does when memory runs out"
    if code < 0:
        return f"its process died of signal {-code} ({signal.strsignal(-code) or 'unknown'})"
    return f"its process ended with exit code {code}"


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise TypeError("the process was started without pipes")
    return stream
