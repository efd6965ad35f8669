"""Plans a run: turns a request into corpus, systems, metrics and folder; loads nothing."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from functools import cached_property
from functools import partial
from itertools import chain
from itertools import count
from pathlib import Path
from typing import Any

from sumbench import suites
from sumbench.corpus import Corpus
from sumbench.corpus import Selection
from sumbench.corpus import open_corpus
from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.objects import corpus_of
from sumbench.corpus.pipes import refuse_shared
from sumbench.corpus.rows import read_rows
from sumbench.corpus.shard import Shard
from sumbench.corpus.shard import ShardCorpus
from sumbench.corpus.shard import shard_of
from sumbench.corpus.spec import parse_spec
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.executors.devices import device_names
from sumbench.jobs.entries import corpus_entry
from sumbench.jobs.entries import metric_entries
from sumbench.jobs.entries import new_manifest
from sumbench.jobs.entries import shard_entry
from sumbench.jobs.entries import system_entries
from sumbench.jobs.outputs import mark_notes
from sumbench.jobs.policy import Policy
from sumbench.jobs.preconditions import check_documents
from sumbench.jobs.preconditions import check_ranking
from sumbench.jobs.preconditions import check_systems
from sumbench.jobs.preconditions import check_trust
from sumbench.jobs.preconditions import remote_code
from sumbench.jobs.requests import NOTHING
from sumbench.jobs.requests import Given
from sumbench.jobs.requests import Request
from sumbench.jobs.requests import build_parts
from sumbench.jobs.requests import suite_weights
from sumbench.jobs.requests import task_of
from sumbench.manifest import Manifest
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.records import Document
from sumbench.stats import Settings
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems.outputs import JoinedOutputs
from sumbench.systems.outputs import OutputFiles
from sumbench.systems.outputs import Outputs
from sumbench.weights import Store

RESULTS = Path("results")


@dataclass(frozen=True)
class Plan:
    """Everything that a run needs: corpus, systems, metrics, folder and settings.

    `sentences` or `words` is the length budget of the systems, None for none. `out` is the run's folder, None for a new
    one. `request` is the request as JSON values, None where the run cannot be repeated from it alone. `ranked_by` is
    the value that ranks the systems. Without `texts` the run's folder keeps the documents' ids and hashes alone.
    `shard` says of which whole the corpus is a part. Of several `devices` each has a process of every system.
    """

    suite: str
    sentences: int | None
    corpus: Corpus
    systems: Sequence[System]
    metrics: Sequence[Metric]
    context: Context
    out: Path | None = None
    policy: Policy = field(default_factory=Policy)
    statistics: Settings = field(default_factory=Settings)
    request: Mapping[str, Any] | None = None
    ranked_by: str = suites.RANKED_BY
    texts: bool = True
    words: int | None = None
    shard: ShardCorpus | None = None
    devices: Sequence[str] = ()

    @cached_property
    def folder(self) -> Path:
        """The run's folder; a new one is made in `results/`, named after corpus, suite and time, when it is needed."""
        if self.out is not None:
            return self.out
        part = "" if self.shard is None else f"-shard{self.shard.shard.number}of{self.shard.shard.of}"
        return new_folder(self.corpus.name, f"{self.suite}{part}")

    @property
    def positions(self) -> Sequence[int] | None:
        """The place of each document in the whole corpus, of which it is a shard; None where it is the whole."""
        return None if self.shard is None else self.shard.positions

    @property
    def metric_context(self) -> MetricContext:
        """What the metrics may need from the run."""
        return MetricContext(self.context.seed, self.context.store, self.context.device)


