"""The main job: systems on a corpus, scored, with everything written to a run folder."""

import os
import sys
import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import __version__
from bench import suites
from bench.corpus import Corpus
from bench.corpus import Selection
from bench.corpus import open_corpus
from bench.errors import InterruptionError
from bench.errors import UsageError
from bench.metrics import Metric
from bench.progress import Progress
from bench.progress import Silent
from bench.records import Run
from bench.records import Score
from bench.records import Summary
from bench.requesting import Request
from bench.requesting import chosen
from bench.requesting import weights
from bench.runs import ahead
from bench.runs import cache
from bench.runs import environment
from bench.runs import execute
from bench.runs import folder
from bench.runs import journal
from bench.runs import supply
from bench.runs.cache import Cache
from bench.runs.execute import Policy
from bench.runs.manifest import SCHEMA
from bench.runs.manifest import CorpusEntry
from bench.runs.manifest import Manifest
from bench.runs.manifest import SystemEntry
from bench.stats import Settings
from bench.stats import choices
from bench.suites import published
from bench.systems import Context
from bench.systems import System
from bench.tables import FORMATS
from bench.tables import results
from bench.tables.model import Table
from bench.weights import Store

RESULTS = Path("results")


@dataclass(frozen=True)
class Plan:
    """A run before it is made: what its suite and the command line come to.

    `sentences` is the length budget that the systems were given, None where they were given none. `request` is what
    was asked for, None where the run cannot be repeated from that alone.
    """

    suite: str
    sentences: int | None
    corpus: Corpus
    systems: Sequence[System]
    metrics: Mapping[str, Metric]
    context: Context
    folder: Path
    policy: Policy = field(default_factory=Policy)
    statistics: Settings = field(default_factory=Settings)
    request: Mapping[str, Any] | None = None


def plan(request: Request, store: Store, out: Path | None = None, policy: Policy | None = None) -> Plan:
    """Turn a request into a plan: read the corpus, build the systems, check every name; nothing is loaded or written.

    `out` is the run's folder; None makes a new one in `results/`, named after corpus, suite and time. Raises
    UsageError or CorpusError for what cannot be done.
    """
    suite = suites.read(request.suite)
    task = suite.task(request.task or request.corpus)
    systems, metrics = chosen(request)
    seed = suite.seed if request.seed is None else request.seed
    ids = None if request.ids is None else Path(request.ids)
    selection = Selection(request.limit, request.sample, ids, tuple(request.filters), seed)
    if idle := store.trusted and sorted(store.trusted - weights(request)):
        raise UsageError(f"--trust-remote-code {idle[0]}: no system of this run has a model of that name")
    checks = [system.check for system in systems if system.whole]
    corpus = open_corpus(request.corpus or task.corpus, selection, checks)
    return Plan(
        suite=suite.name,
        sentences=task.sentences,
        corpus=corpus,
        systems=systems,
        metrics=metrics,
        context=Context(seed, store, request.device),
        folder=out or new_folder(corpus, suite.name),
        policy=policy or Policy(),
        statistics=choices.settings(request.statistics),
        request=asdict(replace(request, corpus=corpus.source or request.corpus, task=task.corpus)),
    )


def new_folder(corpus: Corpus, suite: str) -> Path:
    """Return the folder in `results/` for a new run, named after corpus, suite and time."""
    return RESULTS / f"{corpus.name}-{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def summary_cache(store: Store) -> Cache:
    """Return the cache of summaries: the file that `$SUMBENCH_CACHE` names, else the one in the user's store."""
    named = os.environ.get("SUMBENCH_CACHE")
    return Cache(Path(named).expanduser() if named else store.home / cache.FILE)


@dataclass(frozen=True)
class Finished:
    """A run that was carried out, with its result table, and the figures that papers published beside ours, if any."""

    run: Run
    table: Table
    published: Table | None = None

    @property
    def failed(self) -> bool:
        """Whether anything of the run failed."""
        return bool(self.run.manifest.metric_errors) or any(summary.error for summary in self.run.summaries)


