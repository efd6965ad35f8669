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
from sumbench.jobs.entries import metric_entries
from sumbench.jobs.entries import system_entries
from sumbench.jobs.entries import with_main
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import metrics_failed
from sumbench.jobs.finish import summaries_failed
from sumbench.jobs.gathered import Gathered
from sumbench.jobs.gathered import within_memory
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import plan_manifest
from sumbench.jobs.requests import how_to_go_on
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.jobs.summarize import SystemRunner
from sumbench.manifest import Manifest
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import SUMMARIES
from sumbench.runs.store import RunFolder
from sumbench.runs.summary_index import StoredSummaries
from sumbench.runs.summary_index import SummaryIndex
from sumbench.stats import analyse


@pipes.kept()
def run(
    plan: Plan, progress: Progress | None = None, through: Callable[[Executor], Executor] = lambda executor: executor
) -> Finished:
    """Carry out a plan and write the run folder: run.json, documents, summaries, scores, details, tables.

    Missing weights are fetched first. A folder that holds a part of this run is resumed. Failures are recorded and the
    rest continues. Raises UsageError when the user must provide or accept weights first, RunError when the folder
    cannot be written or holds another run, InterruptionError when the user breaks it off, and StoppedError at the first
    failure when the plan's policy says so. `through` may put another executor before the plan's own.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    weights.check(plan.systems, plan.context, plan.metrics)
    if plan.policy.cache is not None:
        plan.policy.cache.ready()
    documents = plan.corpus.documents
    with _executor(plan) as executor, (folder := RunFolder(plan.folder)).claimed():
        ids = tuple(document.id for document in documents)
        old = folder.read_manifest()
        record = write_manifest(folder, plan_manifest(plan, started), old)
        folder.write_documents(documents, texts=plan.texts, positions=plan.positions)
        gathered = Gathered(folder)
        try:
            weights.fetch_for_metrics(plan.metrics, plan.context.store)
            faults = weights.fetch(plan.systems, plan.context, fail_fast=plan.policy.fail_fast)
            record = write_manifest(folder, _with_weights(record, plan, faults), old)
            record, stored = _summarize(plan, record, ids, progress, through(executor))
            executor.release()
            summaries = within_memory(stored)
            scored = score_batches(
                _scoring(plan, executor),
                record.metrics,
                batches(documents, summaries),
                len(documents),
                folder=folder,
                progress=progress,
                watch=gathered.add,
                ranked_by=record.ranked_by,
            )
        except KeyboardInterrupt:
            raise InterruptionError(f"interrupted; go on with: {how_to_go_on(plan.folder)}") from None
        folder.write_details(scored.details)
        stored.put_in_order(folder.path / SUMMARIES)
        record = replace(record, finished=True, metrics=scored.entries, seconds=time.perf_counter() - start)
        made = gathered.run(keep_times(old, record), summaries, documents, scored.details, ids)
        analysis = analyse(made)
        failed = bool(scored.failed) or metrics_failed(record) or summaries_failed(analysis)
        return finish(made, folder, analysis, failed=failed)


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


def summaries_done(folder: RunFolder, plan: Plan, ids: Sequence[str]) -> dict[str, SummaryIndex]:
    """Return, by system, the summaries of a plan that its run's journal has already; those that failed are none.

    `ids` are those of the plan's documents, in order.
    """
    places = {identifier: place for place, identifier in enumerate(ids)}
    return folder.recover_summaries({system.name: system.samples for system in plan.systems}, places)


def _summarize(
    plan: Plan, record: Manifest, ids: Sequence[str], progress: Progress, executor: Executor
) -> tuple[Manifest, StoredSummaries]:
    documents = plan.corpus.documents
    folder = RunFolder(plan.folder)
    done = summaries_done(folder, plan, ids)
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
            telemetry = entry.telemetry if there and entry.telemetry else made.telemetry
            ended = replace(entry, error=made.error, telemetry=telemetry)
            record = replace(record, systems=(*record.systems[: number - 1], ended, *record.systems[number:]))
            folder.write_manifest(record)
    return record, StoredSummaries([done[system.name] for system in plan.systems])
