"""The child process of one system: loads it, summarizes what it is handed, and says what it took.

`python -m sumbench.executors.worker` reads two pickles from stdin, the plug-in files to import (pairs of module name
and path) and then the Task, whose system may be of one of them. It writes JSON lines to stdout: first
`{"loaded": {...}}`, then `{"summary": {...}}` for each draw of each document, at last `{"spent": {...}}`; or
`{"error": "..."}` when the system cannot be loaded. It ends at once when stdin is closed, so that it never outlives
its parent.
"""

import gc
import json
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from typing import Any

from sumbench import plugins
from sumbench.errors import BenchError
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems import System

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Task:
    """What a worker is to do.

    `memory_limit` (bytes) bounds its address space, None leaves it open. `singly` hands the system one document at a
    time, in order, so that it is known which one it is at; otherwise it may take them together and in its own order.
    """

    system: System
    documents: tuple[Document, ...]
    context: Context
    memory_limit: int | None = None
    singly: bool = False


def work(task: Task, say: Say) -> None:
    """Load the task's system, summarize its documents, and `say` each message as it is due."""
    _limit(task.memory_limit)
    start = time.perf_counter()
    try:
        with uncollected():
            summarize = task.system.load(task.context)
    except Exception as failure:  # noqa: BLE001 - a system that cannot be loaded is a result
        say({"error": str(failure) if isinstance(failure, BenchError) else f"{type(failure).__name__}: {failure}"})
        return
    say({"loaded": {"seconds": time.perf_counter() - start}})
    for documents in [(document,) for document in task.documents] if task.singly else [task.documents]:
        for summary in summarize(documents):
            say({"summary": asdict(summary)})
    say({"spent": {"memory": _peak_memory(), "gpu_memory": _peak_gpu_memory()}})


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile, and never in what there is by then.

    Thousands of modules come with a model, and nothing of them is garbage: to look through them again and again takes
    a fifth of the time until the model is ready.
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


def _peak_memory() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    # Linux counts in kilobytes, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _peak_gpu_memory() -> int | None:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return int(torch.cuda.max_memory_allocated())


def main() -> None:
    """Do the task on stdin."""
    # What libraries and plug-ins print must not get between the messages.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(message: dict[str, Any]) -> None:
        messages.write(json.dumps(message, ensure_ascii=True) + "\n")
        messages.flush()

    try:
        for name, file in pickle.load(sys.stdin.buffer):  # noqa: S301 - from the parent process
            plugins.load_file(file, name)
    except BenchError as error:
        say({"error": str(error)})
        return
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(task, say)


def _end_with_parent() -> None:
    # Below Python's buffers, whose locks a waiting thread would hold when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