def benchmark(plan: Plan, progress: Progress | None = None) -> Finished:
    """Carry out a plan and write the run folder: run.json, summaries.jsonl, scores.parquet, table.md, table.csv.

    Missing weights are fetched first. A folder that holds a part of this run is gone on with. What fails is recorded
    and the rest goes on. Raises UsageError when the user must see to weights first, RunError when the folder cannot be
    written or holds another run, InterruptionError when the user breaks it off, and StoppedError at the first failure
    when the plan's policy says so.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    for system in plan.systems:
        system.check(plan.corpus.documents)
    supply.check(plan.systems, plan.context)
    if plan.policy.cache is not None:
        plan.policy.cache.ready()
    with folder.claimed(plan.folder):
        old = folder.begun(plan.folder)
        record = _begun(plan, begin(plan, started), old)
        try:
            faults = supply.fetch(plan.systems, plan.context, fail_fast=plan.policy.fail_fast)
            record = _begun(plan, replace(record, systems=_entries(plan, faults)), old)
            record, summaries = _summarize(plan, record, progress)
        except KeyboardInterrupt:
            raise InterruptionError(f"interrupted; go on with: sumbench run --resume {plan.folder}") from None
        scores, errors = _score(plan, summaries, progress)
        record = replace(record, finished=True, metric_errors=errors, seconds=time.perf_counter() - start)
        record = folder.settled(old, record)
        run = Run(record, summaries, scores)
        finished = Finished(run, results(run), published.beside(run))
        _write(finished, plan.folder)
    return finished


def _begun(plan: Plan, record: Manifest, old: Manifest | None) -> Manifest:
    """Write the manifest of a run that begins, with what is known from its `old` one, and return it."""
    record = record if old is None else folder.continued(old, record, plan.folder)
    folder.write_text(plan.folder / folder.MANIFEST, record.json())
    return record


def _entries(plan: Plan, faults: Mapping[str, str] | None = None) -> tuple[SystemEntry, ...]:
    return tuple(execute.describe(system, plan.context, faults) for system in plan.systems)


def _summarize(plan: Plan, record: Manifest, progress: Progress) -> tuple[Manifest, tuple[Summary, ...]]:
    documents = plan.corpus.documents
    file = plan.folder / journal.FILE
    done: dict[str, dict[execute.Place, Summary]] = {entry.name: {} for entry in record.systems}
    for summary in journal.read(file):
        if summary.error is None:
            done[summary.system][summary.document, summary.draw] = summary
    summaries: list[Summary] = []
    with journal.Journal(file) as lines:
        executor = execute.Executor(documents, plan.context, plan.policy, lines)
        for number, (system, entry) in enumerate(zip(plan.systems, record.systems, strict=True), 1):
            size = len(documents) * system.samples
            there = len(done[system.name]) == size
            if not there:
                ahead.import_later_needs()
            what = f"[{number}/{len(plan.systems)}] {system.name}" + (" (reused)" if there else "")
            with progress.task(what, size, "documents" if system.samples == 1 else "draws") as advance:
                outcome = executor.run(system, entry, done[system.name], advance)
            summaries += outcome.summaries
            telemetry = entry.telemetry if there and entry.telemetry else outcome.telemetry
            ended = replace(entry, error=outcome.error, telemetry=telemetry)
            record = replace(record, systems=(*record.systems[: number - 1], ended, *record.systems[number:]))
            folder.write_text(plan.folder / folder.MANIFEST, record.json())
    return record, tuple(summaries)


def _score(plan: Plan, summaries: Sequence[Summary], progress: Progress) -> tuple[tuple[Score, ...], dict[str, str]]:
    documents = plan.corpus.documents
    scores: list[Score] = []
    errors: dict[str, str] = {}
    for name, metric in plan.metrics.items():
        with progress.task(f"scoring: {name}"):
            try:
                scores += metric.score(documents, summaries)
            except Exception as error:
                if plan.policy.fail_fast:
                    raise
                errors[name] = f"{type(error).__name__}: {error}"
    return tuple(scores), errors


def _write(finished: Finished, home: Path) -> None:
    journal.rewrite(home / journal.FILE, finished.run.summaries)
    folder.write_scores(finished.run.scores, home)
    for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
        folder.write_text(home / file, FORMATS[format_](finished.table))
    if finished.published is not None:
        folder.write_text(home / "published.md", FORMATS["markdown"](finished.published))
    folder.write_text(home / folder.MANIFEST, finished.run.manifest.json())


def begin(plan: Plan, started: datetime) -> Manifest:
    """Return the manifest of the plan's run before anything of it is done."""
    documents = plan.corpus.documents
    return Manifest(
        schema=SCHEMA,
        finished=False,
        request=plan.request,
        suite=plan.suite,
        sentences=plan.sentences,
        seed=plan.context.seed,
        corpus=CorpusEntry(
            name=plan.corpus.name,
            fingerprint=plan.corpus.fingerprint,
            documents=len(documents),
            references=sum(len(document.references) for document in documents),
            notes=plan.corpus.notes,
            clusters=plan.corpus.clusters,
        ),
        systems=_entries(plan),
        signatures={
            name: line for metric in plan.metrics.values() for name, line in metric.signatures(documents).items()
        },
        metric_errors={},
        started=started.isoformat(timespec="seconds"),
        seconds=0.0,
        version=__version__,
        revision=environment.revision(),
        python=sys.version.split()[0],
        packages=environment.packages(),
        machine=environment.machine(),
        statistics=choices.record(plan.statistics),
    )
