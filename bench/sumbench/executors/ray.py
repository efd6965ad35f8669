"""Runs systems on a Ray cluster: a pool of actors, each a worker with the system loaded, that share the chunks."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from typing import Self

import msgspec

from sumbench.errors import UsageError
from sumbench.errors import failure_reason
from sumbench.errors import one_line
from sumbench.executors import messages
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.inline import InlineExecutor
from sumbench.executors.messages import Order
from sumbench.executors.messages import Reply
from sumbench.executors.pool import Pool
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Events
from sumbench.executors.subprocess import LateError
from sumbench.executors.subprocess import SubprocessAttempts

AUTO = "auto"
"""The address of the cluster that this machine belongs to."""

PLACING_SECONDS = 60.0
"""So long an actor that takes the place of a lost one may wait for room in the cluster."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cluster:
    """Which cluster, and how much of it: `address` None starts one on this machine, for as long as the run takes.

    `workers` actors work on a system at once, each on one CPU and `gpus` GPUs (a part of one is allowed); one that
    finds no room waits for it, while the others work.
    """

    address: str | None = None
    workers: int = 2
    gpus: float = 0.0

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        if self.workers < 1:
            raise UsageError(f"--workers {self.workers} leaves nobody to work: give 1 or more")
        if not 0 <= self.gpus < float("inf"):
            raise UsageError(f"--gpus-per-worker {self.gpus:g} is no number of GPUs: give 0 or more")


class RayExecutor:
    """Runs systems on a Ray cluster, one after the other; to be used as a context (`with`), which connects to it.

    Each system has a pool of actors that load it once and work on chunks. Summaries come back one by one, so that what
    is made is kept whatever happens to an actor, its node, or this process. An actor that dies is begun anew, elsewhere
    if need be; a document that kills its actor twice has failed. Weights are fetched by the first actor of a node that
    needs them, into the store at the same path as here, which may be on shared storage.
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

    def __enter__(self) -> Self:
        """Connect; raise UsageError, in one line, where there is no Ray, or no cluster that answers."""
        ray = _library()
        try:
            self._ours = not ray.is_initialized()
            if self._ours:
                ray.init(
                    address=self._cluster.address,
                    include_dashboard=None if self._cluster.address else False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    configure_logging=False,
                )
        except Exception as error:  # noqa: BLE001 - it raises whatever the cluster raises
            where = self._cluster.address or "a cluster on this machine"
            raise UsageError(f"--ray-address: {where} cannot be reached: {one_line(str(error))}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster, which ends the actors."""
        if self._ours:
            _library().shutdown()

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events."""
        if not assignment.system.isolated:
            return InlineExecutor().run(assignment, chunks)
        number = 1 if assignment.system.remote else self._cluster.workers
        return Pool([self._worker(assignment) for _ in range(number)]).run(chunks)

    def _worker(self, assignment: Assignment) -> "ActorAttempts":
        gpus = self._cluster.gpus if assignment.system.weights is not None else 0.0
        return ActorAttempts(assignment, gpus, self._timeout, self._memory_limit, self._load_timeout)


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
        actor = ActorProcess(self._gpus)
        begun, said = time.monotonic(), False
        while needed():
            if actor.placed(1.0):
                self._placed = actor
                return True
            if not said and time.monotonic() - begun > PLACING_SECONDS:
                said = True
                _LOG.warning("a worker waits for room in the cluster: it wants 1 CPU and %g GPUs", self._gpus)
        actor.end()
        return False

    def start(self) -> "ActorProcess":
        """Return the actor that was placed, or a new one in the place of one that was lost."""
        actor, self._placed = self._placed, None
        if actor is None:
            actor = ActorProcess(self._gpus)
            if not actor.placed(PLACING_SECONDS):
                actor.end()
                self.given_up = "its worker was lost, and the cluster has no room for another"
                raise BrokenOffError(self.given_up)
        return actor


class ActorProcess:
    """An actor that loads systems and summarizes on orders, as a worker process does."""

    def __init__(self, gpus: float) -> None:
        """Ask the cluster for it."""
        ray = _library()
        # One hash seed for all, since the order of sets decides ties in some libraries.
        environment = {"env_vars": {"PYTHONHASHSEED": "0"}}
        options = {"num_cpus": 1, "num_gpus": gpus, "max_restarts": 0, "runtime_env": environment}
        self._actor: Any = ray.remote(**options)(_Actor).remote()
        self._here: Any = self._actor.here.remote()
        self._heard: queue.Queue[tuple[float, Reply | str]] = queue.Queue()

    @property
    def alive(self) -> bool:
        """Whether it answers, or will when it is placed."""
        return True

    def placed(self, seconds: float) -> bool:
        """Wait up to so many seconds for its place on a node; tell whether it has one."""
        done, _ = _library().wait([self._here], timeout=seconds)
        return bool(done)

    def send(self, order: Order) -> None:
        """Send an order; raise BrokenOffError for one that cannot be sent."""
        try:
            content = messages.encode(order)
        except (TypeError, ValueError) as failure:
            raise BrokenOffError(f"cannot be sent to a worker: {failure_reason(failure)}") from None
        replies = self._actor.obey.options(num_returns="streaming").remote(content)
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
        _library().kill(self._actor)

    def end(self) -> None:
        """End it at once."""
        self.kill()

    def _listen(self, replies: Iterable[Any]) -> None:
        ray = _library()
        try:
            for reference in replies:
                self._heard.put((time.monotonic(), messages.reply(ray.get(reference))))
        except ray.exceptions.RayError as error:
            self._heard.put((time.monotonic(), f"its worker was lost: {_why(error)}"))
        except msgspec.MsgspecError as error:
            self._heard.put((time.monotonic(), f"what the system wrote is no summary: {error}"))


class _Actor:
    """What runs on the node: the service of a worker process, whose replies are streamed."""

    def __init__(self) -> None:
        from sumbench.executors.worker import Service

        self._replies: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self._service = Service(self._replies.put)

    def here(self) -> bool:
        """Answer, once it is placed."""
        return True

    def obey(self, content: bytes) -> Iterator[bytes]:
        """Carry out an order, and yield the replies as they come."""

        def work() -> None:
            self._service.obey(content)
            self._replies.put(None)

        threading.Thread(target=work, daemon=True).start()
        while (reply := self._replies.get()) is not None:
            yield messages.encode(reply)


def _why(error: Exception) -> str:
    line = one_line(str(error))
    return line if len(line) < 200 else f"{line[:199]}…"  # noqa: PLR2004 - it stands in a table's note


def _library() -> Any:  # noqa: ANN401 - its types are loaded with it
    try:
        import ray
    except ImportError:
        raise UsageError("--executor ray needs Ray: pip install 'sumbench[ray]'") from None
    return ray
