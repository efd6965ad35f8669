"""Carries out a plan: summarizes, scores, and writes the run folder."""

import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from datetime import datetime

from sumbench.corpus import pipes
from sumbench.errors import InterruptionError
from sumbench.executors import weights
from sumbench.executors.local import LocalExecutor
from sumbench.executors.protocol import Executor
from sumbench.executors.ray import RayExecutor
from sumbench.jobs import preload
from sumbench.jobs.begin import metric_entries
from sumbench.jobs.begin import system_entries
from sumbench.jobs.begin import with_main
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import metrics_failed
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import plan_manifest
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.jobs.summarize import Key
from sumbench.jobs.summarize import SystemRunner
from sumbench.manifest import Manifest
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import RunFolder
from sumbench.scores import Scores
from sumbench.stats import analyse


@pipes.kept()
def run(
    plan: Plan, progress: Progress | None = None, through: Callable[[Executor], Executor] = lambda executor: executor
) -> Finished:
    """Carry out a plan and write the run folder: run.json, documents, summaries, scores, details, tables.

    `through` may put another executor before the plan's own.

    Missing weights are fetched first. A folder that holds a part of this run is resumed. Failures are recorded and the
    rest continues. Raises UsageError when the user must provide or accept weights first, RunError when the folder
    cannot be written or holds another run, InterruptionError when the user breaks it off, and StoppedError at the first
    failure when the plan's policy says so.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    weights.check(plan.systems, plan.context, plan.metrics)
    if plan.policy.cache is not None:
        plan.policy.cache.ready()
    documents, folder = plan.corpus.documents, RunFolder(plan.folder)
    with _executor(plan) as executor, folder.claimed():
        old = folder.read_manifest()
        record = write_manifest(folder, plan_manifest(plan, started), old)
        folder.write_documents(documents, texts=plan.texts, positions=plan.positions)
        parts: list[Scores] = []
        try:
            weights.fetch_for_metrics(plan.metrics, plan.context.store)
            faults = weights.fetch(plan.systems, plan.context, fail_fast=plan.policy.fail_fast)
            record = write_manifest(folder, _with_weights(record, plan, faults), old)
            record, summaries = _summarize(plan, record, progress, through(executor))
            executor.release()
            scored = score_batches(
                _scoring(plan, executor),
                record.metrics,
                batches(documents, summaries),
                len(documents),
                folder=folder,
                progress=progress,
                watch=lambda _batch, scores: parts.append(scores),
                ranked_by=record.ranked_by,
            )
        except KeyboardInterrupt:
            raise InterruptionError(f"interrupted; go on with: sumbench run --resume {plan.folder}") from None
        folder.write_details(scored.details)
        folder.write_summaries(summaries)
        record = replace(record, finished=True, metrics=scored.entries, seconds=time.perf_counter() - start)
        made = Run(keep_times(old, record), summaries, Scores.concat(parts), documents, scored.details)
        failed = bool(scored.failed) or metrics_failed(record) or any(summary.error for summary in summaries)
        return finish(made, folder, analyse(made), failed=failed)


def _scoring(plan: Plan, executor: LocalExecutor | RayExecutor) -> Scoring:
    """Return how the summaries of a plan's run are scored, by metrics that the executor makes ready."""
    cache = None if plan.policy.cache is None else plan.policy.cache.file
    return Scoring(plan.metrics, plan.metric_context, cache, plan.policy.fail_fast, load=executor.load_metric)


def _with_weights(record: Manifest, plan: Plan, faults: Mapping[str, str]) -> Manifest:
    """Return the manifest with the weights that are there now; `faults` says why some are not."""
    metrics = metric_entries(plan.metrics, record.corpus.languages, record.corpus, plan.metric_context)
    systems = system_entries(plan.systems, plan.context, faults)
    return replace(record, systems=systems, metrics=with_main(metrics, record.ranked_by))


def write_manifest(folder: RunFolder, record: Manifest, old: Manifest | None) -> Manifest:
    """Write the manifest of a run that starts, merged with the `old` one of its folder, and return it."""
    record = record if old is None else merge_manifest(old, record, folder.path)
    folder.write_manifest(record)
    return record


def _executor(plan: Plan) -> LocalExecutor | RayExecutor:
    policy = plan.policy
    if policy.cluster is not None:
        return RayExecutor(policy.cluster, policy.timeout, policy.memory_limit, policy.load_limit)
    return LocalExecutor(
        policy.timeout,
        policy.memory_limit,
        load_timeout=policy.load_limit,
        workers=policy.workers,
        devices=plan.devices,
    )


def summaries_done(folder: RunFolder, record: Manifest, documents: Sequence[Document]) -> dict[str, dict[Key, Summary]]:
    """Return the summaries, by system, that a run's journal has already; those that failed are none."""
    done: dict[str, dict[Key, Summary]] = {entry.name: {} for entry in record.systems}
    for summary in folder.recover_summaries(done, {document.id for document in documents}):
        if summary.error is None:
            done[summary.system][summary.document, summary.draw] = summary
    return done


def _summarize(
    plan: Plan, record: Manifest, progress: Progress, executor: Executor
) -> tuple[Manifest, tuple[Summary, ...]]:
    documents = plan.corpus.documents
    folder = RunFolder(plan.folder)
    done = summaries_done(folder, record, documents)
    summaries: list[Summary] = []
    with folder.journal() as lines:
        runner = SystemRunner(documents, plan.context, plan.policy, lines, executor)
        for number, (system, entry) in enumerate(zip(plan.systems, record.systems, strict=True), 1):
            size = len(documents) * system.samples
            there = len(done[system.name]) == size
            if not there:
                preload.preload_libraries()
            what = f"[{number}/{len(plan.systems)}] {system.name}"
            with progress.task(what, size, "documents" if system.samples == 1 else "draws") as advance:
                made = runner.run(system, entry, done[system.name], advance)
            summaries += made.summaries
            telemetry = entry.telemetry if there and entry.telemetry else made.telemetry
            ended = replace(entry, error=made.error, telemetry=telemetry)
            record = replace(record, systems=(*record.systems[: number - 1], ended, *record.systems[number:]))
            folder.write_manifest(record)
    return record, tuple(summaries)
