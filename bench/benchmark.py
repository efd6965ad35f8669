"""The main job: systems on a corpus, scored, with everything written to a run folder."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from pathlib import Path

from bench import __version__
from bench import suites
from bench.corpus import Corpus
from bench.corpus import open_corpus
from bench.errors import UsageError
from bench.metrics import REGISTRY as METRICS
from bench.metrics import Metric
from bench.progress import Progress
from bench.progress import Silent
from bench.records import Run
from bench.records import Summary
from bench.runs import environment
from bench.runs import execute
from bench.runs import folder
from bench.runs.manifest import SCHEMA
from bench.runs.manifest import CorpusEntry
from bench.runs.manifest import Manifest
from bench.runs.manifest import SystemEntry
from bench.systems import Context
from bench.systems import System
from bench.systems import build_all
from bench.tables import FORMATS
from bench.tables import results
from bench.weights import Store

RESULTS = Path("results")


@dataclass(frozen=True)
class Plan:
    """A run before it is made: what its suite and the command line come to.

    `sentences` is the length budget that the systems were given, None where they were given none.
    """

    suite: str
    sentences: int | None
    corpus: Corpus
    systems: Sequence[System]
    metrics: Sequence[Metric]
    context: Context
    folder: Path


@dataclass(frozen=True)
class Request:
    """What was asked for: a suite, and what takes the place of its settings where it is not None.

    `out` is the run's folder; None makes a new one in `results/`, named after corpus, suite and time.
    """

    suite: str = "default"
    corpus: str | None = None
    systems: Sequence[str] | None = None
    metrics: Sequence[str] | None = None
    limit: int | None = None
    seed: int | None = None
    out: Path | None = None
    device: str = "auto"


def plan(request: Request, store: Store) -> Plan:
    """Turn a request into a plan: read the corpus, build the systems, check every name; nothing is loaded or written.

    Raises UsageError or CorpusError for what cannot be done.
    """
    suite = suites.read(request.suite)
    if request.limit is not None and request.limit < 1:
        raise UsageError(f"--limit {request.limit} leaves no document: give 1 or more")
    seed = suite.seed if request.seed is None else request.seed
    systems = build_all(list(suite.systems if request.systems is None else request.systems), sentences=suite.sentences)
    metrics = [METRICS[name]() for name in (suite.metrics if request.metrics is None else request.metrics)]
    for kind, chosen in (("system", systems), ("metric", metrics)):
        if not chosen:
            raise UsageError(f"no {kind} is named: `sumbench {kind}s` lists them")
    corpus = open_corpus(request.corpus or suite.corpus).first(request.limit)
    home = request.out or new_folder(corpus, suite.name)
    return Plan(suite.name, suite.sentences, corpus, systems, metrics, Context(seed, store, request.device), home)


def new_folder(corpus: Corpus, suite: str) -> Path:
    """Return the folder in `results/` for a new run, named after corpus, suite and time."""
    return RESULTS / f"{corpus.name}-{suite}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def benchmark(plan: Plan, progress: Progress | None = None) -> Run:
    """Carry out a plan and write the run folder: run.json, summaries.jsonl, scores.parquet, table.md, table.csv.

    Missing weights are fetched first. A system or document that fails is recorded and the rest goes on.
    Raises RunError when the folder cannot be written, WeightsError when weights are not to be had.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    for system in plan.systems:
        system.check(plan.corpus.documents)
    execute.prepare(plan.systems, plan.context)
    folder.create(plan.folder)
    entries, summaries = _summarize(plan, progress)
    with progress.task("scoring"):
        scores = [
            score
            for metric in plan.metrics
            for score in (*metric.score(plan.corpus.documents, summaries), *metric.agreement(plan.corpus.documents))
        ]
    run = Run(_manifest(plan, entries, started, time.perf_counter() - start), tuple(summaries), tuple(scores))
    run.manifest.write(plan.folder / folder.MANIFEST)
    folder.write_scores(run.scores, plan.folder)
    table = results(run)
    for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
        (plan.folder / file).write_text(FORMATS[format_](table), "utf-8")
    return run


def _summarize(plan: Plan, progress: Progress) -> tuple[list[SystemEntry], list[Summary]]:
    entries: list[SystemEntry] = []
    summaries: list[Summary] = []
    with folder.Journal(plan.folder) as journal:
        for system in plan.systems:
            with progress.task(system.name, len(plan.corpus.documents), "documents") as advance:
                outcome = execute.execute(system, plan.corpus.documents, plan.context, journal, advance)
            entries.append(outcome.entry)
            summaries += outcome.summaries
    return entries, summaries


def _manifest(plan: Plan, entries: Sequence[SystemEntry], started: datetime, seconds: float) -> Manifest:
    documents = plan.corpus.documents
    return Manifest(
        schema=SCHEMA,
        suite=plan.suite,
        sentences=plan.sentences,
        seed=plan.context.seed,
        corpus=CorpusEntry(
            name=plan.corpus.name,
            fingerprint=plan.corpus.fingerprint,
            documents=len(documents),
            references=sum(len(document.references) for document in documents),
        ),
        systems=tuple(entries),
        signatures={name: line for metric in plan.metrics for name, line in metric.signatures(documents).items()},
        started=started.isoformat(timespec="seconds"),
        seconds=seconds,
        version=__version__,
        revision=environment.revision(),
        python=sys.version.split()[0],
        packages=environment.packages(),
        machine=environment.machine(),
    )
