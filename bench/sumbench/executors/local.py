"""The local executor: runs systems on this machine, in this process or in subprocesses."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from sumbench.executors import devices as machine
from sumbench.executors.inline import InlineExecutor
from sumbench.executors.pool import Pool
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Events
from sumbench.executors.subprocess import SharedWorker
from sumbench.executors.subprocess import SubprocessAttempts
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import Scorer
from sumbench.systems import System
from sumbench.systems.extractive import Extractive

_OWN = "sumbench.systems."


def light(system: System) -> bool:
    """Tell whether a system may share a process with others: one of ours that picks sentences, without weights.

    Such a system leaves nothing behind but imported libraries. Code from elsewhere, or the threads of a server's
    client, could change the process for the next system.
    """
    return isinstance(system, Extractive) and system.weights is None and type(system).__module__.startswith(_OWN)


class LocalExecutor:
    """Runs systems on this machine, one at a time; to be closed (`with`), since a worker may wait for the next system.

    A system that is not `isolated` runs in this process; any other in a subprocess that nothing else uses, or, where
    it is light, in one that all light systems share. A crash or a hang costs one document of the system that it
    happened to, and the next process is a new one. `timeout` is the seconds that a document may take, `load_timeout`
    those that loading may take, `memory_limit` the address space (bytes) of a system's process, None: no limit. With a
    memory limit nothing is shared, since what one system's libraries take would be missing to the next. `shares` tells
    whether a system is light.

    With several `workers`, so many processes work on a system at once, each on chunks of its own, and share the cores;
    with several `devices` there is one process a device. A system that asks a server has one: it asks for several
    documents at once by itself.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is a choice of the user's
        self,
        timeout: float | None = None,
        memory_limit: int | None = None,
        shares: Callable[[System], bool] = light,
        load_timeout: float | None = None,
        workers: int = 1,
        devices: Sequence[str] = (),
    ) -> None:
        """Start without a process."""
        self._timeout = timeout
        self._memory_limit = memory_limit
        self._load_timeout = load_timeout
        self._shares = shares
        self._workers = len(devices) if len(devices) > 1 else workers
        self._devices = devices
        self._shared = SharedWorker()

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events."""
        if not assignment.system.isolated:
            return InlineExecutor().run(assignment, chunks)
        if self._workers > 1 and not assignment.system.remote:
            return self._pool(assignment).run(chunks)
        sharing = self._memory_limit is None and self._shares(assignment.system)
        shared = self._shared if sharing else None
        return SubprocessAttempts(assignment, self._timeout, self._memory_limit, shared, self._load_timeout).run(chunks)

    def load_metric(self, metric: Metric, context: MetricContext) -> Scorer:
        """Make a metric ready to score in this process."""
        return metric.load(context)

    def release(self) -> None:
        """End the process that waits for a further system."""
        self._shared.close()

    def _pool(self, assignment: Assignment) -> Pool:
        threads = None if self._devices else max(1, machine.cores() // self._workers)
        names = self._devices if len(self._devices) > 1 else [assignment.context.device] * self._workers
        return Pool(
            [
                SubprocessAttempts(
                    replace(assignment, context=replace(assignment.context, device=name)),
                    self._timeout,
                    self._memory_limit,
                    load_timeout=self._load_timeout,
                    threads=threads,
                )
                for name in names
            ]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shared.close()
