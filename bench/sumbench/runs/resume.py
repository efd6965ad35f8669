"""Resuming a run: merges the new manifest with the earlier one of the same folder."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry


def merge_manifest(old: Manifest, new: Manifest, folder: Path) -> Manifest:
    """Return the manifest `new` with what the run `old` of the same folder already knows of its systems.

    That is their telemetry, and the weights they used where these are no longer available. Raises RunError
    unless the run does all that the old one did, and perhaps more.
    """
    systems = {entry.name: entry for entry in new.systems}
    differs = next(
        (
            what
            for what, same in (
                (f"corpus {old.corpus.name!r}", old.corpus.fingerprint == new.corpus.fingerprint),
                ("shard", old.shard == new.shard),
                (f"seed {old.seed}", old.seed == new.seed),
                *((f"system {entry.name!r}", _same(entry, systems.get(entry.name))) for entry in old.systems),
                *(
                    (
                        f"number of draws of {entry.name!r} ({entry.samples})",
                        entry.samples <= systems[entry.name].samples,
                    )
                    for entry in old.systems
                    if entry.name in systems
                ),
            )
            if not same
        ),
        None,
    )
    if differs:
        raise RunError(f"{folder}: holds a run whose {differs} is not that of this one: give --out another folder")
    if old.finished and (lost := [name for name in old.values if name not in new.values]):
        raise RunError(f"{folder}: has scores in {lost[0]}, which this run does not make: give --out another folder")
    for entry in old.systems:
        now = systems[entry.name]
        if entry.weights is not None and now.weights is None:
            now = replace(now, fingerprint=entry.fingerprint, weights=entry.weights)
        systems[entry.name] = replace(now, telemetry=entry.telemetry)
    merged = new.merged or old.merged
    return replace(new, systems=tuple(systems[entry.name] for entry in new.systems), merged=merged)


def keep_times(old: Manifest | None, new: Manifest) -> Manifest:
    """Return the manifest `new` of a finished run; where `old` says the same but for the time, the time of `old`."""
    if old is None:
        return new
    timeless = replace(new, started=old.started, seconds=old.seconds)
    return timeless if timeless.json() == old.json() else new


def _same(old: SystemEntry, new: SystemEntry | None) -> bool:
    """Tell whether two entries are of the same system, as far as the weights of both are known."""
    if new is None:
        return False
    unknown = {"weights"} if old.weights is None or new.weights is None else set()
    return _json(old.fingerprint, unknown) == _json(new.fingerprint, unknown)


def _json(parts: Mapping[str, Any], left_out: AbstractSet[str]) -> str:
    return json.dumps({key: value for key, value in parts.items() if key not in left_out}, sort_keys=True)
