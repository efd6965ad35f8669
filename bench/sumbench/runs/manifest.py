"""Reads and validates run.json, those of older schemas included."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from typing import Any
from typing import Literal

from msgspec import Meta

from sumbench import files
from sumbench.errors import RunError
from sumbench.manifest import SCHEMA
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import Value
from sumbench.metrics.rouge.original import renamed
from sumbench.metrics.rouge.values import RANKED_BY
from sumbench.metrics.rouge.values import values
from sumbench.validation import checked
from sumbench.validation import parse_json

FILE = "run.json"

WITH_DOCUMENTS = 3
"""The first schema of folders that hold their documents, and in which metrics say what their values are."""

WITH_WORDS = 4
"""The first schema that has length budgets in words."""

_MOST_DECIMALS = 15
_ROLES = ("ranked", "floor", "ceiling")


@dataclass(frozen=True)
class _Statistics:
    """The types of `statistics`."""

    interval: Literal["bca", "percentile"] = "bca"
    confidence: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    resamples: Annotated[int, Meta(ge=1)] = 1
    correction: Literal["holm", "benjamini-hochberg", "none"] = "holm"
    alpha: Annotated[float, Meta(gt=0, lt=1)] = 0.5


def read_manifest(file: Path) -> Manifest:
    """Read a run.json; raise RunError for one that is missing, damaged, or of a newer schema."""
    text = files.read_bytes(file)
    if text is None:
        raise RunError(f"{file}: no such file: is {file.parent} the folder of a run?")
    content = parse_json(text, str(file), RunError)
    schema = content.get("schema") if isinstance(content, dict) else None
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise RunError(f"{file}: has no schema number: it is no run.json of sumbench")
    if schema > SCHEMA:
        raise RunError(f"{file}: schema {schema} is newer than this sumbench reads ({SCHEMA}): update sumbench")
    older = schema < WITH_DOCUMENTS
    signatures, errors = (content.pop(key, {}) if older else {} for key in ("signatures", "metric_errors"))
    content = _completed(content, schema)
    # Keys that have a default for programs, not for files.
    for key in ("statistics", "texts"):
        if key not in content:
            raise RunError(f"{file}: {key}: missing")
    manifest = checked(content, Manifest, str(file), RunError)
    if older:
        where = f"{file}: signatures"
        lines = checked(signatures, dict[str, str], where, RunError)
        manifest = _with_rouge(manifest, lines, checked(errors, dict[str, str], f"{file}: metric_errors", RunError))
    manifest = _renamed(manifest) if schema < WITH_WORDS else manifest
    checked(dict(manifest.statistics), _Statistics, f"{file}: statistics", RunError)
    for fault in _faults(manifest):
        raise RunError(f"{file}: {fault}")
    return manifest


def _completed(content: dict[str, Any], schema: int) -> dict[str, Any]:
    """Return what is in a run.json, with the keys that older schemas lack."""
    if schema < WITH_DOCUMENTS:
        content = {"statistics": {}, "texts": False, **content, "metrics": [], "ranked_by": ""}
    return {"words": None, **content} if schema < WITH_WORDS else content


def _renamed(manifest: Manifest) -> Manifest:
    """Return the manifest with its values called as they are today."""
    return replace(manifest, metrics=tuple(map(renamed, manifest.metrics)))


def _with_rouge(manifest: Manifest, signatures: Mapping[str, str], errors: Mapping[str, str]) -> Manifest:
    """Return the manifest with the metric entry that older schemas lack: ROUGE was their only metric."""
    declared = [value for value in values(signatures) if value.name in signatures]
    entry = MetricEntry("rouge", tuple(declared), signatures, next(iter(errors.values()), None))
    ranked_by = RANKED_BY if RANKED_BY in signatures else next(iter(signatures), "")
    return replace(manifest, metrics=(entry,), ranked_by=ranked_by)


def _faults(manifest: Manifest) -> Iterator[str]:
    """Yield the contradictions among values of the right types."""
    yield from _twice("systems", [entry.name for entry in manifest.systems])
    declared = [value.name for metric in manifest.metrics for value in metric.values]
    yield from _twice("metrics", declared)
    if manifest.ranked_by not in declared and (declared or manifest.ranked_by):
        yield f"ranked_by: {manifest.ranked_by!r} is none of the metrics' values"
    yield from (f"metrics: {name!r} has no signature" for name in declared if name not in manifest.signatures)
    for index, metric in enumerate(manifest.metrics):
        for number, value in enumerate(metric.values):
            yield from _impossible(value, f"metrics[{index}].values[{number}]")
    for index, entry in enumerate(manifest.systems):
        if entry.role not in _ROLES:
            yield f"systems[{index}].role: expected {', '.join(_ROLES)}, got {entry.role!r}"
        if entry.samples < 1:
            yield f"systems[{index}].samples: expected 1 or more, got {entry.samples}"
    if manifest.corpus.documents < 0 or manifest.corpus.references < 0:
        yield "corpus: expected 0 or more documents and references"


def _impossible(value: Value, where: str) -> Iterator[str]:
    if not value.scale > 0:
        yield f"{where}.scale: expected a number above 0, got {value.scale}"
    if not 0 <= value.decimals <= _MOST_DECIMALS:
        yield f"{where}.decimals: expected 0 to {_MOST_DECIMALS}, got {value.decimals}"


def _twice(field: str, names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{field}: {name!r} is there twice"
        seen.add(name)
