"""mlflow export: one MLflow run for the benchmark, and one nested under it for each system (extra `mlflow`).

The benchmark's has the request as parameters, the verdict as its description, corpus, signatures and versions as tags,
and table.md, report.html and run.json as artefacts. A system's has its options as parameters, its fingerprint and
weights as tags, and as metrics the figures of the table, scaled as there: `rouge2`, and `rouge2.low` and `rouge2.high`
where it has an interval. They are logged into the experiment that MLFLOW_EXPERIMENT_NAME names, or `sumbench`. A run
that is there already, by the SHA-256 of its run.json, is not logged again.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.exports.source import ExportSource
from sumbench.manifest import SystemEntry
from sumbench.stats import Standing
from sumbench.tables.values import scaled

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "sumbench"
ARTEFACTS = ("table.md", "report.html", "run.json")
IDENTITY = "sumbench.run_sha256"
_FOREIGN = re.compile(r"[^\w.\-/ ]")
_LONGEST_TAG = 5000
_LONGEST_PARAMETER = 6000


def export(source: ExportSource, place: str | None) -> list[str]:
    """Log the run into the tracking store at the address `place` (default: MLflow's own), and return what was logged.

    Raises UsageError where MLflow is missing, RunError where the store takes nothing.
    """
    try:
        import mlflow
    except ImportError:
        raise UsageError("export mlflow needs MLflow: pip install 'sumbench[mlflow]'") from None
    try:
        client = mlflow.MlflowClient(tracking_uri=place)
        return _logged(client, source)
    except Exception as error:
        raise RunError(f"{place or 'MLflow'}: the run cannot be logged here: {failure_line(error)}") from error


def _logged(client: "MlflowClient", source: ExportSource) -> list[str]:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    known = client.get_experiment_by_name(name)
    experiment = client.create_experiment(name) if known is None else known.experiment_id
    identity = hashlib.sha256(source.run.manifest.json().encode()).hexdigest()
    query = f"tags.`{IDENTITY}` = '{identity}' and attributes.status = 'FINISHED'"
    for run in client.search_runs([experiment], query, max_results=1):
        return [f"MLflow run {run.info.run_id}: {source.name} is there already"]
    started = datetime.fromisoformat(source.run.manifest.started).timestamp() * 1000
    ended = started + source.run.manifest.seconds * 1000
    parent = _begin(client, experiment, source.name, started, {IDENTITY: identity, **_benchmark_tags(source)})
    try:
        _log(client, parent, _request(source), {})
        for file in ARTEFACTS:
            if (source.folder / file).is_file():
                client.log_artifact(parent, str(source.folder / file))
        lines = [f"MLflow run {parent}: {source.name}"]
        entries = {entry.name: entry for entry in source.run.manifest.systems}
        for row in source.analysis.ranking(source.run.manifest.ranked_by):
            entry = entries.get(row.system)
            tags = {"mlflow.parentRunId": parent, **_system_tags(source, row, entry)}
            child = _begin(client, experiment, row.system, started, tags)
            _log(client, child, _options(entry), dict(_figures(source, row, entry)))
            if entry is not None and entry.prompt is not None:
                client.log_text(child, entry.prompt, "prompt.txt")
            client.set_terminated(child, "FAILED" if entry and entry.error else "FINISHED", int(ended))
            lines.append(f"MLflow run {child}: {source.name}, {row.system}")
    except BaseException:
        client.set_terminated(parent, "FAILED")
        raise
    client.set_terminated(parent, "FINISHED", int(ended))
    return lines


def _begin(client: "MlflowClient", experiment: str, name: str, started: float, tags: Mapping[str, Any]) -> str:
    """Create an MLflow run and return its id."""
    told = {_name(key): str(value)[:_LONGEST_TAG] for key, value in tags.items() if value is not None}
    created = client.create_run(experiment, start_time=int(started), tags=told, run_name=name)
    return str(created.info.run_id)


def _log(client: "MlflowClient", run: str, parameters: Mapping[str, Any], figures: Mapping[str, float]) -> None:
    from mlflow.entities import Metric
    from mlflow.entities import Param

    given = {key: str(value)[:_LONGEST_PARAMETER] for key, value in parameters.items() if value is not None}
    told = [Param(_name(key), value) for key, value in given.items()]
    now = int(datetime.now().astimezone().timestamp() * 1000)
    client.log_batch(run, [Metric(_name(key), value, now, 0) for key, value in figures.items()], told)


def _benchmark_tags(source: ExportSource) -> dict[str, Any]:
    record = source.run.manifest
    return {
        "mlflow.note.content": " ".join(source.table.verdict) or None,
        "sumbench.version": record.version,
        "sumbench.revision": record.revision,
        "sumbench.corpus": record.corpus.name,
        "sumbench.corpus_sha256": record.corpus.fingerprint,
        "sumbench.machine": json.dumps(asdict(record.machine)),
        **{f"sumbench.signature.{name}": line for name, line in record.signatures.items()},
        **{f"sumbench.package.{name}": version for name, version in record.packages.items()},
    }


def _request(source: ExportSource) -> dict[str, Any]:
    record = source.run.manifest
    return {
        "suite": record.suite,
        "corpus": record.corpus.name,
        "documents": record.corpus.documents,
        "references": record.corpus.references,
        "systems": ", ".join(entry.name for entry in record.systems),
        "metrics": ", ".join(metric.name for metric in record.metrics),
        "ranked_by": record.ranked_by,
        "sentences": record.sentences,
        "words": record.words,
        "seed": record.seed,
        **{f"statistics.{key}": value for key, value in record.statistics.items()},
    }


def _system_tags(source: ExportSource, row: Standing, entry: SystemEntry | None) -> dict[str, Any]:
    tags: dict[str, Any] = {
        "sumbench.role": row.role,
        "sumbench.corpus": source.run.manifest.corpus.name,
        "sumbench.corpus_sha256": source.run.manifest.corpus.fingerprint,
    }
    if entry is not None:
        fingerprint = json.dumps(entry.fingerprint, sort_keys=True)
        tags["sumbench.fingerprint"] = fingerprint
        tags["sumbench.fingerprint_sha256"] = hashlib.sha256(fingerprint.encode()).hexdigest()
        tags["sumbench.weights_sha256"] = entry.weights and entry.weights.sha256
        tags["sumbench.error"] = entry.error
    return tags


def _options(entry: SystemEntry | None) -> dict[str, Any]:
    return dict(entry.fingerprint.get("options", {})) if entry else {}


def _figures(source: ExportSource, row: Standing, entry: SystemEntry | None) -> Iterator[tuple[str, float]]:
    """Yield the figures of a system by name: scores with their intervals, then what it took."""
    for name, value in source.run.manifest.values.items():
        interval = source.analysis.interval(row.system, name)
        found = {"": row.means.get(name), ".low": interval and interval.low, ".high": interval and interval.high}
        for end, score in found.items():
            shown = scaled(score, value)
            if shown is not None:
                yield f"{name}{end}", shown
    costs = {
        "words": row.words,
        "seconds": row.seconds,
        "seen": None if row.seen is None else 100 * row.seen,
        "cost": row.cost,
        "failed": row.failed,
        "failed_draws": row.failed_draws,
        "answered": None if row.answered is None else 100 * row.answered,
    }
    took = asdict(entry.telemetry) if entry and entry.telemetry else {}
    for name, figure in (*costs.items(), *((f"telemetry.{key}", each) for key, each in took.items())):
        if isinstance(figure, int | float):
            yield name, float(figure)


def _name(key: str) -> str:
    """Return a name that MLflow takes."""
    return _FOREIGN.sub("_", key)
