"""Compares finished runs: tables of differences, breakdowns, and the gate."""

import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np

from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.jobs.changes import manifest_changes
from sumbench.jobs.comparison import SidesComparison
from sumbench.jobs.comparison import compare_sides
from sumbench.jobs.gate import gate_request
from sumbench.jobs.gate import judge_pairs
from sumbench.jobs.preferred import preferred
from sumbench.jobs.sides import NamedSide
from sumbench.jobs.sides import comparable_metrics
from sumbench.jobs.sides import read_sides
from sumbench.run_record import Run
from sumbench.stats import Group
from sumbench.stats import Settings
from sumbench.stats import breakdown
from sumbench.stats import by_language
from sumbench.stats import by_length
from sumbench.stats import by_metadata
from sumbench.stats import by_position
from sumbench.stats import judged
from sumbench.stats import run_matrices
from sumbench.tables import Table
from sumbench.tables.comparison import breakdown_table
from sumbench.tables.comparison import differences_table
from sumbench.tables.comparison import moved_table
from sumbench.tables.gate import closing_line
from sumbench.tables.gate import lacking_lines
from sumbench.tables.gate import verdicts_table
from sumbench.tables.junit import junit
from sumbench.version import __version__

FAILURES = ("zero", "drop")
"""What a document without a summary may count."""


@dataclass(frozen=True)
class CompareRequest:
    """A request to compare runs, with the options of `sumbench compare`; see its help.

    `ratings` is a file of pairwise preferences.
    """

    runs: tuple[str, ...]
    metrics: tuple[str, ...] | None = None
    by: str | None = None
    moved: int = 0
    statistics: Mapping[str, Any] = field(default_factory=dict)
    fail_if_worse: tuple[str, ...] = ()
    margin: float = 0.0
    fail_under: tuple[str, ...] = ()
    confident: bool = False
    undecided: str = "warn"
    failures: str = "zero"
    junit: Path | None = None
    force: bool = False
    ratings: str | None = None


@dataclass(frozen=True)
class Compared:
    """The tables of a comparison, and whether its gate failed; both come from the same verdicts.

    `closing` is the gate's closing line, empty without one.
    """

    tables: tuple[Table, ...]
    failed: bool
    closing: str = ""


def compare(request: CompareRequest) -> Compared:
    """Compare runs and judge the gate; raise RunError or UsageError for runs that cannot be compared."""
    start = time.perf_counter()
    settings = Settings.of(request.statistics)
    gate = gate_request(
        request.fail_if_worse,
        request.fail_under,
        margin=request.margin,
        confident=request.confident,
        undecided=request.undecided,
    )
    if request.failures not in FAILURES:
        raise UsageError(f"--failures {request.failures!r} means nothing: give {' or '.join(FAILURES)}")
    named_sides = read_sides(request.runs)
    also = (*gate.worse, *gate.under)
    metrics, warnings = comparable_metrics(named_sides, request.metrics, also=also, force=request.force)
    if request.by is not None:
        _refuse_beside_breakdown(request)
        return Compared(tuple(breakdown_tables(named_sides, metrics, request.by)), failed=False)
    if len(named_sides) == 1:
        raise UsageError("name at least two runs to compare, or one with --by")
    comparison = compare_sides(named_sides, metrics, settings, drop_failures=request.failures == "drop")
    result, first = comparison.result, named_sides[0]
    whole = all(side.system is None for side in named_sides)
    differ = list(_changed_settings(named_sides)) if whole else []
    base = first.name if first.system is None else result.pairs[0].base.label
    heading = f"what changed since {base}" if first.system is None else f"compared with {base}"
    wanted = (first.run.manifest.ranked_by, *(metric for metric in metrics if judged(result.values[metric])))
    by = next((metric for metric in wanted if metric in metrics), metrics[0])
    failures = _failures(comparison)
    tables = [differences_table(result, heading, base, [*warnings, *differ], by, failures)]
    if request.moved > 0:
        tables.append(moved_table(result.values[by], comparison.moved(by, request.moved)))
    tables += [] if request.ratings is None else [preferred(request.ratings, comparison, settings)]
    if not gate.asked:
        if request.junit is not None:
            raise UsageError("--junit: nothing is judged: give --fail-if-worse or --fail-under")
        return Compared(tuple(tables), failed=False)
    gates = judge_pairs(comparison, gate)
    closing = closing_line(gates, result.values, silent=gate.undecided == "pass")
    if whole and (unjudged := _only_in_base(named_sides)):
        closing += f"; not judged, being in the base alone: {', '.join(unjudged)}"
    tables.append(verdicts_table(gates, result.values))
    if request.junit is not None:
        write_text(request.junit, junit(gates, result, time.perf_counter() - start, _properties(request, comparison)))
    return Compared(tuple(tables), any(each.failed for _, each in gates), closing)


