"""Adds metrics to a finished run, from its folder alone."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.jobs.entries import metric_entries
from sumbench.jobs.entries import ranking_value
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import has_failures
from sumbench.jobs.preconditions import check_documents
from sumbench.jobs.preconditions import check_systems
from sumbench.jobs.preconditions import check_trust
from sumbench.jobs.preconditions import fetch_weights
from sumbench.jobs.requests import with_metrics
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.run_record import Run
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.runs.store import sealed
from sumbench.scores import Scores
from sumbench.stats import analyse
from sumbench.weights import Store


def rescore(
    path: Path,
    metrics: Sequence[str | Metric],
    store: Store,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Finished:
    """Add metrics, named as for a run, to the finished run in the folder `path`, and write scores and tables again.

    Existing scores are not computed again; costly scores are kept in the file `cache`. Raises UsageError for values
    that the run has already, MetricError for a document that a metric does not score, and RunError for a run that is
    not finished or holds no texts.
    """
    folder = RunFolder(path)
    if folder.address is None and folder.read_manifest() is None:
        raise RunError(f"{path}: holds no run")
    with folder.claimed():
        if folder.read_manifest() is None:
            raise RunError(f"{path}: holds no run")
        run = read_run(path)
        if not run.manifest.texts:
            raise RunError(f"{path}: holds no texts of its documents (--no-texts): no metric can be added")
        built = build_metrics(metrics)
        check_trust(built, store)
        check_documents(built, run.documents)
        check_systems(built, {entry.name for entry in run.manifest.systems})
        languages = {document.language for document in run.documents}
        context = MetricContext(run.manifest.seed, store)
        fetch_weights(built, context)
        described = metric_entries(built, languages, run.manifest.corpus, context)
        there = _others(run, described)
        if not sealed(path) and _has_all(there, described):
            # Killed after its scores were written: what is left is to write the tables.
            return finish(run, folder, analyse(run), failed=has_failures(run))
        _refuse_known(path, there, described)
        parts = [run.scores]
        # Named before it is scored: a folder whose scores are of a metric that run.json does not name cannot be read.
        every = (*there, *described)
        ranked_by = ranking_value(every, run.manifest.ranked_by)
        begun = replace(run.manifest, metrics=every, request=_request(run.manifest, metrics), ranked_by=ranked_by)
        folder.write_manifest(begun)
        try:
            scored = score_batches(
                Scoring(built, context, cache),
                described,
                batches(run.documents, run.summaries),
                len(run.documents),
                folder=folder,
                progress=progress or Silent(),
                watch=lambda _batch, scores: parts.append(scores),
                ranked_by=ranked_by,
                earlier=run.scores,
            )
        except BaseException:
            # Nothing of it is in the folder yet.
            folder.write_manifest(run.manifest)
            folder.seal()
            raise
        details = [*run.details, *scored.details]
        folder.write_details(details)
        record = replace(begun, metrics=(*there, *scored.entries))
        made = Run(record, run.summaries, Scores.concat(parts), run.documents, details, ratings=run.ratings)
        return finish(made, folder, analyse(made), failed=has_failures(made))


def _others(run: Run, added: Sequence[MetricEntry]) -> tuple[MetricEntry, ...]:
    """Return the run's metrics, but those of `added` that it names and has no score of.

    The process that was to score them was killed, or they could not be loaded.
    """
    scored, names = set(run.scores.names("metric")), {value.name for entry in added for value in entry.values}
    return tuple(
        entry
        for entry in run.manifest.metrics
        if (values := {value.name for value in entry.values}) & scored or not values & names
    )


def _has_all(known: Sequence[MetricEntry], entries: Sequence[MetricEntry]) -> bool:
    """Tell whether every value is known, computed as it would be now."""
    signatures = {name: line for entry in known for name, line in entry.signatures.items()}
    wanted = {name: line for entry in entries for name, line in entry.signatures.items()}
    return wanted.items() <= signatures.items()


def _request(record: Manifest, added: Sequence[str | Metric]) -> Mapping[str, Any] | None:
    """Return the run's request with the metrics that were added; as it was where its suite cannot be read any more."""
    try:
        return with_metrics(record.request, added)
    except UsageError:
        return record.request


def _refuse_known(path: Path, known: Sequence[MetricEntry], entries: Sequence[MetricEntry]) -> None:
    signatures = {name: line for entry in known for name, line in entry.signatures.items()}
    for entry in entries:
        for name, signature in entry.signatures.items():
            if name in signatures:
                same = "already" if signature == signatures[name] else f"already, as {signatures[name]}"
                raise UsageError(f"{path}: has {name} {same}")
