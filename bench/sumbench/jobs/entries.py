"""Makes the manifest of a run before any work is done: entries of corpus, systems and metrics, versions, machine."""

import sys
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sumbench import plugins
from sumbench.corpus import Corpus
from sumbench.corpus.shard import ShardCorpus
from sumbench.corpus.stored import guess_counts
from sumbench.errors import UsageError
from sumbench.executors.describe import describe
from sumbench.executors.describe import describe_model
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import ShardEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import with_model
from sumbench.metrics.protocol import Annotated
from sumbench.metrics.protocol import KnowsLanguages
from sumbench.metrics.protocol import Prompted
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
    shard: ShardEntry | None = None,
) -> Manifest:
    """Return the manifest of a run that starts now, with the versions and the machine of this process.

    The value that ranks stands in the main table, whatever its metric says.
    """
    ranking = ranking_value(metrics, ranked_by)
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
        metrics=with_main(metrics, ranking),
        ranked_by=ranking,
        started=started.isoformat(timespec="seconds"),
        seconds=0.0,
        version=__version__,
        revision=environment.revision(),
        python=sys.version.split()[0],
        packages=environment.packages(),
        machine=environment.machine(),
        statistics=statistics.options(),
        texts=texts,
        shard=shard,
    )


def corpus_entry(corpus: Corpus) -> CorpusEntry:
    """Return the manifest's entry of a corpus."""
    guessed, unclear = guess_counts(corpus.documents, corpus.guesses)
    return CorpusEntry(
        name=corpus.name,
        fingerprint=corpus.fingerprint,
        documents=len(corpus.documents),
        references=sum(len(document.references) for document in corpus.documents),
        notes=corpus.notes,
        clusters=corpus.clusters,
        languages=dict(Counter(document.language for document in corpus.documents).most_common()),
        guessed=guessed,
        unclear=unclear,
    )


def shard_entry(shard: ShardCorpus) -> ShardEntry:
    """Return the manifest's entry of a shard."""
    whole = shard.whole
    return ShardEntry(shard.shard.number, shard.shard.of, len(whole.documents), whole.fingerprint)


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
            prompt = metric.prompt_text if isinstance(metric, Prompted) else None
            entries.append(MetricEntry(metric.name, tuple(metric.values()), lines, notes=tuple(notes), prompt=prompt))
    return tuple(entries)


def ranking_value(metrics: Sequence[MetricEntry], wanted: str) -> str:
    """Return the wanted value if some metric yields it, else the first of the result table with a direction.

    One of a further table is taken where there is none in the result table, and one that may not rank where there is no
    other.
    """
    values = [value for metric in metrics for value in metric.values]
    judged = [value for value in values if value.direction != Direction.NEITHER and value.main]
    ranking = sorted(judged, key=lambda value: value.table != "")
    named = [value for value in values if value.name == wanted]
    ordered = [value for value in (*named, *ranking) if not value.withheld]
    properties = [value for value in values if value.main and not value.withheld]
    return next((value.name for value in (*ordered, *ranking, *properties)), values[0].name)


def with_main(metrics: Iterable[MetricEntry], name: str) -> tuple[MetricEntry, ...]:
    """Return the entries with the value of this name among those that readers see: systems are ranked by it."""
    return tuple(
        replace(entry, values=tuple(replace(each, main=each.main or each.name == name) for each in entry.values))
        for entry in metrics
    )


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
