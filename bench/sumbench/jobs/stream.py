"""Scoring of outputs for corpora of any size: read twice, scored batch by batch, in memory that does not grow."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from itertools import islice
from pathlib import Path

from sumbench.corpus import Corpus
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.errors import RunError
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import begin
from sumbench.manifest import CorpusEntry
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.progress import Progress
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import RunFolder
from sumbench.sentences import words
from sumbench.stats import Settings
from sumbench.stats import Totals
from sumbench.systems import Context
from sumbench.systems.outputs import Outputs
from sumbench.tables import FORMATS
from sumbench.tables import results
from sumbench.tables.model import Table
from sumbench.weights import Store

SUITE = "score"
BATCH = 2000


def score(  # noqa: PLR0913 - what a run is made of
    streams: Streams,
    metric: Metric,
    store: Store,
    out: Path,
    progress: Progress,
    *,
    settings: Settings | None = None,
    texts: bool = True,
) -> Table:
    """Score every output of the streams, write the run folder as `sumbench run` does, and return the table of means.

    The first reading finds what is wrong, before anything is written; the second scores. Intervals are of a bootstrap
    that keeps no scores, at the level and with the resamples of the `settings`. The table has no comparisons, which
    need all scores at once: `sumbench compare` makes them from the folder. Raises CorpusError, UsageError and
    RunError.
    """
    started, start = datetime.now(UTC), time.perf_counter()
    with progress.task("reading") as advance:
        found = survey(streams, advance)
    examples = tuple(replace(document, id=code) for code, document in found.examples.items())
    systems = [Outputs(name=name, path=_home(streams, name), system=name) for name in found.systems]
    settings = replace(settings or Settings(), method="percentile")
    plan = Plan(
        SUITE,
        None,
        Corpus(streams.name, examples),
        systems,
        (metric,),
        Context(0, store),
        out,
        statistics=settings,
        texts=texts,
    )
    record = replace(
        begin(plan, started), corpus=CorpusEntry(streams.name, found.fingerprint, found.documents, found.references)
    )
    folder = RunFolder(out)
    with folder.claimed():
        if folder.read_manifest() is not None:
            raise RunError(f"{out}: holds a run already: give --out another folder")
        folder.write_manifest(record)
        loaded = LoadedMetric(metric, metric.load(MetricContext(0, store)), fail_fast=True)
        totals = Totals(record)
        with progress.task("scoring", found.documents, "documents") as advance:
            _score(streams, loaded, folder, totals, advance, texts=texts)
        table = results(record, totals.analysis())
        for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
            folder.write_table(file, FORMATS[format_](table))
        record = replace(record, finished=True, seconds=time.perf_counter() - start)
        folder.write_manifest(record)
    return table


def _home(streams: Streams, system: str) -> str:
    return streams.files.get(system, streams.references.name)


def _score(  # noqa: PLR0913 - what a batch passes through
    streams: Streams,
    loaded: LoadedMetric,
    folder: RunFolder,
    totals: Totals,
    advance: Callable[[int], None],
    *,
    texts: bool,
) -> None:
    done = 0
    with (
        folder.journal() as lines,
        folder.writing_documents(texts=texts) as kept,
        folder.writing_scores() as columns,
    ):
        for documents, summaries in _batches(streams):
            scores = loaded.score(documents, summaries).scores
            totals.add([document.id for document in documents], scores, summaries)
            columns.write(scores)
            kept.write(documents)
            lines.extend(summaries)
            done += len(documents)
            advance(done)


def _batches(streams: Streams) -> Iterator[tuple[list[Document], list[Summary]]]:
    joined = streams.joined()
    while batch := list(islice(joined, BATCH)):
        yield (
            [document for document, _ in batch],
            [
                Summary(document.id, system, text, None, None, words(text), None)
                for document, outputs in batch
                for system, text in outputs.items()
            ],
        )
