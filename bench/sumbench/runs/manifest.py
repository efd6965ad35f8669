"""Reads run.json back into the records of `sumbench.manifest`."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.manifest import SCHEMA
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Machine
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.manifest import Telemetry
from sumbench.manifest import WeightsEntry


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
            }
        )
    except (TypeError, KeyError) as error:
        raise RunError(f"{file}: {error}: the file is damaged") from None


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
