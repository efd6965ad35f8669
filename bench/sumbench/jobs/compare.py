"""Compares finished runs: tables of differences, breakdowns, and the gate."""

import time
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from math import isfinite
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.jobs import sides
from sumbench.jobs.changes import manifest_changes
from sumbench.jobs.sides import NamedSide
from sumbench.jobs.sides import RunSystem
from sumbench.jobs.sides import comparable_metrics
from sumbench.jobs.sides import pair_sides
from sumbench.jobs.sides import read_side
from sumbench.records import Document
from sumbench.stats import Gate
from sumbench.stats import Group
from sumbench.stats import Lacking
from sumbench.stats import Pair
from sumbench.stats import Settings
from sumbench.stats import Verdict
from sumbench.stats import Versus
from sumbench.stats import analyse
from sumbench.stats import breakdown
from sumbench.stats import by_length
from sumbench.stats import by_metadata
from sumbench.stats import by_position
from sumbench.stats import judged
from sumbench.stats import run_matrices
from sumbench.stats import versus
from sumbench.stats.gate import floors
from sumbench.stats.gate import judge
from sumbench.tables import Table
from sumbench.tables import results
from sumbench.tables.comparison import MovedDocument
from sumbench.tables.comparison import breakdown_table
from sumbench.tables.comparison import differences_table
from sumbench.tables.comparison import moved_table
from sumbench.tables.gate import closing_line
from sumbench.tables.gate import lacking_lines
from sumbench.tables.gate import verdicts_table
from sumbench.tables.junit import junit
from sumbench.version import __version__


@dataclass(frozen=True)
class SidesComparison:
    """A comparison of systems: the `pairs` (base and new side), and the `result` under their labels.

    `drop_failures` tells that documents without a summary were left out, instead of scored 0 where higher is better.
    """

    pairs: Sequence[tuple[RunSystem, RunSystem]]
    result: Versus
    drop_failures: bool = False

    def lacking(self, index: int, metrics: Sequence[str]) -> Lacking:
        """Return the documents without a summary, or without a score under the metrics, on each side of a pair."""
        documents = self.result.documents
        found = []
        for offset, side in enumerate(self.pairs[index]):
            missing = set(sides.without_summary(side, documents))
            for metric in metrics:
                row = self.result.scores[metric][2 * index + offset]
                missing |= {documents[at] for at in np.flatnonzero(np.isnan(row))}
            found.append(tuple(document for document in documents if document in missing))
        base, new = found
        return Lacking(new, base, self.drop_failures)

    def moved(self, metric: str, limit: int) -> Iterator[MovedDocument]:
        """Yield, pair by pair, the documents whose score moved most, with the summaries of both sides."""
        run = self.pairs[0][0].run
        known = {document.id: document for document in run.documents} if run.manifest.texts else {}
        for number, movement in self.result.moved(metric, limit):
            base, new = self.pairs[number]
            document = self.result.documents[movement.document]
            before, after = base.summary(document, metric), new.summary(document, metric)
            pair = self.result.pairs[number]
            yield MovedDocument(pair, document, movement, before, after, known.get(document))


def compare_sides(
    named_sides: Sequence[NamedSide], metrics: Sequence[str], settings: Settings, *, drop_failures: bool = False
) -> SidesComparison:
    """Compare the sides under the metrics; raise RunError when they share no document.

    Draws, sources, floors and ceilings are those of the first run.
    """
    met = pair_sides(named_sides)
    each = [side for pair in met for side in pair]
    ids = sides.common_documents(each)
    if not ids:
        raise RunError("the runs have no document in common")
    run = each[0].run
    sources = run.manifest.corpus.clusters
    result = versus(
        [Pair(base.side, new.side) for base, new in met],
        ids,
        {metric: run.manifest.values[metric] for metric in metrics},
        sides.side_scores(each, metrics, ids, drop_failures=drop_failures),
        run.manifest.seed,
        landmarks=sides.landmark_scores(run, metrics, ids),
        clusters=[sources[document] for document in ids] if sources else None,
        settings=settings,
    )
    return SidesComparison(met, result, drop_failures)


@dataclass(frozen=True)
class GateRequest:
    """What a gate judges: the metrics that may not be `worse` by more than the `margin`, and limits (`under`).

    Margin and limits are as tables show scores. With `confident`, limits are held against the intervals' ends.
    `undecided` says what an outcome that the documents leave open does: `fail`, `warn` or `pass`.
    """

    worse: tuple[str, ...] = ()
    under: Mapping[str, float] = field(default_factory=dict)
    margin: float = 0.0
    confident: bool = False
    undecided: str = "warn"

    @property
    def asked(self) -> bool:
        """Whether anything is to be judged."""
        return bool(self.worse or self.under)


