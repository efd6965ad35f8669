"""Metrics on a Ray cluster: actors that load what a metric computes with once, and score batches."""

import pickle
import queue
import threading
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench import plugins
from sumbench.errors import MetricError
from sumbench.errors import failure_reason
from sumbench.executors.ray.actor import OnNode
from sumbench.executors.ray.actor import PlacedActor
from sumbench.executors.ray.actor import RefusedError
from sumbench.executors.ray.actor import difference
from sumbench.executors.ray.actor import local_file
from sumbench.executors.ray.actor import why_lost
from sumbench.executors.ray.cluster import library
from sumbench.metrics import BatchScores
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import Scorer
from sumbench.metrics.protocol import AnnotatedScorer
from sumbench.metrics.scoring import no_exit
from sumbench.metrics.words import Words
from sumbench.records import Document
from sumbench.records import Summary

ATTEMPTS = 2
"""So many workers a batch may cost before it has failed, and is scored summary by summary."""

MOST_LOST = 10
"""After so many workers that were lost one after the other, with no batch scored between, metrics are given up."""

_POLL_SECONDS = 1.0


def on_cluster(metric: Metric) -> bool:
    """Tell whether a metric is worth a worker: it computes with a model, or is costly, and asks no service.

    Services are asked by the process that started the run: it has the keys, and asks for several answers at once.
    """
    return (metric.needs.device or metric.costly) and not metric.needs.service


@dataclass(frozen=True)
class Packed:
    """A metric as it is sent to workers: its plug-in files with their content, itself pickled, what it says of itself.

    `signatures` are those of the metric here: a worker whose own are others would compute something else.
    """

    name: str
    modules: Sequence[tuple[str, str, bytes]]
    content: bytes
    signatures: Mapping[str, str]

    @classmethod
    def of(cls, metric: Metric, context: MetricContext) -> "Packed":
        """Pack it; raise MetricError for one that no other process can unpack."""
        try:
            modules = [(name, str(file), file.read_bytes()) for name, file in plugins.files_of(metric)]
            content = pickle.dumps((metric, replace(context, words=Words())))
        except Exception as failure:
            raise MetricError(f"{metric.name}: cannot be sent to a worker: {failure_reason(failure)}") from failure
        return cls(metric.name, modules, content, dict(metric.signatures(())))


