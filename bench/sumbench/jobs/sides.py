"""The sides of a comparison: reads the named runs and systems, pairs them, and lays their scores out together."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from statistics import fmean

import numpy as np

from sumbench.corpus.outputs import split_system
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.home import address_of
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.store import read_run
from sumbench.scores import FloatArray
from sumbench.stats import Side
from sumbench.stats import run_matrices
from sumbench.stats import unanswered
from sumbench.storage import reading_side


@dataclass(frozen=True, eq=False)
class RunSystem:
    """A system of a run, under the label that it has in tables."""

    label: str
    run: Run
    system: str

    @property
    def side(self) -> Side:
        """Return it as a side of a comparison, with its number of draws of each document."""
        return Side(self.label, max(e.samples for e in self.run.manifest.systems if e.name == self.system))

    @cached_property
    def _summaries(self) -> Mapping[tuple[str, int], Summary]:
        """The system's summaries by document and draw."""
        return {(one.document, one.draw): one for one in self.run.summaries if one.system == self.system}

    def summary(self, document: str, metric: str) -> Summary:
        """Return the system's summary of a document, of several draws the one whose score is nearest to their mean."""
        if self.side.draws == 1:
            return self._summaries[document, 1]
        scores = self.run.scores.where(document=document, system=self.system, metric=metric)
        values = {score.draw: score.value for score in scores}
        middle = fmean(values.values()) if values else 0.0
        # Without any score, no draw has a summary: the first says why.
        draw = min(values, key=lambda draw: (abs(values[draw] - middle), draw), default=1)
        return self._summaries[document, draw]


@dataclass(frozen=True)
class NamedSide:
    """A RUN or RUN:SYSTEM of the command line: the run and its folder, perhaps with one of its systems.

    So many parts of the folder's path, from its end, are the run's name (`name_parts`).
    """

    path: Path
    run: Run
    system: str | None = None
    name_parts: int = 1

    @property
    def name(self) -> str:
        """The name in tables: that of the run's folder, with folders above it where it takes them to be told apart."""
        address = address_of(self.path)
        parts = self.path.parts if address is None else [part for part in address.split("/") if part]
        return "/".join(parts[-self.name_parts :])

    @property
    def systems(self) -> list[str]:
        """The named system, or all systems of the run."""
        return [entry.name for entry in self.run.manifest.systems] if self.system is None else [self.system]


def read_side(spec: str) -> NamedSide:
    """Read the run that `spec` (RUN or RUN:SYSTEM) names; raise RunError or UsageError for one that is not there.

    A run at an address is fetched.
    """
    spec = reading_side(spec)
    path, system = Path(spec), None
    if not path.is_dir() and ":" in spec:
        folder, system = split_system(spec)
        if not system:
            folder, _, system = spec.partition(":")
        path = Path(folder)
    if not path.is_dir():
        raise RunError(f"{path}: no such folder")
    run = read_run(path)
    known = [entry.name for entry in run.manifest.systems]
    if system is not None and system not in known:
        raise UsageError(f"{path}: has no system {system!r}: it has {', '.join(known)}")
    return NamedSide(path.resolve(), run, system)


def read_sides(specs: Sequence[str]) -> list[NamedSide]:
    """Read the runs that are named, as `read_side` does; folders of one name are told apart by those above them."""
    sides = [read_side(spec) for spec in specs]
    folders = len({side.path for side in sides})
    most = max((len(side.path.parts) for side in sides), default=1)
    for parts in range(1, most + 1):
        named = [replace(side, name_parts=parts) for side in sides]
        if len({side.name for side in named}) == folders:
            return named
    return sides


