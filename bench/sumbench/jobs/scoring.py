"""Scores batches of summaries with all metrics of a run, and writes scores.parquet batch by batch."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from sumbench.errors import failure_reason
from sumbench.executors.describe import describe_model
from sumbench.jobs.by_reference import ReferenceMeans
from sumbench.manifest import MetricEntry
from sumbench.manifest import Spending
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import NoteTally
from sumbench.metrics import ScoredBatch
from sumbench.metrics import Scorer
from sumbench.metrics.protocol import AnnotatedScorer
from sumbench.metrics.scoring import no_exit
from sumbench.progress import Progress
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.score_journal import FILE
from sumbench.runs.score_journal import ScoreJournal
from sumbench.runs.store import RunFolder
from sumbench.runs.summary_index import StoredSummaries
from sumbench.scores import Scores

BATCH = 2000
"""How many documents are scored at a time; changing it changes no score."""

COSTLY_BATCH = 32
"""About how many summaries are scored at a time where the scores are journalled: what a kill costs at most."""


@dataclass(frozen=True)
class Batch:
    """Documents, and the summaries of just these by all systems."""

    documents: Sequence[Document]
    summaries: Sequence[Summary]


Watch = Callable[[Batch, Scores], None]
"""A callback that gets each batch with its scores under all metrics."""


def batches(documents: Sequence[Document], summaries: Iterable[Summary], size: int = BATCH) -> Iterator[Batch]:
    """Cut a corpus into batches of documents in order, each with its summaries in the order given.

    Stored summaries are read batch by batch.
    """
    if isinstance(summaries, StoredSummaries):
        for start in range(0, len(documents), size):
            yield Batch(documents[start : start + size], summaries.of_documents(start, start + size))
        return
    of_document: defaultdict[str, list[Summary]] = defaultdict(list)
    for summary in summaries:
        of_document[summary.document].append(summary)
    for start in range(0, len(documents), size):
        some = documents[start : start + size]
        yield Batch(some, [summary for document in some for summary in of_document[document.id]])


def load_here(metric: Metric, context: MetricContext) -> Scorer:
    """Make a metric ready to score in this process."""
    return metric.load(context)


@dataclass(frozen=True)
class Scoring:
    """How a run's summaries are scored: the metrics with what they may need, and where costly scores are kept.

    `cache` is a file that several runs share, None for no reuse. With `fail_fast` the first failure raises its error;
    where costly ones are `excused`, what their model or service fails on is a failure of that summary all the same.
    `load` makes a metric ready: here, or on the workers of an executor.
    """

    metrics: Sequence[Metric]
    context: MetricContext
    cache: Path | None = None
    fail_fast: bool = False
    excused: bool = False
    load: Callable[[Metric, MetricContext], Scorer] = load_here


@dataclass(frozen=True)
class Scored:
    """The metrics' entries, which say why one could not be loaded, the details, and how many summaries failed."""

    entries: tuple[MetricEntry, ...]
    details: list[Detail]
    failed: int


