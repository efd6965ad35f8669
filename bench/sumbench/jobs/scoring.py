"""Scores summaries batch by batch under every metric of a run, and writes the scores as they come."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics.scoring import reason
from sumbench.progress import Progress
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.score_journal import ScoreJournal
from sumbench.scores import Scores

BATCH = 2000
"""How many documents are scored at a time; changing it changes no score."""

COSTLY_BATCH = 16
"""The same for a metric whose scores are journalled: so much is lost at most when the process is killed."""


@dataclass(frozen=True)
class Batch:
    """Documents, and the summaries of just these by all systems."""

    documents: Sequence[Document]
    summaries: Sequence[Summary]


Watch = Callable[[Batch, Scores], None]
"""Is handed each batch with its scores under all metrics."""


def batches(documents: Sequence[Document], summaries: Iterable[Summary], size: int = BATCH) -> Iterator[Batch]:
    """Cut a corpus into batches of documents in order, each with its summaries in the order given."""
    of_document: defaultdict[str, list[Summary]] = defaultdict(list)
    for summary in summaries:
        of_document[summary.document].append(summary)
    for start in range(0, len(documents), size):
        some = documents[start : start + size]
        yield Batch(some, [summary for document in some for summary in of_document[document.id]])


@dataclass
class Collected:
    """The scores and details of all batches, kept in memory."""

    parts: list[Scores] = field(default_factory=list)

    def __call__(self, batch: Batch, scores: Scores) -> None:  # noqa: ARG002 - every watcher takes both
        """Keep the scores of a batch."""
        self.parts.append(scores)

    @property
    def scores(self) -> Scores:
        """Every score, batch by batch."""
        return Scores.concat(self.parts)


@dataclass(frozen=True)
class Scorers:
    """The metrics of a run, loaded; `entries` says of each why it could not be."""

    loaded: Sequence[LoadedMetric]
    entries: tuple[MetricEntry, ...]

    @classmethod
    def load(
        cls, metrics: Sequence[Metric], record: Manifest, context: MetricContext, *, fail_fast: bool = False
    ) -> "Scorers":
        """Load each metric; one that cannot be loaded is said in its entry, and the others go on.

        With `fail_fast` its error is raised.
        """
        loaded, entries = [], []
        for metric, entry in zip(metrics, record.metrics, strict=True):
            error = None
            try:
                loaded.append(LoadedMetric(metric, metric.load(context), fail_fast))
            except Exception as failure:
                if fail_fast:
                    raise
                error = reason(failure)
            entries.append(replace(entry, error=error))
        return cls(loaded, tuple(entries))

    def score(
        self, batches: Iterable[Batch], documents: int, journal: ScoreJournal, progress: Progress, watch: Watch
    ) -> list[Detail]:
        """Score all batches (of so many documents), hand each to `watch`, and return the details."""
        details: list[Detail] = []
        names = ", ".join(metric.name for metric in self.loaded)
        with progress.task(f"scoring: {names}", documents, "documents") as advance:
            done = failed = 0
            for batch in batches:
                parts = []
                for metric in self.loaded:
                    for some in _parts(batch, metric):
                        scored = journal.score(metric, some.documents, some.summaries)
                        parts.append(scored.scores)
                        details += scored.details
                        failed += scored.failed
                        if metric.costly:
                            advance(done, failed)
                done += len(batch.documents)
                watch(batch, Scores.concat(parts))
                advance(done, failed)
        return details


def _parts(batch: Batch, metric: LoadedMetric) -> Iterable[Batch]:
    if not metric.costly:
        return (batch,)
    return batches(batch.documents, batch.summaries, COSTLY_BATCH)
