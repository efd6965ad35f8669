"""A run before it is carried out: corpus, systems, metrics and folder, from a request."""

import sys
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from functools import partial
from itertools import chain
from itertools import count
from pathlib import Path
from typing import Any

from sumbench import __version__
from sumbench import suites
from sumbench.corpus import Corpus
from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.objects import corpus_of
from sumbench.errors import UsageError
from sumbench.executors.describe import describe
from sumbench.jobs.requests import NOTHING
from sumbench.jobs.requests import Given
from sumbench.jobs.requests import Request
from sumbench.jobs.requests import chosen
from sumbench.jobs.requests import weights
from sumbench.jobs.summarize import Policy
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics import Metric
from sumbench.records import Document
from sumbench.runs import environment
from sumbench.stats import Settings
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems.outputs import Outputs
from sumbench.weights import Store

RESULTS = Path("results")


@dataclass(frozen=True)
class Plan:
    """A run before it is made: what its suite and the command line come to.

    `sentences` is the length budget that the systems were given, None where they were given none. `request` is what
    was asked for, None where the run cannot be repeated from that alone. `ranked_by` is the value that the suite ranks
    systems by. Without `texts` the run's folder keeps the documents' ids and hashes alone.
    """

    suite: str
    sentences: int | None
    corpus: Corpus
    systems: Sequence[System]
    metrics: Sequence[Metric]
    context: Context
    folder: Path
    policy: Policy = field(default_factory=Policy)
    statistics: Settings = field(default_factory=Settings)
    request: Mapping[str, Any] | None = None
    ranked_by: str = suites.RANKED_BY
    texts: bool = True


def plan(
    request: Request,
    store: Store,
    out: Path | None = None,
    policy: Policy | None = None,
    given: Given = NOTHING,
) -> Plan:
    """Turn a request into a plan: read the corpus, build the systems, check every name; nothing is loaded or written.

    `out` is the run's folder; None makes a new one in `results/`, named after corpus, suite and time. `given` are
    objects in place of what the request names: such a run cannot be repeated from its folder alone. Raises UsageError
    or CorpusError for what cannot be done.
    """
    suite = suites.read_suite(request.suite)
    task = suite.task(request.task or request.corpus)
    systems, metrics = chosen(request, given)
    seed = suite.seed if request.seed is None else request.seed
    ids = None if request.ids is None else Path(request.ids)
    selection = Selection(request.limit, request.sample, ids, tuple(request.filters), seed)
    if idle := store.trusted and sorted(store.trusted - weights(request)):
        raise UsageError(f"--trust-remote-code {idle[0]}: no system of this run has a model of that name")
    named = (request.corpus or task.corpus) if given.corpus is None else given.corpus
    corpus, systems = _joined(named, selection, systems)
    return Plan(
        suite=suite.name,
        sentences=task.sentences,
        corpus=corpus,
        systems=systems,
        metrics=metrics,
        context=Context(seed, store, request.device),
        folder=out or new_folder(corpus.name, suite.name),
        policy=policy or Policy(),
        statistics=Settings.of(request.statistics),
        request=asdict(replace(request, corpus=corpus.source or request.corpus, task=task.corpus))
        if given == NOTHING
        else None,
        ranked_by=suite.ranked_by,
        texts=request.texts,
    )


def _joined(named: Any, selection: Selection, systems: Sequence[System]) -> tuple[Corpus, list[System]]:  # noqa: ANN401
    """Open the corpus (a name, or objects that make one), and join the files of outputs among the systems with it.

    A file of outputs may be about the whole corpus where a part is selected, or about that part alone.
    """
    joined: dict[str, System] = {}
    made = [system for system in systems if isinstance(system, Outputs)]

    def join(system: Outputs, documents: Sequence[Document]) -> None:
        joined[system.name] = system.joined(documents)

    if isinstance(named, str):
        corpus = open_corpus(named, selection, [partial(join, system) for system in made])
    else:
        corpus = corpus_of(named, selection, reader=DocumentReader(sentences=SPLIT))
    for system in made:
        if system.name not in joined:
            join(system, corpus.documents)
    return corpus, [joined.get(system.name, system) for system in systems]


def new_folder(corpus: str, suite: str) -> Path:
    """Return the folder in `results/` for a new run, named after corpus, suite and time; numbered within a second."""
    name = f"{corpus}-{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    numbered = (RESULTS / f"{name}-{number}" for number in count(2))
    return next(path for path in chain([RESULTS / name], numbered) if not path.exists())


def begin(plan: Plan, started: datetime) -> Manifest:
    """Return the manifest of the plan's run before anything of it is done."""
    return new_manifest(
        corpus_entry(plan.corpus),
        entries(plan.systems, plan.context),
        metric_entries(plan.metrics, {document.language for document in plan.corpus.documents}),
        suite=plan.suite,
        sentences=plan.sentences,
        seed=plan.context.seed,
        ranked_by=plan.ranked_by,
        statistics=plan.statistics,
        texts=plan.texts,
        request=plan.request,
        started=started,
    )


def new_manifest(  # noqa: PLR0913 - what a manifest is made of
    corpus: CorpusEntry,
    systems: tuple[SystemEntry, ...],
    metrics: tuple[MetricEntry, ...],
    *,
    suite: str,
    sentences: int | None,
    seed: int,
    ranked_by: str,
    statistics: Settings,
    texts: bool,
    request: Mapping[str, Any] | None,
    started: datetime,
) -> Manifest:
    """Return the manifest of a run that begins here and now, on this machine with these versions."""
    return Manifest(
        schema=SCHEMA,
        finished=False,
        request=request,
        suite=suite,
        sentences=sentences,
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
    return CorpusEntry(
        name=corpus.name,
        fingerprint=corpus.fingerprint,
        documents=len(corpus.documents),
        references=sum(len(document.references) for document in corpus.documents),
        notes=corpus.notes,
        clusters=corpus.clusters,
    )


def metric_entries(metrics: Sequence[Metric], languages: Collection[str]) -> tuple[MetricEntry, ...]:
    """Return the manifest's entry of each metric, with its signatures for documents in these languages."""
    known = sorted(languages)
    return tuple(MetricEntry(metric.name, tuple(metric.values()), metric.signatures(known)) for metric in metrics)


def _ranking(metrics: Sequence[MetricEntry], wanted: str) -> str:
    """Return the wanted value if some metric yields it, else the first that says what is better."""
    values = [value for metric in metrics for value in metric.values]
    ranking = [value.name for value in values if value.direction != Direction.NEITHER and value.main]
    return next((name for name in (wanted, *ranking) if name in {value.name for value in values}), values[0].name)


def entries(
    systems: Sequence[System], context: Context, faults: Mapping[str, str] | None = None
) -> tuple[SystemEntry, ...]:
    """Return each system's entry in the manifest before it has run; `faults` says why some weights are missing."""
    return tuple(describe(system, context, faults) for system in systems)
