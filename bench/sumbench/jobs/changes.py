"""Lists what differs between two runs beside their scores: settings, packages, machine, systems' fingerprints."""

from collections.abc import Iterator
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

from sumbench.errors import one_line
from sumbench.jobs.sides import NamedSide
from sumbench.manifest import SystemEntry

_SHOWN_LINES = 12
"""So many changed lines of a prompt are shown at most."""


def manifest_changes(base: NamedSide, new: NamedSide) -> Iterator[str]:
    """Yield one line for each difference between the manifests of two runs."""
    before, after = base.run.manifest, new.run.manifest
    for what in ("suite", "sentences", "words", "seed", "version", "revision", "python"):
        old, now = getattr(before, what), getattr(after, what)
        if old != now:
            yield f"{what}: {old} → {now}"
    for where, one, other in (("the base", base, new), ("the new run", new, base)):
        alone = [system for system in one.systems if system not in other.systems]
        if alone:
            yield f"only in {where}: {', '.join(alone)}"
    yield from _changed("", before.packages, after.packages)
    yield from _changed("machine ", vars(before.machine), vars(after.machine))
    entries = {entry.name: entry for entry in after.systems}
    for entry in before.systems:
        if entry.name in entries:
            yield from _system(entry, entries[entry.name])


def _system(before: SystemEntry, after: SystemEntry) -> Iterator[str]:
    where = f"{before.name}: "
    yield from _changed(where, {"draws": before.samples}, {"draws": after.samples})
    # Where both texts are known, they say more than their hashes.
    texts = before.prompt is not None and after.prompt is not None
    yield from _prompts(before, after) if texts else ()
    hidden = {"prompt"} if texts else set()
    parts = ({key: value for key, value in entry.fingerprint.items() if key not in hidden} for entry in (before, after))
    yield from _changed(where, *map(flat, parts))


def _prompts(before: SystemEntry, after: SystemEntry) -> Iterator[str]:
    """Yield the lines in which two prompts differ, at most _SHOWN_LINES."""
    old, new = (entry.prompt or "" for entry in (before, after))
    lines = unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    changed = [line for line in list(lines)[2:] if not line.startswith("@@")]
    for line in changed[:_SHOWN_LINES]:
        yield f"{before.name}: prompt: {one_line(f'{line[0]} {line[1:]}')}"
    if len(changed) > _SHOWN_LINES:
        yield f"{before.name}: prompt: … and {len(changed) - _SHOWN_LINES} more lines"


def _changed(where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield f"{where}{key}: {before.get(key, 'none')} → {after.get(key, 'none')}"


def flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values within mappings by the path of their keys: `options.sentences`."""
    found: dict[str, Any] = {}
    for key, value in nested.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found