def _refuse_beside_breakdown(request: CompareRequest) -> None:
    """Raise UsageError for what a breakdown of one run would leave undone, a gate above all."""
    for name in ("fail_if_worse", "fail_under", "junit", "moved", "ratings"):
        if getattr(request, name):
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} does not go with --by, which breaks one run down: compare two runs without it")


def _only_in_base(named_sides: Sequence[NamedSide]) -> list[str]:
    """Return the systems of the first run that some other run lacks."""
    base, *others = named_sides
    return [system for system in base.systems if any(system not in other.systems for other in others)]


def _changed_settings(sides: Sequence[NamedSide]) -> Iterator[str]:
    """Yield what differs between the first run and the others, of several each line behind the other's name."""
    first, *others = sides
    for other in others:
        for line in manifest_changes(first, other):
            yield line if len(others) == 1 else f"{other.name}: {line}"


def _failures(comparison: SidesComparison) -> list[str]:
    """Return a sentence for each side that lacks summaries, naming the documents."""
    lines: list[str] = []
    for index, pair in enumerate(comparison.result.pairs):
        lines += lacking_lines(pair.new.label, comparison.lacking(index, ()))
    return [f"{line}." for line in dict.fromkeys(lines)]


def _properties(request: CompareRequest, comparison: SidesComparison) -> dict[str, str]:
    """Return what a report of the gate says of the comparison."""
    result, manifest = comparison.result, comparison.pairs[0][0].run.manifest
    return {
        "runs": " ".join(request.runs),
        "corpus": manifest.corpus.name,
        "fingerprint": manifest.corpus.fingerprint,
        "documents": str(len(result.documents)),
        "alpha": f"{result.settings.alpha:g}",
        "correction": result.settings.correction,
        "margin": f"{request.margin:g}",
        "undecided": request.undecided,
        "failures": request.failures,
        "seed": str(manifest.seed),
        "version": __version__,
    }


def breakdown_tables(named_sides: Sequence[NamedSide], metrics: Sequence[str], by: str) -> Iterator[Table]:
    """Yield a table a metric of one run's means within groups of its documents; raise UsageError for several runs."""
    if len(named_sides) > 1:
        raise UsageError("--by breaks down one run: name one")
    (side,) = named_sides
    labelled = _grouped(side.run, by)
    systems, ids = side.run.scores.names("system"), side.run.ids
    arrays = run_matrices(side.run, systems, ids, metrics)
    for metric in metrics:
        value = side.run.manifest.values[metric]
        scores = arrays.get(metric, np.full((len(systems), len(ids)), np.nan))
        yield breakdown_table(value, breakdown(scores, systems, labelled, value), labelled, by)


def _grouped(run: Run, by: str) -> tuple[Group, ...]:
    """Group a run's documents by `length`, by `position` of the content, by `language`, or by a metadata key.

    Raises UsageError for a key that no document has, and RunError where texts are needed that the run does not keep.
    """
    if by == "language":
        return by_language(run.languages)
    if by == "length":
        return by_length(run.documents)
    return by_position(run.documents) if by == "position" else by_metadata(run.documents, by)
