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
from collections.abc import Collection
from collections.abc import Iterator
from dataclasses import replace
from typing import IO
from typing import Any
from typing import Protocol

from bench.records import Summary
from bench.runs.worker import Task

STUBBORN = 3
"""How often in a row a worker may die without a summary before the rest of its documents is given up."""


class Labour(Protocol):
    """A system at work, and what that took; `error` says why it could not be loaded, or is None."""

    load_seconds: float
    memory: int | None
    gpu_memory: int | None
    error: str | None

    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document."""


class Inline:
    """One system at work in this very process, for those that only hand out what is there."""

    def __init__(self, task: Task) -> None:
        """Prepare the work; nothing is started yet."""
        self._task = task
        self.load_seconds = 0.0
        self.memory: int | None = None
        self.gpu_memory: int | None = None
        self.error: str | None = None

    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document."""
        return self._task.system.load(self._task.context)(self._task.documents)


class Worker:
    """One system at work in processes of its own.

    A process that dies or takes longer than `timeout` seconds over a document (loading not counted) costs that one
    document, or what draws of it were not made; another process goes on with the rest. To know which one it was,
    documents are handed over singly once a process has died, and from the beginning where there is a time limit.
    """

    def __init__(self, task: Task, timeout: float | None = None) -> None:
        """Prepare the work; nothing is started yet."""
        self._task = task
        self._timeout = timeout
        self.load_seconds = 0.0
        self.memory: int | None = None
        self.gpu_memory: int | None = None
        self.error: str | None = None
        """Why the system could not be loaded, or None."""

    def summaries(self) -> Iterator[Summary]:
        """Yield one Summary for each draw of each document; those that could not be made carry the reason."""
        system, context = self._task.system, self._task.context
        left = dict.fromkeys(
            (document.id, draw)
            for document in self._task.documents
            for draw in context.wanted(document.id, system.samples)
        )
        deaths = 0
        singly = self._timeout is not None
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
        every = range(1, self._task.system.samples + 1)
        ids = {document for document, _ in left}
        made = {document: frozenset(draw for draw in every if (document, draw) not in left) for document in ids}
        documents = tuple(document for document in self._task.documents if document.id in ids)
        context = replace(self._task.context, made=made)
        return replace(self._task, documents=documents, context=context, singly=singly)

    def _run(self, task: Task) -> Iterator[dict[str, Any]]:
        """Yield what one process says, and at last how it died if it did."""
        with _process(task) as process:
            messages = _messages(process)
            loaded = False
            while True:
                try:
                    message = messages.get(timeout=self._timeout if loaded else None)
                except queue.Empty:
                    yield {"death": f"no summary within {self._timeout:g} s"}
                    return
                if message is None:
                    break
                if "loaded" in message:
                    loaded = True
                    self.load_seconds += message["loaded"]["seconds"]
                elif "spent" in message:
                    self.memory = max(self.memory or 0, message["spent"]["memory"] or 0) or None
                    self.gpu_memory = max(self.gpu_memory or 0, message["spent"]["gpu_memory"] or 0) or None
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
    # since the order of sets decides ties in some libraries.
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.runs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    try:
        with contextlib.suppress(BrokenPipeError):
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


def _messages(process: subprocess.Popen[bytes]) -> "queue.Queue[dict[str, Any] | None]":
    heard: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def listen() -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in _pipe(process.stdout):
                if line.endswith(b"\n"):
                    heard.put(json.loads(line))
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    return heard