def pair_sides(sides: Sequence[NamedSide]) -> list[tuple[RunSystem, RunSystem]]:
    """Pair every side with the first: the same systems across whole runs, or one named system with all the others.

    Raises UsageError when nothing can be paired.
    """
    base, *others = sides
    if all(side.system is None for side in sides):
        several = len(others) > 1
        found = [
            (
                RunSystem(system, base.run, system),
                RunSystem(f"{other.name}: {system}" if several else system, other.run, system),
            )
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
    first = RunSystem(base.system if within else f"{base.name}: {base.system}", base.run, base.system)
    found = [
        (first, RunSystem(system if within else f"{other.name}: {system}", other.run, system))
        for other in others
        for system in other.systems
        if (other.path, system) != (base.path, base.system)
    ]
    if not found:
        raise UsageError(f"{base.name}:{base.system} would be compared with itself alone: name another system or run")
    return found


def without_summary(side: RunSystem, ids: Sequence[str]) -> tuple[str, ...]:
    """Return the documents, of those given, of which a side lacks a summary (one draw of several is enough)."""
    missing = {each.document for each in unanswered(side.run.summaries) if each.system == side.system}
    return tuple(document for document in ids if document in missing)


def common_documents(sides: Sequence[RunSystem]) -> tuple[str, ...]:
    """Return the ids of the documents that the runs of all the sides have, in the order of the first."""
    first, *others = {id(side.run): side.run.ids for side in sides}.values()
    sets = [frozenset(ids) for ids in others]
    return tuple(document for document in first if all(document in ids for ids in sets))


def side_scores(
    sides: Sequence[RunSystem], metrics: Sequence[str], ids: Sequence[str], *, drop_failures: bool = False
) -> dict[str, FloatArray]:
    """Return for each metric an array of shape (sides, documents), NaN where a side has no score.

    A document without a summary scores 0 where higher is better, unless failures are dropped.
    """
    laid: dict[str, FloatArray] = {metric: np.full((len(sides), len(ids)), np.nan) for metric in metrics}
    runs = {id(side.run): side.run for side in sides}
    for key, run in runs.items():
        rows = [row for row, side in enumerate(sides) if id(side.run) == key]
        systems = list(dict.fromkeys(sides[row].system for row in rows))
        of_run = run_matrices(run, systems, ids, metrics, drop_failures=drop_failures)
        for metric, array in of_run.items():
            laid[metric][rows] = array[[systems.index(sides[row].system) for row in rows]]
    return laid


def landmark_scores(run: Run, metrics: Sequence[str], ids: Sequence[str]) -> dict[str, dict[str, FloatArray]]:
    """Return for each metric the scores of a run's floors and ceilings, by system."""
    roles = {entry.name: entry.role for entry in run.manifest.systems}
    names = [name for name, role in roles.items() if role != "ranked"]
    names += sorted(set(run.scores.names("system")).difference(roles))
    arrays = run_matrices(run, names, ids, metrics)
    # The references may have scores of other values alone.
    there = [
        name in roles or any(not np.isnan(array[at]).all() for array in arrays.values())
        for at, name in enumerate(names)
    ]
    names = [name for name, kept in zip(names, there, strict=True) if kept]
    arrays = {metric: array[there] for metric, array in arrays.items()}
    return {metric: dict(zip(names, arrays[metric], strict=True)) for metric in metrics if metric in arrays and names}


def comparable_metrics(
    sides: Sequence[NamedSide], metrics: Sequence[str] | None, *, also: Sequence[str] = (), force: bool
) -> tuple[list[str], list[str]]:
    """Return the values to compare, and a warning for each way in which the runs do not match.

    They are the `metrics`; by default those of the result table that all the runs have, and those in `also`.
    Signatures that differ in nothing but the handling of several references are the same where every document has one.
    Raises RunError for different corpora or signatures unless `force`, and UsageError for a metric that is missing.
    """
    first, *others = (side.run.manifest for side in sides)
    warnings = [
        f"different corpora: {first.corpus.name} ({first.corpus.fingerprint[:16]}) and "
        f"{other.corpus.name} ({other.corpus.fingerprint[:16]}): compared on documents with the same ids"
        for other in others
        if other.corpus.fingerprint != first.corpus.fingerprint
    ]
    common = [metric for metric in first.values if all(metric in other.values for other in others)]
    for metric in metrics or []:
        if metric not in common:
            raise UsageError(f"not all runs have {metric!r}: they share {', '.join(common) or 'no metric'}")
    chosen = list(metrics or (metric for metric in common if metric in first.in_result or metric in also))
    warnings += [
        f"different signatures of {metric}: {one} and {two}"
        for other in others
        for metric in chosen
        if not _same_signature(first, other, metric)
        for one, two in [(first.signatures.get(metric), other.signatures.get(metric))]
    ]
    for other in others:
        for metric in chosen:
            if _measure(other, metric) != _measure(first, metric):
                raise RunError(f"{metric} has another direction or scale in one run than in the other: score them anew")
    if not chosen:
        raise UsageError("the runs share no metric")
    if warnings and not force:
        raise RunError(f"{warnings[0]}: compare them all the same with --force")
    return chosen, warnings


def _same_signature(first: Manifest, other: Manifest, metric: str) -> bool:
    """Tell whether two runs compute a value in the same way.

    How several references are handled (the part `refs:…`) changes nothing where all documents of both have just one.
    """
    one, two = first.signatures.get(metric), other.signatures.get(metric)
    if one is None or two is None or any(run.corpus.references != run.corpus.documents for run in (first, other)):
        return one == two
    return _without_handling(one) == _without_handling(two)


def _without_handling(signature: str) -> list[str]:
    return [part for part in signature.split("|") if not part.startswith("refs:")]


def _measure(record: Manifest, metric: str) -> tuple[Direction, float]:
    value = record.values[metric]
    return value.direction, value.scale