@dataclass
class MetricWorker:
    """An actor that scores, with the names of the metrics that it has loaded."""

    actor: PlacedActor
    loaded: set[str] = field(default_factory=set)

    def load(self, packed: Packed) -> Sequence[str]:
        """Load a metric, and return its notes; raise MetricError where it cannot be, RayError where the actor died."""
        said, answer = library().get(self.actor.handle.load.remote(packed))
        if said != "loaded":
            raise MetricError(answer)
        self.loaded.add(packed.name)
        return tuple(answer)

    def score(self, packed: Packed, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Score a batch; raise MetricError for what the metric raised, RayError where the actor died."""
        if packed.name not in self.loaded:
            self.load(packed)
        batch = pickle.dumps((tuple(documents), tuple(summaries)))
        said, answer = library().get(self.actor.handle.score.remote(packed.name, batch))
        if said != "scored":
            raise MetricError(answer)
        found: BatchScores = pickle.loads(answer)  # noqa: S301 - from our own actor
        return found


class MetricWorkers:
    """Actors that all metrics of a run share: each loads what it is handed a batch of, once.

    So many are asked for; those that find room work, the others come when there is some. One that is lost is replaced,
    and its batch goes to another.
    """

    def __init__(self, number: int, gpus: float) -> None:
        """Ask the cluster for them."""
        self.number = number
        self._gpus = gpus
        self._idle: queue.SimpleQueue[MetricWorker | str] = queue.SimpleQueue()
        self._changed = threading.Lock()
        self._usable = number
        self._lost = 0
        self._closed = False
        self._fault: str | None = None
        self._actors: list[PlacedActor] = []
        for _ in range(number):
            self._ask()

    def load(self, metric: Metric, context: MetricContext) -> "ClusterScorer":
        """Load a metric on the first worker that is there; raise MetricError where that cannot be done."""
        packed = Packed.of(metric, context)
        notes = self._with_worker(packed, lambda worker: worker.load(packed))
        return ClusterScorer(self, packed, tuple(notes))

    def score(self, packed: Packed, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Score a batch on the next worker that is free; raise MetricError for what cannot be scored."""
        found: BatchScores = self._with_worker(packed, lambda worker: worker.score(packed, documents, summaries))
        return found

    def close(self) -> None:
        """End them all, whatever they are at."""
        self._closed = True
        for actor in self._actors:
            actor.kill()

    def _with_worker(self, packed: Packed, work: Any) -> Any:  # noqa: ANN401 - what the work returns
        ray = library()
        reason = ""
        for _ in range(ATTEMPTS):
            worker = self._take(packed.name)
            try:
                done = work(worker)
            except ray.exceptions.RayError as error:
                reason = f"its worker was lost: {why_lost(error)}"
                self._replace(worker, reason)
                continue
            except BaseException:
                self._idle.put(worker)
                raise
            self._lost = 0
            self._idle.put(worker)
            return done
        raise MetricError(f"{packed.name}: {reason}")

    def _take(self, name: str) -> MetricWorker:
        """Return a worker that is free, and wait for one where there is none."""
        while not self._closed:
            if self._fault is not None:
                raise MetricError(f"{name}: {self._fault}")
            try:
                found = self._idle.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(found, MetricWorker):
                return found
            with self._changed:
                self._usable -= 1
                if not self._usable:
                    self._fault = found
        raise MetricError(f"{name}: the run was broken off")

    def _replace(self, worker: MetricWorker, reason: str) -> None:
        with self._changed:
            self._lost += 1
            if self._lost >= MOST_LOST:
                self._fault = reason
            # Once it is closed, Ray is left: asked for anything it would start a cluster.
            over = self._closed or self._fault is not None
        if not over:
            worker.actor.kill()
            self._actors.remove(worker.actor)
            self._ask()

    def _ask(self) -> None:
        actor = PlacedActor(_ScoringActor, self._gpus)
        self._actors.append(actor)
        threading.Thread(target=self._place, args=(actor,), daemon=True).start()

    def _place(self, actor: PlacedActor) -> None:
        """Wait for an actor's place, and let it work then."""
        try:
            if actor.wait(lambda: not self._closed):
                self._idle.put(MetricWorker(actor))
        except RefusedError as refused:
            self._idle.put(str(refused))
        except Exception as failure:  # noqa: BLE001 - a thread's error would be lost, and its worker waited for
            if not self._closed:
                self._idle.put(failure_reason(failure))


@dataclass(frozen=True)
class ClusterScorer:
    """A metric that is loaded on workers; to be called by as many threads at once as there are workers."""

    workers: MetricWorkers
    packed: Packed
    notes: Sequence[str]

    @property
    def at_once(self) -> int:
        """How many batches are scored at once."""
        return self.workers.number

    def __call__(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Score a batch."""
        return self.workers.score(self.packed, documents, summaries)


class _ScoringActor(OnNode):
    """The metrics that are loaded on a node, by their names."""

    def __init__(self) -> None:
        self._scorers: dict[str, Scorer] = {}

    def load(self, packed: Packed) -> tuple[str, Any]:
        """Load a metric, and say its notes, or why it cannot be."""
        try:
            for name, file, content in packed.modules:
                plugins.load_file(Path(local_file(file, content)), name)
            metric, context = pickle.loads(packed.content)  # noqa: S301 - from the process that started the run
            if reason := difference(packed.signatures, metric.signatures(())):
                return "refused", f"{packed.name}: its worker would compute otherwise: {reason}"
            with no_exit(packed.name):
                scorer = metric.load(context)
        except Exception as failure:  # noqa: BLE001 - a metric that cannot be loaded is a result
            return "refused", failure_reason(failure)
        self._scorers[packed.name] = scorer
        return "loaded", tuple(scorer.notes) if isinstance(scorer, AnnotatedScorer) else ()

    def score(self, name: str, batch: bytes) -> tuple[str, Any]:
        """Score a batch, and say the scores, or what the metric raised."""
        documents, summaries = pickle.loads(batch)  # noqa: S301 - from the process that started the run
        try:
            with no_exit(name):
                return "scored", pickle.dumps(self._scorers[name](documents, summaries))
        except Exception as failure:  # noqa: BLE001 - whatever a metric raises is a failure of these summaries
            return "raised", failure_reason(failure)
