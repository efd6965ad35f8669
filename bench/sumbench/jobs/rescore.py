"""Scores the summaries of a finished run under further metrics, from its folder alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sumbench import metrics as of_metrics
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import has_failures
from sumbench.jobs.plan import metric_entries
from sumbench.jobs.requests import with_metrics
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.run_record import Run
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
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
    """Add metrics, named as for a run, to the finished run in the folder `path`, and write scores and tables anew.

    What is scored already stays as it is; costly scores are kept in the `cache`. Raises UsageError for values that the
    run has already, and RunError for a run that is not finished or holds no texts.
    """
    folder = RunFolder(path)
    if folder.read_manifest() is None:
        raise RunError(f"{path}: holds no run")
    with folder.claimed():
        run = read_run(path)
        if not run.manifest.texts:
            raise RunError(f"{path}: holds no texts of its documents (--no-texts): no metric can be added")
        built = of_metrics.build_all(metrics)
        described = metric_entries(built, {document.language for document in run.documents})
        _refuse_known(path, run.manifest, described)
        parts = [run.scores]
        scored = score_batches(
            Scoring(built, MetricContext(run.manifest.seed, store), cache),
            described,
            batches(run.documents, run.summaries),
            len(run.documents),
            folder=folder,
            progress=progress or Silent(),
            watch=lambda _batch, scores: parts.append(scores),
            earlier=run.scores,
        )
        details = [*run.details, *scored.details]
        folder.write_details(details)
        record = replace(
            run.manifest,
            metrics=(*run.manifest.metrics, *scored.entries),
            request=with_metrics(run.manifest.request, metrics),
        )
        made = Run(record, run.summaries, Scores.concat(parts), run.documents, details)
        return finish(made, folder, analyse(made), failed=has_failures(made))


def _refuse_known(path: Path, record: Manifest, entries: Sequence[MetricEntry]) -> None:
    for entry in entries:
        for name, signature in entry.signatures.items():
            if name in record.signatures:
                same = "already" if signature == record.signatures[name] else f"already, as {record.signatures[name]}"
                raise UsageError(f"{path}: has {name} {same}")