def judge_pairs(comparison: SidesComparison, request: GateRequest) -> list[tuple[str, Gate]]:
    """Judge each pair of a comparison, under the label of its new side."""
    result = comparison.result
    metrics = tuple(dict.fromkeys((*request.worse, *request.under)))
    for metric in metrics:
        if metric not in result.scores:
            raise UsageError(f"no score of {metric!r} to judge by: there are {', '.join(result.scores)}")
    gates: list[tuple[str, Gate]] = []
    for index, (_, new) in enumerate(result.pairs):
        verdicts: tuple[Verdict, ...] = ()
        if request.worse:
            verdicts = judge(
                {metric: result.scores[metric][2 * index] for metric in request.worse},
                {metric: result.scores[metric][2 * index + 1] for metric in request.worse},
                comparison.pairs[0][0].run.manifest.seed,
                values=result.values,
                margin={metric: request.margin / result.values[metric].scale for metric in request.worse},
                clusters=result.clusters,
                settings=result.settings,
            )
        figures = {metric: result.comparisons[metric].estimates[2 * index + 1] for metric in request.under}
        limits = {metric: limit / result.values[metric].scale for metric, limit in request.under.items()}
        held = floors(figures, limits, result.values, confident=request.confident)
        lacking = comparison.lacking(index, metrics)
        gates.append((new.label, Gate(verdicts, held, lacking, undecided_fails=request.undecided == "fail")))
    return gates


def group_documents(documents: Sequence[Document], by: str) -> tuple[Group, ...]:
    """Group documents by `length`, by `position` of the content, or by a metadata key.

    Raises UsageError for a key that no document has.
    """
    if by == "length":
        return by_length(documents)
    if by == "position":
        return by_position(documents)
    return by_metadata(documents, by)


@dataclass(frozen=True)
class CompareRequest:
    """A request to compare runs, with the options of `sumbench compare`; see its help.

    With `standings` the result is each run's own result table.
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
    standings: bool = False


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
    gate = _gate_request(request)
    named_sides = [read_side(spec) for spec in request.runs]
    if request.standings:
        runs = [side.run for side in named_sides]
        return Compared(tuple(results(run.manifest, analyse(run)) for run in runs), failed=False)
    also = (*gate.worse, *gate.under)
    metrics, warnings = comparable_metrics(named_sides, request.metrics, also=also, force=request.force)
    if request.by is not None:
        return Compared(tuple(breakdown_tables(named_sides, metrics, request.by)), failed=False)
    if len(named_sides) == 1:
        raise UsageError("name at least two runs to compare, or one with --by")
    comparison = compare_sides(named_sides, metrics, settings, drop_failures=request.failures == "drop")
    result, first = comparison.result, named_sides[0]
    whole = all(side.system is None for side in named_sides)
    differ = [change for other in named_sides[1:] for change in manifest_changes(first, other)] if whole else []
    base = first.name if first.system is None else result.pairs[0].base.label
    heading = f"what changed since {base}" if first.system is None else f"compared with {base}"
    wanted = (first.run.manifest.ranked_by, *(metric for metric in metrics if judged(result.values[metric])))
    by = next((metric for metric in wanted if metric in metrics), metrics[0])
    failures = _failures(comparison)
    tables = [differences_table(result, heading, base, [*warnings, *differ], by, failures)]
    if request.moved > 0:
        tables.append(moved_table(result.values[by], comparison.moved(by, request.moved)))
    if not gate.asked:
        if request.junit is not None:
            raise UsageError("--junit: nothing is judged: give --fail-if-worse or --fail-under")
        return Compared(tuple(tables), failed=False)
    gates = judge_pairs(comparison, gate)
    closing = closing_line(gates, result.values, silent=gate.undecided == "pass")
    tables.append(verdicts_table(gates, result.values))
    if request.junit is not None:
        write_text(request.junit, junit(gates, result, time.perf_counter() - start, _properties(request, comparison)))
    return Compared(tuple(tables), any(each.failed for _, each in gates), closing)


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


def _gate_request(request: CompareRequest) -> GateRequest:
    """Return what a request's gate judges; raise UsageError for numbers and words that mean nothing."""
    if not (request.margin >= 0 and isfinite(request.margin)):
        raise UsageError(f"--margin {request.margin:g} means nothing: give 0 points or more")
    for flag, given, known in (
        ("undecided", request.undecided, ("fail", "warn", "pass")),
        ("failures", request.failures, ("zero", "drop")),
    ):
        if given not in known:
            raise UsageError(f"--{flag} {given!r} means nothing: give {' or '.join(known)}")
    return GateRequest(
        request.fail_if_worse, _limits(request.fail_under), request.margin, request.confident, request.undecided
    )


def breakdown_tables(named_sides: Sequence[NamedSide], metrics: Sequence[str], by: str) -> Iterator[Table]:
    """Yield a table a metric of one run's means within groups of its documents; raise UsageError for several runs."""
    if len(named_sides) > 1:
        raise UsageError("--by breaks down one run: name one")
    (side,) = named_sides
    documents = side.run.documents
    labelled = group_documents(documents, by)
    systems = side.run.scores.names("system")
    ids = [document.id for document in documents]
    arrays = run_matrices(side.run, systems, ids, metrics)
    for metric in metrics:
        value = side.run.manifest.values[metric]
        scores = arrays.get(metric, np.full((len(systems), len(ids)), np.nan))
        yield breakdown_table(value, breakdown(scores, systems, labelled, value), labelled, by)


def _limits(given: Sequence[str]) -> dict[str, float]:
    limits: dict[str, float] = {}
    for pair in given:
        metric, _, number = pair.partition("=")
        try:
            limits[metric] = float(number)
        except ValueError:
            limits[metric] = nan
        if not isfinite(limits[metric]):
            raise UsageError(f"--fail-under {pair!r}: give METRIC=POINTS, such as rouge2=12.0")
    return limits
