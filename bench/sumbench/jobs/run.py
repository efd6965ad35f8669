"""Carries out a run: systems on a corpus, scored, with everything written to a run folder."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sumbench.errors import InterruptionError
from sumbench.executors import weights
from sumbench.executors.local import LocalExecutor
from sumbench.jobs import preload
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import begin
from sumbench.jobs.plan import entries
from sumbench.jobs.scoring import Batch
from sumbench.jobs.scoring import Collected
from sumbench.jobs.scoring import Scorers
from sumbench.jobs.scoring import Watch
from sumbench.jobs.scoring import batches
from sumbench.jobs.summarize import Key
from sumbench.jobs.summarize import SystemRunner
from sumbench.manifest import Manifest
from sumbench.metrics import MetricContext
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Detail
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs import score_journal
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.score_journal import ScoreJournal
from sumbench.runs.store import RunFolder
from sumbench.stats import analyse
from sumbench.tables import FORMATS
from sumbench.tables import published
from sumbench.tables import results
from sumbench.tables.model import Table


@dataclass(frozen=True)
class Finished:
    """A run that was carried out, with its result table, and the figures that papers published beside ours, if any."""

    run: Run
    table: Table
    published: Table | None = None

    @property
    def failed(self) -> bool:
        """Whether anything of the run failed."""
        return (
            any(metric.error for metric in self.run.manifest.metrics)
            or any(summary.error for summary in self.run.summaries)
            or any(True for _ in self.run.scores.failures())
        )


def run(plan: Plan, progress: Progress | None = None) -> Finished:
    """Carry out a plan and write the run folder: run.json, documents, summaries, scores, details, tables.

    Missing weights are fetched first. A folder that holds a part of this run is gone on with. What fails is recorded
    and the rest goes on. Raises UsageError when the user must see to weights first, RunError when the folder cannot be
    written or holds another run, InterruptionError when the user breaks it off, and StoppedError at the first failure
    when the plan's policy says so.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    weights.check(plan.systems, plan.context)
    if plan.policy.cache is not None:
        plan.policy.cache.ready()
    folder = RunFolder(plan.folder)
    with folder.claimed():
        old = folder.read_manifest()
        record = write_manifest(plan, begin(plan, started), old)
        folder.write_documents(plan.corpus.documents, texts=plan.texts)
        try:
            faults = weights.fetch(plan.systems, plan.context, fail_fast=plan.policy.fail_fast)
            record = write_manifest(plan, replace(record, systems=entries(plan, faults)), old)
            record, summaries = _summarize(plan, record, progress)
            collected = Collected()
            some = batches(plan.corpus.documents, summaries)
            record, details = score_batches(plan, record, some, progress, collected)
        except KeyboardInterrupt:
            raise InterruptionError(f"interrupted; go on with: sumbench run --resume {plan.folder}") from None
        record = replace(record, finished=True, seconds=time.perf_counter() - start)
        record = keep_times(old, record)
        made = Run(record, summaries, collected.scores, plan.corpus.documents, details)
        folder.write_summaries(summaries)
        return finish(made, plan.folder)


def score_batches(
    plan: Plan, record: Manifest, some: Iterable[Batch], progress: Progress, watch: Watch
) -> tuple[Manifest, list[Detail]]:
    """Score batches under the plan's metrics, and return the manifest with what could not be loaded, and details."""
    context = MetricContext(plan.context.seed, plan.context.store, plan.context.device)
    scorers = Scorers.load(plan.metrics, record, context, fail_fast=plan.policy.fail_fast)
    cache = plan.policy.cache.file if plan.policy.cache is not None else None
    kept = ScoreJournal(plan.folder / score_journal.FILE, cache)
    details = scorers.score(some, record.corpus.documents, kept, progress, watch)
    return replace(record, metrics=scorers.entries), details


def finish(made: Run, home: Path) -> Finished:
    """Write the scores, the tables and at last the manifest of a run whose summaries are written."""
    analysis = analyse(made)
    finished = Finished(made, results(made.manifest, analysis), published.beside(made.manifest, analysis.standings))
    folder = RunFolder(home)
    folder.write_scores(made.scores)
    folder.write_details(made.details)
    for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
        folder.write_table(file, FORMATS[format_](finished.table))
    if finished.published is not None:
        folder.write_table("published.md", FORMATS["markdown"](finished.published))
    folder.write_manifest(made.manifest)
    (home / score_journal.FILE).unlink(missing_ok=True)
    return finished


def write_manifest(plan: Plan, record: Manifest, old: Manifest | None) -> Manifest:
    """Write the manifest of a run that begins, with what is known from its `old` one, and return it."""
    record = record if old is None else merge_manifest(old, record, plan.folder)
    RunFolder(plan.folder).write_manifest(record)
    return record


def _summarize(plan: Plan, record: Manifest, progress: Progress) -> tuple[Manifest, tuple[Summary, ...]]:
    documents = plan.corpus.documents
    folder = RunFolder(plan.folder)
    done: dict[str, dict[Key, Summary]] = {entry.name: {} for entry in record.systems}
    for summary in folder.recover_summaries(done, {document.id for document in documents}):
        if summary.error is None:
            done[summary.system][summary.document, summary.draw] = summary
    summaries: list[Summary] = []
    with folder.journal() as lines, LocalExecutor(plan.policy.timeout, plan.policy.memory_limit) as executor:
        runner = SystemRunner(documents, plan.context, plan.policy, lines, executor)
        for number, (system, entry) in enumerate(zip(plan.systems, record.systems, strict=True), 1):
            size = len(documents) * system.samples
            there = len(done[system.name]) == size
            if not there:
                preload.preload_libraries()
            what = f"[{number}/{len(plan.systems)}] {system.name}" + (" (reused)" if there else "")
            with progress.task(what, size, "documents" if system.samples == 1 else "draws") as advance:
                made = runner.run(system, entry, done[system.name], advance)
            summaries += made.summaries
            telemetry = entry.telemetry if there and entry.telemetry else made.telemetry
            ended = replace(entry, error=made.error, telemetry=telemetry)
            record = replace(record, systems=(*record.systems[: number - 1], ended, *record.systems[number:]))
            folder.write_manifest(record)
    return record, tuple(summaries)
