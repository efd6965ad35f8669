"""Runs systems on a Ray cluster: a pool of actors, each a worker with the system loaded, that share the chunks."""

import contextlib
import logging
import sys
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from types import TracebackType
from typing import Any
from typing import Self

from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.inline import InlineExecutor
from sumbench.executors.pool import Pool
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Events
from sumbench.executors.ray.actor import PLACING_SECONDS
from sumbench.executors.ray.actor import ActorProcess
from sumbench.executors.ray.actor import RefusedError
from sumbench.executors.ray.cluster import Cluster
from sumbench.executors.ray.cluster import library
from sumbench.executors.ray.scorers import MetricWorkers
from sumbench.executors.ray.scorers import on_cluster
from sumbench.executors.subprocess import SubprocessAttempts
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import Scorer

_LOG = logging.getLogger(__name__)


class RayExecutor:
    """Runs systems on a Ray cluster, one after the other; to be used as a context (`with`), which connects to it.

    Each system has a pool of actors that load it once and work on chunks. Summaries come back one by one, so that what
    is made is kept whatever happens to an actor, its node, or this process. An actor that dies is begun anew, elsewhere
    if need be; a document that kills its actor twice has failed. Weights are fetched by the first actor of a node that
    needs them, into the store at the same path as here, which may be on shared storage. A system that asks a server is
    run by a process of this machine, which has the keys; metrics that compute with a model have actors of their own.
    """

    def __init__(
        self,
        cluster: Cluster,
        timeout: float | None = None,
        memory_limit: int | None = None,
        load_timeout: float | None = None,
    ) -> None:
        """Take the limits of the local executor: seconds for a document and for loading, bytes for an actor."""
        self._cluster = cluster
        self._timeout = timeout
        self._memory_limit = memory_limit
        self._load_timeout = load_timeout
        self._ours = False
        self._stdout = contextlib.ExitStack()
        self._scoring: MetricWorkers | None = None

    def __enter__(self) -> Self:
        """Connect; raise UsageError, in one line, where there is no Ray, or no cluster that can do it."""
        self._ours = self._cluster.connect()
        if self._ours:
            # What Ray has to tell of workers that died it prints among the results.
            self._stdout.enter_context(contextlib.redirect_stdout(sys.stderr))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster, which ends the actors."""
        if self._scoring is not None:
            self._scoring.close()
        if self._ours:
            library().shutdown()
        self._stdout.close()

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events."""
        if not assignment.system.isolated:
            return InlineExecutor().run(assignment, chunks)
        limits = self._timeout, self._memory_limit
        if assignment.system.remote:
            return SubprocessAttempts(assignment, *limits, load_timeout=self._load_timeout).run(chunks)
        gpus = self._cluster.gpus if assignment.system.weights is not None else 0.0
        workers = [ActorAttempts(assignment, gpus, *limits, self._load_timeout) for _ in range(self._cluster.workers)]
        return Pool(workers).run(chunks)

    def load_metric(self, metric: Metric, context: MetricContext) -> Scorer:
        """Make a metric ready: on the cluster where it computes with a model or is costly, else in this process."""
        if not on_cluster(metric):
            return metric.load(context)
        if self._scoring is None:
            self._scoring = MetricWorkers(self._cluster.workers, self._cluster.gpus)
        return self._scoring.load(metric, context)

    def release(self) -> None:
        """Nothing waits for a further system."""


class ActorAttempts(SubprocessAttempts):
    """One system's work in an actor, which has its own process on some node of the cluster."""

    def __init__(
        self,
        assignment: Assignment,
        gpus: float,
        timeout: float | None = None,
        memory_limit: int | None = None,
        load_timeout: float | None = None,
    ) -> None:
        """Start without an actor."""
        super().__init__(assignment, timeout, memory_limit, load_timeout=load_timeout)
        self._gpus = gpus
        self._placed: ActorProcess | None = None

    def ready(self, needed: Callable[[], bool]) -> bool:
        """Wait until the cluster has room for the actor, as long as it is `needed`; tell whether it has."""
        process = ActorProcess(self._gpus)
        try:
            if process.actor.wait(needed):
                self._placed = process
                return True
        except RefusedError as refused:
            self.given_up, self.failed_to_load = str(refused), True
            _LOG.warning("%s", refused)
        process.end()
        return False

    def start(self) -> ActorProcess:
        """Return the actor that was placed, or a new one in the place of one that was lost."""
        process, self._placed = self._placed, None
        if process is not None:
            return process
        process = ActorProcess(self._gpus)
        reason = f"its worker was lost, and the cluster has no room for another within {PLACING_SECONDS:g} s"
        try:
            if process.actor.placed(PLACING_SECONDS):
                return process
        except RefusedError as refused:
            reason = str(refused)
        process.end()
        self.given_up = reason
        raise BrokenOffError(reason)

    def expected(self) -> Mapping[str, Any] | None:
        """Return the fingerprint of the system here: a node must not compute with other libraries."""
        return self.assignment.system.fingerprint()
