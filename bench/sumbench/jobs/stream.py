"""Scoring of outputs for corpora of any size: read twice, scored batch by batch, in memory that does not grow."""

import time
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sumbench import seeds
from sumbench.corpus import Corpus
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.errors import RunError
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import begin
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Manifest
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.progress import Progress
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores
from sumbench.sentences import words
from sumbench.stats.poisson import PoissonBootstrap
from sumbench.stats.poisson import Series
from sumbench.stats.settings import Settings
from sumbench.systems import Context
from sumbench.systems.outputs import Outputs
from sumbench.tables import FORMATS
from sumbench.tables.model import Column
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.model import count
from sumbench.tables.results import merged
from sumbench.tables.results import title
from sumbench.weights import Store

if TYPE_CHECKING:
    from sumbench.stats.arrays import FloatArray

SUITE = "score"
BATCH = 2000


@dataclass
class Totals:
    """Sums over all documents, by system: of each metric's scores with their number, and of words."""

    scores: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    scored: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    words: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bootstrap: PoissonBootstrap = field(kw_only=True)

    def add(self, documents: Sequence[Document], scores: Scores, summaries: Sequence[Summary]) -> None:
        """Take in a batch."""
        places = {document.id: place for place, document in enumerate(documents)}
        series = defaultdict[Series, "FloatArray"](lambda: np.full(len(documents), np.nan))
        for score in scores:
            self.scores[score.system][score.metric] += score.value
            self.scored[score.system][score.metric] += 1
            series[score.system, score.metric][places[score.document]] = score.value
        self.bootstrap.add(series)
        for summary in summaries:
            self.words[summary.system] += words(summary.text)

    def means(self, system: str) -> dict[str, float]:
        """Return the mean of each metric over the documents that the system was scored on."""
        return {metric: total / self.scored[system][metric] for metric, total in self.scores[system].items()}


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
        totals = Totals(bootstrap=PoissonBootstrap(seeds.stream(plan.context.seed, "poisson"), settings.resamples))
        with progress.task("scoring", found.documents, "documents") as advance:
            _score(streams, loaded, folder, totals, advance, texts=texts)
        table = _table(record, totals, settings)
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
            totals.add(documents, scores, summaries)
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


def _table(record: Manifest, totals: Totals, settings: Settings) -> Table:
    metrics = [name for name, value in record.values.items() if value.main]
    order = record.ranked_by
    columns = [Column("system", "system"), *(Column(metric, title(metric), 2) for metric in metrics)]
    columns.insert(2 + metrics.index(order), Column("interval", f"{100 * settings.level:g} % interval"))
    columns.append(Column("words", "words", 1))
    ranked = [entry.name for entry in record.systems]
    ranked.sort(key=lambda system: totals.means(system).get(order, -1.0), reverse=True)
    others = [system for system in totals.scores if system not in ranked]

    def row(system: str, shown: str) -> Row:
        means = totals.means(system)
        size = totals.words[system] / record.corpus.documents if system in ranked else None
        cells = [shown, *(100 * means[metric] if metric in means else None for metric in metrics), size]
        interval = totals.bootstrap.interval((system, order), settings.level)
        shown_interval = f"{100 * interval.low:.1f}–{100 * interval.high:.1f}" if interval else None
        cells.insert(2 + metrics.index(order), shown_interval)
        return Row(tuple(cells))

    sections = [Section("", tuple(row(system, system) for system in ranked))]
    sections += [Section("ceilings", tuple(row(system, "reference agreement") for system in others))] if others else []
    corpus = record.corpus
    notes = (
        "scores are mean F1 × 100 over the documents",
        *(f"signature: {line}" for line in merged(record.signatures[name] for name in metrics)),
        f"corpus: {corpus.name}, sha256 {corpus.fingerprint[:16]}",
        f"interval: percentile Poisson bootstrap over documents, {settings.resamples} resamples",
        "scored as a stream: no comparisons, which `sumbench compare` makes from the run folder",
    )
    heading = f"{corpus.name}: {count(corpus.documents, 'document')}, {count(corpus.references, 'reference')}"
    origin = Origin(corpus.name, corpus.fingerprint, record.signatures)
    return Table(heading, tuple(columns), tuple(sections), notes, origin)
