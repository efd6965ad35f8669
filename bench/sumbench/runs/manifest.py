"""Reads run.json back into the records of `sumbench.manifest`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import fields
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Machine
from sumbench.manifest import Manifest
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.manifest import Value
from sumbench.manifest import WeightsEntry
from sumbench.metrics.rouge.values import RANKED_BY
from sumbench.metrics.rouge.values import values


def read(file: Path) -> Manifest:
    """Read a run.json; raise RunError for one that is missing, damaged, or of a newer schema."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise RunError(f"{file}: no such file: is {file.parent} the folder of a run?") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{file}: cannot be read: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("schema"), int):
        raise RunError(f"{file}: has no schema number: it is no run.json of sumbench")
    if content["schema"] > SCHEMA:
        raise RunError(
            f"{file}: schema {content['schema']} is newer than this sumbench reads ({SCHEMA}): update sumbench"
        )
    # Runs made before this could be chosen.
    content.setdefault("statistics", {})
    if content["schema"] < 3:  # noqa: PLR2004 - the schemas before this one had signatures alone
        content |= _described(content.pop("signatures", {}), content.pop("metric_errors", {}))
    content.setdefault("texts", False)
    missing = sorted({each.name for each in fields(Manifest)} - content.keys())
    if missing:
        raise RunError(f"{file}: {missing[0]} is missing: the file is damaged")
    try:
        return Manifest(
            **{
                **{each.name: content[each.name] for each in fields(Manifest)},
                "corpus": CorpusEntry(**{**content["corpus"], "notes": tuple(content["corpus"].get("notes", ()))}),
                "systems": tuple(_system(entry) for entry in content["systems"]),
                "machine": Machine(**content["machine"]),
                "metrics": tuple(_metric(entry) for entry in content["metrics"]),
            }
        )
    except (TypeError, KeyError) as error:
        raise RunError(f"{file}: {error}: the file is damaged") from None


def _described(signatures: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the keys of today for a run that had no metric but ROUGE."""
    declared = [value for value in values(signatures) if value.name in signatures]
    entry = MetricEntry("rouge", tuple(declared), signatures, next(iter(errors.values()), None))
    ranked_by = RANKED_BY if RANKED_BY in signatures else next(iter(signatures), "")
    return {"metrics": [asdict(entry)], "ranked_by": ranked_by}


def _metric(entry: Mapping[str, Any]) -> MetricEntry:
    declared = tuple(Value(**{**value, "direction": Direction(value["direction"])}) for value in entry["values"])
    return MetricEntry(**{**entry, "values": declared})


def _system(entry: Mapping[str, Any]) -> SystemEntry:
    weights, telemetry = entry["weights"], entry["telemetry"]
    return SystemEntry(
        **{
            **entry,
            "trained_on": tuple(entry["trained_on"]),
            "weights": weights and WeightsEntry(**weights),
            "telemetry": telemetry and Telemetry(**telemetry),
        }
    )
