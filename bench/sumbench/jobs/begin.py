"""Makes the manifest of a run before any work is done: entries of corpus, systems and metrics, versions, machine."""

import sys
from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sumbench import plugins
from sumbench.corpus import Corpus
from sumbench.errors import UsageError
from sumbench.executors.describe import describe
from sumbench.executors.describe import describe_model
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import with_model
from sumbench.metrics.protocol import Annotated
from sumbench.metrics.protocol import ChecksDocuments
from sumbench.metrics.protocol import KnowsLanguages
from sumbench.records import Document
from sumbench.runs import environment
from sumbench.stats import Settings
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.version import __version__
from sumbench.visible import visible


def new_manifest(  # noqa: PLR0913 - what a manifest is made of
    corpus: CorpusEntry,
    systems: tuple[SystemEntry, ...],
    metrics: tuple[MetricEntry, ...],
    *,
    suite: str,
    sentences: int | None,
    words: int | None,
    seed: int,
    ranked_by: str,
    statistics: Settings,
    texts: bool,
    request: Mapping[str, Any] | None,
    started: datetime,
) -> Manifest:
    """Return the manifest of a run that starts now, with the versions and the machine of this process."""
    return Manifest(
        schema=SCHEMA,
        finished=False,
        request=request,
        suite=suite,
        sentences=sentences,
        words=words,
        seed=seed,
        corpus=corpus,
        systems=systems,
        metrics=metrics,
        ranked_by=_ranking(metrics, ranked_by),
        started=started.isoformat(timespec="seconds"),
        seconds=0.0,
        version=__version__,
        revision=environment.revision(),
        python=sys.version.split()[0],
        packages=environment.packages(),
        machine=environment.machine(),
        statistics=statistics.options(),
        texts=texts,
    )


def corpus_entry(corpus: Corpus) -> CorpusEntry:
    """Return the manifest's entry of a corpus."""
    guesses = [corpus.guesses[document.id] for document in corpus.documents if document.id in corpus.guesses]
    return CorpusEntry(
        name=corpus.name,
        fingerprint=corpus.fingerprint,
        documents=len(corpus.documents),
        references=sum(len(document.references) for document in corpus.documents),
        notes=corpus.notes,
        clusters=corpus.clusters,
        languages=dict(Counter(document.language for document in corpus.documents).most_common()),
        guessed=len(guesses),
        unclear=guesses.count(False),
    )


def metric_entries(
    metrics: Sequence[Metric], languages: Collection[str], corpus: CorpusEntry, context: MetricContext
) -> tuple[MetricEntry, ...]:
    """Return the manifest's entry of each metric, with its signatures for such a corpus in these languages.

    Those of weights that are not there yet say so: entries are made again once all is fetched.
    """
    known, several = sorted(languages), corpus.references > corpus.documents
    entries = []
    for metric in metrics:
        with plugins.own_faults("metric", metric.name, metric):
            notes = list(metric.reader_notes(several_references=several)) if isinstance(metric, Annotated) else []
            notes += metric.language_notes(known) if isinstance(metric, KnowsLanguages) else ()
            lines = with_model(metric.signatures(known), describe_model(metric, context))
            entries.append(MetricEntry(metric.name, tuple(metric.values()), lines, notes=tuple(notes)))
    return tuple(entries)


def check_documents(metrics: Sequence[Metric], documents: Sequence[Document]) -> None:
    """Raise MetricError for a document against whose references a metric does not score."""
    for metric in metrics:
        if isinstance(metric, ChecksDocuments):
            with plugins.own_faults("metric", metric.name, metric):
                metric.check_documents(documents)


def _ranking(metrics: Sequence[MetricEntry], wanted: str) -> str:
    """Return the wanted value if some metric yields it, else the first main value that has a direction."""
    values = [value for metric in metrics for value in metric.values]
    ranking = [value.name for value in values if value.direction != Direction.NEITHER and value.main]
    return next((name for name in (wanted, *ranking) if name in {value.name for value in values}), values[0].name)


def system_entries(
    systems: Sequence[System], context: Context, faults: Mapping[str, str] | None = None
) -> tuple[SystemEntry, ...]:
    """Return each system's entry in the manifest before it has run; `faults` says why some weights are missing.

    Raises UsageError for a name that does not stand on one line.
    """
    for system in systems:
        if " ".join(visible(system.name).split()) != system.name:
            raise UsageError(f"system {system.name!r}: its name must be of one line, without control characters")
    return tuple(describe(system, context, faults) for system in systems)