def plan(
    request: Request,
    store: Store,
    out: Path | None = None,
    policy: Policy | None = None,
    given: Given = NOTHING,
) -> Plan:
    """Turn a request into a plan: read the corpus, build the systems, check every name; nothing is loaded.

    `out` is the run's folder, which is not touched; None is a new one. `given` are objects that override what the
    request names: such a run cannot be repeated from its folder alone. Raises UsageError or CorpusError for what cannot
    be done, MetricError for a document that a metric does not score.
    """
    suite = suites.read_suite(request.suite)
    task = task_of(request)
    systems, metrics = build_parts(request, given)
    check_ranking(metrics, suite.ranked_by, suite.name)
    seed = suite.seed if request.seed is None else request.seed
    ids = None if request.ids is None else Path(request.ids)
    selection = Selection(request.limit, request.sample, ids, tuple(request.filters), seed)
    check_trust(metrics, store)
    if idle := store.trusted and sorted(store.trusted - suite_weights(request) - remote_code(metrics)):
        raise UsageError(f"--trust-remote-code {idle[0]}: no system or metric of this run has a model of that name")
    named = (request.corpus or task.corpus) if given.corpus is None else given.corpus
    _refuse_shared_pipes(named, systems, request.ids)
    names = device_names(request.device)
    part = None if request.shard is None else Shard.parse(request.shard)
    corpus, systems = _open_corpus(named, selection, systems, given.language, offline=store.offline)
    shard = None if part is None else shard_of(corpus, part)
    corpus = corpus if shard is None else shard.corpus
    check_documents(metrics, corpus.documents)
    check_systems(metrics, {system.name for system in systems})
    return Plan(
        suite=suite.name,
        sentences=task.sentences,
        words=task.words,
        corpus=corpus,
        systems=systems,
        metrics=metrics,
        context=Context(seed, store, names[0]),
        out=out,
        policy=policy or Policy(),
        statistics=Settings.of(request.statistics),
        request=asdict(replace(request, corpus=corpus.source or request.corpus, task=task.corpus))
        if given.empty
        else None,
        ranked_by=suite.ranked_by,
        texts=request.texts,
        shard=shard,
        devices=names,
    )


def _refuse_shared_pipes(named: Any, systems: Sequence[System], ids: str | None) -> None:  # noqa: ANN401 - a name or objects
    corpus = [parse_spec(named).name] if isinstance(named, str) else []
    outputs = [system.path for system in systems if isinstance(system, Outputs)]
    refuse_shared([*corpus, *outputs, *([ids] if ids else [])])


def _open_corpus(
    named: Any,  # noqa: ANN401
    selection: Selection,
    systems: Sequence[System],
    language: str,
    *,
    offline: bool,
) -> tuple[Corpus, list[System]]:
    """Open the corpus (a name, or objects that make one), and join the files of outputs among the systems with it.

    `language` is that of objects that say none; "" has it guessed.
    A file of outputs may be about the whole corpus where a part is selected, or about that part alone.
    """
    joined: dict[str, System] = {}
    made = [system for system in systems if isinstance(system, Outputs)]
    notes = ReadingNotes()
    files = OutputFiles(partial(read_rows, notes=notes))

    def join(system: Outputs, documents: Sequence[Document]) -> None:
        joined[system.name] = system.joined(documents, files)

    if isinstance(named, str):
        corpus = open_corpus(named, selection, [partial(join, system) for system in made], offline=offline)
    else:
        corpus = corpus_of(named, selection, reader=DocumentReader(sentences=SPLIT, language=language))
    for system in made:
        if system.name not in joined:
            join(system, corpus.documents)
    ready = [joined.get(system.name, system) for system in systems]
    marks = mark_notes(corpus.documents, [system for system in ready if isinstance(system, JoinedOutputs)], run=True)
    return replace(corpus, notes=(*corpus.notes, *notes, *marks)), ready


def new_folder(corpus: str, suite: str) -> Path:
    """Make the folder in `results/` for a new run, and return its path: named after corpus, suite and time.

    Of several runs that begin within a second, each gets a folder of its own, numbered. Raises RunError when none can
    be made.
    """
    name = f"{corpus}-{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    numbered = (RESULTS / f"{name}-{number}" for number in count(2))
    return next(path for path in chain([RESULTS / name], numbered) if _made(path))


def _made(path: Path) -> bool:
    """Make a folder, and tell whether it is new."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise RunError(f"{path}: no run can be written here: {error.strerror}") from None
    return True


def plan_manifest(plan: Plan, started: datetime) -> Manifest:
    """Return the manifest of the plan's run before any work is done."""
    corpus = corpus_entry(plan.corpus)
    return new_manifest(
        corpus,
        system_entries(plan.systems, plan.context),
        metric_entries(plan.metrics, corpus.languages, corpus, plan.metric_context),
        suite=plan.suite,
        sentences=plan.sentences,
        words=plan.words,
        seed=plan.context.seed,
        ranked_by=plan.ranked_by,
        statistics=plan.statistics,
        texts=plan.texts,
        request=plan.request,
        started=started,
        shard=None if plan.shard is None else shard_entry(plan.shard),
    )
