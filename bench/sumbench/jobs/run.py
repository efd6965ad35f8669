"""Carries out a run: systems on a corpus, scored, with everything written to a run folder."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime

from sumbench.errors import InterruptionError
from sumbench.executors import local
from sumbench.executors import preload
from sumbench.executors import weights
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import begin
from sumbench.jobs.plan import entries
from sumbench.manifest import Manifest
from sumbench.metrics import LoadedMetric
from sumbench.metrics import MetricContext
from sumbench.metrics.scoring import reason
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Detail
from sumbench.records import Summary
from sumbench.run import Run
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores
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


def benchmark(plan: Plan, progress: Progress | None = None) -> Finished:
    """Carry out a plan and write the run folder: run.json, documents, summaries, scores, details, tables.

    Missing weights are fetched first. A folder that holds a part of this run is gone on with. What fails is recorded
    and the rest goes on. Raises UsageError when the user must see to weights first, RunError when the folder cannot be
    written or holds another run, InterruptionError when the user breaks it off, and StoppedError at the first failure
    when the plan's policy says so.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    for system in plan.systems:
        system.check(plan.corpus.documents)
    weights.check(plan.systems, plan.context)
    if plan.policy.cache is not None:
        plan.policy.cache.ready()
    folder = RunFolder(plan.folder)
    with folder.claimed():
        old = folder.read_manifest()
        record = _begun(plan, begin(plan, started), old)
        folder.write_documents(plan.corpus.documents, texts=plan.texts)
        try:
            faults = weights.fetch(plan.systems, plan.context, fail_fast=plan.policy.fail_fast)
            record = _begun(plan, replace(record, systems=entries(plan, faults)), old)
            record, summaries = _summarize(plan, record, progress)
        except KeyboardInterrupt:
            raise InterruptionError(f"interrupted; go on with: sumbench run --resume {plan.folder}") from None
        record, scores, details = _score(plan, record, summaries, progress)
        record = replace(record, finished=True, seconds=time.perf_counter() - start)
        record = keep_times(old, record)
        run = Run(record, summaries, scores, plan.corpus.documents, details)
        finished = Finished(run, results(run), published.beside(run))
        _write(finished, folder)
    return finished


def _begun(plan: Plan, record: Manifest, old: Manifest | None) -> Manifest:
    """Write the manifest of a run that begins, with what is known from its `old` one, and return it."""
    record = record if old is None else merge_manifest(old, record, plan.folder)
    RunFolder(plan.folder).write_manifest(record)
    return record


def _summarize(plan: Plan, record: Manifest, progress: Progress) -> tuple[Manifest, tuple[Summary, ...]]:
    documents = plan.corpus.documents
    folder = RunFolder(plan.folder)
    done: dict[str, dict[local.Place, Summary]] = {entry.name: {} for entry in record.systems}
    for summary in folder.recover_summaries(done, {document.id for document in documents}):
        if summary.error is None:
            done[summary.system][summary.document, summary.draw] = summary
    summaries: list[Summary] = []
    with folder.journal() as lines:
        executor = local.Executor(documents, plan.context, plan.policy, lines)
        for number, (system, entry) in enumerate(zip(plan.systems, record.systems, strict=True), 1):
            size = len(documents) * system.samples
            there = len(done[system.name]) == size
            if not there:
                preload.import_later_needs()
            what = f"[{number}/{len(plan.systems)}] {system.name}" + (" (reused)" if there else "")
            with progress.task(what, size, "documents" if system.samples == 1 else "draws") as advance:
                outcome = executor.run(system, entry, done[system.name], advance)
            summaries += outcome.summaries
            telemetry = entry.telemetry if there and entry.telemetry else outcome.telemetry
            ended = replace(entry, error=outcome.error, telemetry=telemetry)
            record = replace(record, systems=(*record.systems[: number - 1], ended, *record.systems[number:]))
            folder.write_manifest(record)
    return record, tuple(summaries)


def _score(
    plan: Plan, record: Manifest, summaries: Sequence[Summary], progress: Progress
) -> tuple[Manifest, Scores, list[Detail]]:
    """Score the summaries under every metric; one that cannot be loaded is said in its entry, and the others go on."""
    documents = plan.corpus.documents
    context = MetricContext(plan.context.seed, plan.context.store, plan.context.device)
    parts: list[Scores] = []
    details: list[Detail] = []
    entries = []
    for metric, entry in zip(plan.metrics, record.metrics, strict=True):
        error = None
        with progress.task(f"scoring: {metric.name}"):
            try:
                loaded = LoadedMetric(metric.name, entry.values, metric.load(context), plan.policy.fail_fast)
                scored = loaded.score(documents, summaries)
            except Exception as failure:
                if plan.policy.fail_fast:
                    raise
                error = reason(failure)
            else:
                parts.append(scored.scores)
                details += scored.details
        entries.append(replace(entry, error=error))
    return replace(record, metrics=tuple(entries)), Scores.concat(parts), details


def _write(finished: Finished, folder: RunFolder) -> None:
    folder.write_summaries(finished.run.summaries)
    folder.write_scores(finished.run.scores)
    folder.write_details(finished.run.details)
    for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
        folder.write_table(file, FORMATS[format_](finished.table))
    if finished.published is not None:
        folder.write_table("published.md", FORMATS["markdown"](finished.published))
    folder.write_manifest(finished.run.manifest)