def score_batches(  # noqa: PLR0913 - what the batches pass through
    scoring: Scoring,
    entries: Sequence[MetricEntry],
    some: Iterable[Batch],
    documents: int,
    *,
    folder: RunFolder,
    progress: Progress,
    watch: Watch,
    ranked_by: str,
    earlier: Scores | None = None,
    keep: Callable[[Sequence[Detail]], None] | None = None,
) -> Scored:
    """Score batches (of so many documents in all), and write scores.parquet as they come.

    The entry of a metric that cannot be loaded says why, and the others continue; what a metric notes on its batches
    is added to the notes of its entry, and what it has asked of a model or a service; that of the metric with the value
    `ranked_by` says what each reference alone comes to. `watch` is called with each batch and its scores; `earlier`
    scores, under other metrics, are written before them. `keep` takes the details batch by batch: none are
    then returned.
    """
    loaded, described = _loaded(scoring, entries)
    kept = ScoreJournal(folder.path / FILE, scoring.cache)
    alone = _by_reference(loaded, ranked_by)
    details: list[Detail] = []
    keep = details.extend if keep is None else keep
    notes: defaultdict[str, NoteTally] = defaultdict(NoteTally)
    spent: dict[str, Spending] = {}
    done = failed = 0
    names = ", ".join(metric.name for metric in loaded)
    with folder.writing_scores() as columns, progress.task(f"scoring: {names}", documents, "documents") as advance:
        if earlier is not None:
            columns.write(earlier)
        for batch in some:
            parts, seen = [], 0
            for metric in loaded:
                for part, scored in _scored(kept, metric, batch):
                    parts.append(scored.scores)
                    keep(scored.details)
                    notes[metric.name].add(scored.notes)
                    if scored.spent is not None:
                        spent[metric.name] = spent.get(metric.name, Spending()) + scored.spent
                    failed += scored.failed
                    seen += len(part.documents)
                    if metric.costly:
                        advance(done + seen // len(loaded), failed)
            if alone is not None:
                alone[1].add(batch.documents, batch.summaries)
            scores = Scores.concat(parts)
            columns.write(scores)
            watch(batch, scores)
            done += len(batch.documents)
            advance(done, failed)
    if alone is not None:
        name, means = alone[0], alone[1].means()
        described = tuple(replace(each, by_reference=means) if each.name == name else each for each in described)
    described = tuple(
        replace(each, notes=(*each.notes, *notes[each.name].lines(each.name)), spent=spent.get(each.name))
        for each in described
    )
    return Scored(described, details, failed)


def _by_reference(loaded: Sequence[LoadedMetric], ranked_by: str) -> tuple[str, ReferenceMeans] | None:
    """Return the metric that yields the ranking value, to be scored under each reference alone; None where it costs."""
    for metric in loaded:
        for value in metric.values:
            if value.name == ranked_by and metric.metric.needs.references and not metric.costly:
                return metric.name, ReferenceMeans(metric, value)
    return None


def _loaded(scoring: Scoring, entries: Sequence[MetricEntry]) -> tuple[list[LoadedMetric], tuple[MetricEntry, ...]]:
    loaded, described = [], []
    for metric, entry in zip(scoring.metrics, entries, strict=True):
        error, notes = None, entry.notes
        try:
            fail_fast = scoring.fail_fast and not (scoring.excused and metric.costly)
            with no_exit(metric.name):
                scorer = scoring.load(metric, scoring.context)
            notes = (*notes, *scorer.notes) if isinstance(scorer, AnnotatedScorer) else notes
            loaded.append(LoadedMetric(metric, scorer, fail_fast, describe_model(metric, scoring.context)))
        except Exception as failure:
            if scoring.fail_fast:
                raise
            error = failure_reason(failure)
        described.append(replace(entry, error=error, notes=notes))
    return loaded, tuple(described)


def _scored(kept: ScoreJournal, metric: LoadedMetric, batch: Batch) -> Iterator[tuple[Batch, ScoredBatch]]:
    """Yield the parts of a batch in order with their scores; several are under way where the metric takes several."""
    parts = _parts(batch, metric)
    if metric.at_once == 1:
        for part in parts:
            yield part, kept.score(metric, part.documents, part.summaries)
        return
    pool = ThreadPoolExecutor(metric.at_once)
    try:
        waiting = [(part, pool.submit(kept.score, metric, part.documents, part.summaries)) for part in parts]
        for part, future in waiting:
            yield part, future.result()
    finally:
        # What is still under way was broken off, and ends with the workers.
        pool.shutdown(wait=False, cancel_futures=True)


def _parts(batch: Batch, metric: LoadedMetric) -> Iterable[Batch]:
    if not metric.costly:
        return (batch,)
    of_each = -(-len(batch.summaries) // max(1, len(batch.documents)))
    return batches(batch.documents, batch.summaries, max(1, COSTLY_BATCH // max(1, of_each)))
