"""Comparing finished runs: the same systems across runs, or different systems, and a gate on the outcome."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from bench.benchmark import plan
from bench.errors import RunError
from bench.errors import UsageError
from bench.records import Document
from bench.records import Run
from bench.requesting import Request
from bench.runs import folder
from bench.seeds import stream
from bench.stats import Floor
from bench.stats import Gate
from bench.stats import Group
from bench.stats import Verdict
from bench.stats import by_length
from bench.stats import by_metadata
from bench.stats import by_position
from bench.stats import choices
from bench.stats.comparison import Settings
from bench.stats.gate import floors
from bench.stats.gate import worse
from bench.stats.versus import Side
from bench.stats.versus import Versus
from bench.stats.versus import versus
from bench.tables import Table
from bench.tables import comparison as tables_of
from bench.tables.junit import junit
from bench.tables.results import RANKED_BY
from bench.tables.results import results
from bench.weights import Store

POINTS = 100.0
"""Scores on the command line and in tables are times 100."""


@dataclass(frozen=True)
class Named:
    """What a RUN or RUN:SYSTEM on the command line means: the run, its name in tables, perhaps one of its systems."""

    name: str
    run: Run
    system: str | None = None

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
    run = folder.read(path)
    known = [entry.name for entry in run.manifest.systems]
    if system is not None and system not in known:
        raise UsageError(f"{path}: has no system {system!r}: it has {', '.join(known)}")
    return Named(path.resolve().name, run, system)


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
    within = all(other.run == base.run for other in others)
    first = Side(base.system if within else f"{base.name}: {base.system}", base.run, base.system)
    return [
        (first, Side(system if within else f"{other.name}: {system}", other.run, system))
        for other in others
        for system in other.systems
        if (other.run, system) != (base.run, base.system)
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


def compared(sides: Sequence[Named], metrics: Sequence[str], settings: Settings) -> Versus:
    """Compare the sides under the metrics; raise RunError when they share no document."""
    result = versus(pairs(sides), metrics, settings)
    if not result.documents:
        raise RunError("the runs have no document in common")
    return result


def gate(
    result: Versus, fail_if_worse: Sequence[str], fail_under: Mapping[str, float], margin: float
) -> list[tuple[str, Gate]]:
    """Judge each pair of a comparison, under the label of its new side; margin and least scores are times 100."""
    for metric in (*fail_if_worse, *fail_under):
        if metric not in result.scores:
            raise UsageError(f"no score of {metric!r} to judge by: there are {', '.join(result.scores)}")
    judged: list[tuple[str, Gate]] = []
    for place, (base, new) in enumerate(result.pairs):
        verdicts: tuple[Verdict, ...] = ()
        if fail_if_worse:
            verdicts = worse(
                {metric: result.scores[metric][2 * place] for metric in fail_if_worse},
                {metric: result.scores[metric][2 * place + 1] for metric in fail_if_worse},
                stream(base.run.manifest.seed, "gate", new.label),
                margin=margin / POINTS,
                alpha=result.settings.alpha,
            )
        means = {metric: result.comparisons[metric].estimates[2 * place + 1].value for metric in fail_under}
        least: tuple[Floor, ...] = floors(means, {metric: value / POINTS for metric, value in fail_under.items()})
        judged.append((new.label, Gate(verdicts, least)))
    return judged


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
            yield from _changed(f"{entry.name}: ", {"draws": entry.samples}, {"draws": entries[entry.name].samples})
            yield from _changed(f"{entry.name}: ", _flat(entry.fingerprint), _flat(entries[entry.name].fingerprint))


def _changed(where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield f"{where}{key}: {before.get(key, 'none')} → {after.get(key, 'none')}"


def _flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return flat


def groups(side: Named, by: str) -> tuple[Group, ...]:
    """Group the documents of a run by `length`, by `position` of the content, or by a metadata key.

    Raises RunError when the run's corpus is not at hand any more, and UsageError for a key that no document has.
    """
    documents = _documents(side)
    if by == "length":
        return by_length(documents)
    if by == "position":
        return by_position(documents)
    return by_metadata(documents, by)


def _documents(side: Named) -> Sequence[Document]:
    request = side.run.manifest.request
    if request is None:
        raise RunError(f"{side.name}: was not made by `sumbench run`: its documents are not at hand")
    corpus = plan(Request(**request), Store.default(offline=True, quiet=True)).corpus
    if corpus.fingerprint != side.run.manifest.corpus.fingerprint:
        raise RunError(f"{side.name}: the corpus {corpus.name} has changed since the run was made")
    return corpus.documents


@dataclass(frozen=True)
class Comparing:
    """What `sumbench compare` was asked for; see its help. With `standings` it is each run's own result table."""

    runs: tuple[str, ...]
    metrics: tuple[str, ...] | None = None
    by: str | None = None
    moved: int = 0
    statistics: Mapping[str, Any] = field(default_factory=dict)
    fail_if_worse: tuple[str, ...] = ()
    margin: float = 0.0
    fail_under: tuple[str, ...] = ()
    junit: Path | None = None
    force: bool = False
    standings: bool = False


@dataclass(frozen=True)
class Outcome:
    """The tables of a comparison, and whether its gate failed: both are made of the same verdicts."""

    tables: tuple[Table, ...]
    failed: bool


def report(asked: Comparing) -> Outcome:
    """Carry out what was asked for; raise RunError or UsageError for runs that cannot be compared."""
    settings = choices.settings(asked.statistics)
    if asked.margin < 0:
        raise UsageError(f"--margin {asked.margin:g} is below 0: give 0 points or more")
    sides = [named(spec) for spec in asked.runs]
    if asked.standings:
        return Outcome(tuple(results(side.run) for side in sides), failed=False)
    metrics, warnings = comparable(sides, asked.metrics, force=asked.force)
    if asked.by is not None:
        return Outcome(tuple(_breakdown(sides, metrics, asked.by)), failed=False)
    if len(sides) == 1:
        raise UsageError("name at least two runs to compare, or one with --by")
    result = compared(sides, metrics, settings)
    whole = all(side.system is None for side in sides)
    differ = [change for other in sides[1:] for change in changes(sides[0], other)] if whole else []
    base = sides[0].name if sides[0].system is None else result.pairs[0][0].label
    heading = f"what changed since {base}" if sides[0].system is None else f"compared with {base}"
    tables = [tables_of.differences(result, heading, base, [*warnings, *differ])]
    if asked.moved > 0:
        by = RANKED_BY if RANKED_BY in metrics else metrics[0]
        tables.append(tables_of.moved(result, by, asked.moved))
    judged = gate(result, asked.fail_if_worse, _least(asked.fail_under), asked.margin)
    if asked.fail_if_worse or asked.fail_under:
        tables.append(tables_of.verdicts(judged))
    if asked.junit is not None:
        folder.write_text(asked.junit, junit(judged))
    return Outcome(tuple(tables), failed=any(each.failed for _, each in judged))


def _breakdown(sides: Sequence[Named], metrics: Sequence[str], by: str) -> Iterator[Table]:
    if len(sides) > 1:
        raise UsageError("--by breaks down one run: name one")
    labelled = groups(sides[0], by)
    for metric in metrics:
        yield tables_of.breakdown(sides[0].run, labelled, by, metric)


def _least(pairs: Sequence[str]) -> dict[str, float]:
    least: dict[str, float] = {}
    for pair in pairs:
        metric, _, number = pair.partition("=")
        try:
            least[metric] = float(number)
        except ValueError:
            raise UsageError(f"--fail-under {pair!r}: give METRIC=POINTS, such as rouge2=12.0") from None
    return least
