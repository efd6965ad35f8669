"""The parent's side of a worker: starts it, hears it out, and outlives its death."""

import contextlib
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from abc import ABC
from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import IO
from typing import Any

from sumbench import plugins
from sumbench.executors.worker import Task
from sumbench.records import Summary

STUBBORN = 3
"""How often in a row a worker may die without a summary before the rest of its documents is given up."""


@dataclass
class Labour(ABC):
    """A system at work, and what that took.

    `working_seconds` is the wall-clock time from the first document's start to the last one's end, the times between
    one process and the next left out; None where it was not measured. `error` says why the system could not be loaded,
    or is None.
    """

    task: Task
    load_seconds: float = field(default=0.0, init=False)
    working_seconds: float | None = field(default=None, init=False)
    memory: int | None = field(default=None, init=False)
    gpu_memory: int | None = field(default=None, init=False)
    error: str | None = field(default=None, init=False)

    @abstractmethod
    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document."""


@dataclass
class Absent(Labour):
    """A system that cannot be loaded, for a `reason` that is known beforehand."""

    reason: str

    def summaries(self) -> Iterator[Summary]:
        """Yield the failure of each draw of each document."""
        system = self.task.system
        for document in self.task.documents:
            self.error = self.reason
            for draw in self.task.context.wanted(document.id, system.samples):
                yield Summary(document.id, system.name, "", None, None, 0, None, error=self.reason, draw=draw)


@dataclass
class Inline(Labour):
    """One system at work in this very process, for those that only hand out what is there."""

    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document."""
        return self.task.system.load(self.task.context)(self.task.documents)


@dataclass
class Worker(Labour):
    """One system at work in processes of its own.

    A process that dies or takes longer than `timeout` seconds over a document (loading not counted) costs that one
    document, or what draws of it were not made; another process goes on with the rest. To know which one it was,
    documents are handed over singly once a process has died, and from the beginning where there is a time limit.
    """

    timeout: float | None = None

    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document; those that could not be made carry the reason."""
        system, context = self.task.system, self.task.context
        left = dict.fromkeys(
            (document.id, draw)
            for document in self.task.documents
            for draw in context.wanted(document.id, system.samples)
        )
        deaths = 0
        singly = self.timeout is not None
        while left:
            task = self._rest(left, singly=singly)
            before = len(left)
            death = None
            for message in self._run(task):
                if "summary" in message:
                    summary = Summary(**message["summary"])
                    left.pop((summary.document, summary.draw))
                    yield summary
                elif "error" in message:
                    self.error = death = message["error"]
                elif "death" in message:
                    death = message["death"]
            if not left:
                return
            if not (singly or self.error):
                singly = True
                continue
            reason = death or "the system ended without a summary"
            deaths = 1 if len(left) < before else deaths + 1
            broke = next(iter(left))[0]
            for document, draw in list(left):
                if document == broke or self.error or deaths >= STUBBORN:
                    del left[document, draw]
                    yield Summary(document, system.name, "", None, None, 0, None, error=reason, draw=draw)

    def _rest(self, left: Collection[tuple[str, int]], *, singly: bool) -> Task:
        """Return the task with what is `left` of it: documents by their ids, each with a draw."""
        every = range(1, self.task.system.samples + 1)
        ids = {document for document, _ in left}
        missing = ((document, [draw for draw in every if (document, draw) not in left]) for document in ids)
        made = {document: frozenset(draws) for document, draws in missing if draws}
        documents = tuple(document for document in self.task.documents if document.id in ids)
        context = replace(self.task.context, made=made)
        return replace(self.task, documents=documents, context=context, singly=singly)

    def _run(self, task: Task) -> Iterator[dict[str, Any]]:
        """Yield what one process says, and at last how it died if it did."""
        with _process(task) as process:
            messages = _messages(process)
            begun: float | None = None
            while True:
                try:
                    heard, message = messages.get(timeout=None if begun is None else self.timeout)
                except queue.Empty:
                    yield {"death": f"no summary within {self.timeout:g} s"}
                    return
                if message is None:
                    break
                if "summary" in message and begun is not None:
                    self.working_seconds = (self.working_seconds or 0.0) + heard - begun
                    begun = heard
                if "loaded" in message:
                    begun = heard
                    self.load_seconds += message["loaded"]["seconds"]
                elif "spent" in message:
                    self.memory = max(self.memory or 0, message["spent"]["memory"] or 0) or None
                    self.gpu_memory = max(self.gpu_memory or 0, message["spent"]["gpu_memory"] or 0) or None
                    # This is its last word: a process with torch takes more than a second to end by itself.
                    return
                else:
                    yield message
            code = process.wait()
        if code:
            yield {"death": _death(code)}


def _death(code: int) -> str:
    if code == -signal.SIGKILL:
        return "its process was killed (signal 9), as the system does when memory runs out"
    if code < 0:
        return f"its process died of {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"


@contextlib.contextmanager
def _process(task: Task) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own, so that Ctrl-C reaches the parent alone, which then ends the worker. One hash seed for all,
    # since the order of sets decides ties in some libraries. -P, so that no file of the current folder is imported.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "sumbench.executors.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    try:
        with contextlib.suppress(BrokenPipeError):
            pickle.dump(plugins.files_of(task.system), _pipe(process.stdin))
            pickle.dump(task, _pipe(process.stdin))
            _pipe(process.stdin).flush()
        yield process
    finally:
        process.kill()
        process.wait()
        _pipe(process.stdout).close()
        with contextlib.suppress(BrokenPipeError):
            _pipe(process.stdin).close()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise TypeError("the process was started without pipes")
    return stream


def _messages(process: subprocess.Popen[bytes]) -> "queue.Queue[tuple[float, dict[str, Any] | None]]":
    """Return what a process says, each message with the time at which it was heard (monotonic), at last a None."""
    heard: queue.Queue[tuple[float, dict[str, Any] | None]] = queue.Queue()

    def listen() -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in _pipe(process.stdout):
                if line.endswith(b"\n"):
                    heard.put((time.monotonic(), json.loads(line)))
        heard.put((time.monotonic(), None))

    threading.Thread(target=listen, daemon=True).start()
    return heard
