"""The sides of a comparison: which runs and systems are named, which meet, and how they came to differ."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.errors import one_line
from sumbench.manifest import SystemEntry
from sumbench.run import Run
from sumbench.runs.store import read_run
from sumbench.stats.versus import Side

_SHOWN_LINES = 12


@dataclass(frozen=True)
class Named:
    """What a RUN or RUN:SYSTEM on the command line means: the run and its folder, perhaps one of its systems."""

    path: Path
    run: Run
    system: str | None = None

    @property
    def name(self) -> str:
        """The name that stands in tables: that of the run's folder."""
        return self.path.name

    @property
    def systems(self) -> list[str]:
        """The systems it stands for: the one that was named, or all that made summaries."""
        return [entry.name for entry in self.run.manifest.systems] if self.system is None else [self.system]


def named(spec: str) -> Named:
    """Read the run that `spec` (RUN or RUN:SYSTEM) names; raise RunError or UsageError for one that is not there."""
    path, system = Path(spec), None
    if not path.is_dir() and ":" in spec:
        place, _, system = spec.partition(":")
        path = Path(place)
    if not path.is_dir():
        raise RunError(f"{path}: no such folder")
    run = read_run(path)
    known = [entry.name for entry in run.manifest.systems]
    if system is not None and system not in known:
        raise UsageError(f"{path}: has no system {system!r}: it has {', '.join(known)}")
    return Named(path.resolve(), run, system)


def pairs(sides: Sequence[Named]) -> list[tuple[Side, Side]]:
    """Pair every side with the first: the same systems across whole runs, or one named system with all the others.

    Raises UsageError when nothing can be paired.
    """
    base, *others = sides
    if all(side.system is None for side in sides):
        several = len(others) > 1
        found = [
            (Side(system, base.run, system), Side(f"{other.name}: {system}" if several else system, other.run, system))
            for other in others
            for system in base.systems
            if system in other.systems
        ]
        if not found:
            raise UsageError("the runs have no system in common: name those to compare as RUN:SYSTEM")
        return found
    if base.system is None:
        raise UsageError(f"name the first system, which the others are compared with: {base.name}:SYSTEM")
    within = all(other.path == base.path for other in others)
    first = Side(base.system if within else f"{base.name}: {base.system}", base.run, base.system)
    return [
        (first, Side(system if within else f"{other.name}: {system}", other.run, system))
        for other in others
        for system in other.systems
        if (other.path, system) != (base.path, base.system)
    ]


def comparable(sides: Sequence[Named], metrics: Sequence[str] | None, *, force: bool) -> tuple[list[str], list[str]]:
    """Return the metrics that all the runs have, and a warning for each thing that does not go together.

    Raises RunError for different corpora or signatures unless `force`, and UsageError for a metric that is missing.
    """
    first, *others = (side.run.manifest for side in sides)
    warnings = [
        f"different corpora: {first.corpus.name} ({first.corpus.fingerprint[:16]}) and "
        f"{other.corpus.name} ({other.corpus.fingerprint[:16]}): compared on documents with the same ids"
        for other in others
        if other.corpus.fingerprint != first.corpus.fingerprint
    ]
    common = [metric for metric in first.signatures if all(metric in other.signatures for other in others)]
    for metric in metrics or []:
        if metric not in common:
            raise UsageError(f"not all runs have {metric!r}: they share {', '.join(common) or 'no metric'}")
    chosen = list(metrics or common)
    warnings += [
        f"different signatures of {metric}: {first.signatures[metric]} and {other.signatures[metric]}"
        for other in others
        for metric in chosen
        if other.signatures[metric] != first.signatures[metric]
    ]
    if not chosen:
        raise UsageError("the runs share no metric")
    if warnings and not force:
        raise RunError(f"{warnings[0]}: compare them all the same with --force")
    return chosen, warnings


def changes(base: Named, new: Named) -> Iterator[str]:
    """Yield one phrase for each thing that differs in how two runs came about."""
    before, after = base.run.manifest, new.run.manifest
    for what in ("suite", "sentences", "seed", "version", "revision", "python"):
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
    # Texts, where there are both, say more than their hash.
    texts = before.prompt is not None and after.prompt is not None
    yield from _prompts(before, after) if texts else ()
    hidden = {"prompt"} if texts else set()
    parts = ({key: value for key, value in entry.fingerprint.items() if key not in hidden} for entry in (before, after))
    yield from _changed(where, *map(_flat, parts))


def _prompts(before: SystemEntry, after: SystemEntry) -> Iterator[str]:
    """Yield the lines of the prompts that are not the same, at most so many as can be read at a glance."""
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


def _flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat
