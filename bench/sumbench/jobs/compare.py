"""Compares finished runs: tables of differences, breakdowns, and the gate."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
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
from sumbench.run_record import Run
from sumbench.seeds import stream
from sumbench.stats import Gate
from sumbench.stats import Group
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
from sumbench.stats import matrices
from sumbench.stats import versus
from sumbench.stats.gate import floors
from sumbench.stats.gate import worse
from sumbench.tables import Table
from sumbench.tables import results
from sumbench.tables.comparison import MovedDocument
from sumbench.tables.comparison import breakdown_table
from sumbench.tables.comparison import differences_table
from sumbench.tables.comparison import moved_table
from sumbench.tables.comparison import verdicts_table
from sumbench.tables.junit import junit


@dataclass(frozen=True)
class SidesComparison:
    """A comparison of systems: the `pairs` (base and new side), and the `result` under their labels."""

    pairs: Sequence[tuple[RunSystem, RunSystem]]
    result: Versus

    def moved(self, metric: str, limit: int) -> Iterator[MovedDocument]:
        """Yield, pair by pair, the documents whose score moved most, with the summaries of both sides."""
        references = _references(self.pairs[0][0].run)
        for number, movement in self.result.moved(metric, limit):
            base, new = self.pairs[number]
            document = self.result.documents[movement.document]
            before, after = base.summary(document, metric), new.summary(document, metric)
            pair, known = self.result.pairs[number], references.get(document, ())
            yield MovedDocument(pair, document, movement, before, after, known)


def _references(run: Run) -> Mapping[str, Sequence[str]]:
    """Return the references of each document; nothing for a run whose folder holds no texts."""
    return {document.id: document.references for document in run.documents} if run.manifest.texts else {}


def compare_sides(named_sides: Sequence[NamedSide], metrics: Sequence[str], settings: Settings) -> SidesComparison:
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
        sides.side_scores(each, metrics, ids),
        run.manifest.seed,
        landmarks=sides.landmark_scores(run, metrics, ids),
        clusters=[sources[document] for document in ids] if sources else None,
        settings=settings,
    )
    return SidesComparison(met, result)


def judge_pairs(
    comparison: SidesComparison, fail_if_worse: Sequence[str], fail_under: Mapping[str, float], margin: float
) -> list[tuple[str, Gate]]:
    """Judge each pair of a comparison, under the label of its new side; margin and limits are as tables show scores."""
    result = comparison.result
    for metric in (*fail_if_worse, *fail_under):
        if metric not in result.scores:
            raise UsageError(f"no score of {metric!r} to judge by: there are {', '.join(result.scores)}")
    gates: list[tuple[str, Gate]] = []
    seed = comparison.pairs[0][0].run.manifest.seed
    for index, (_, new) in enumerate(result.pairs):
        verdicts: tuple[Verdict, ...] = ()
        if fail_if_worse:
            verdicts = worse(
                {metric: result.scores[metric][2 * index] for metric in fail_if_worse},
                {metric: result.scores[metric][2 * index + 1] for metric in fail_if_worse},
                stream(seed, "gate", new.label),
                values=result.values,
                margin={metric: margin / result.values[metric].scale for metric in fail_if_worse},
                alpha=result.settings.alpha,
                clusters=result.clusters,
            )
        means = {metric: result.comparisons[metric].estimates[2 * index + 1].value for metric in fail_under}
        limits = {metric: limit / result.values[metric].scale for metric, limit in fail_under.items()}
        gates.append((new.label, Gate(verdicts, floors(means, limits, result.values))))
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
    junit: Path | None = None
    force: bool = False
    standings: bool = False


@dataclass(frozen=True)
class Outcome:
    """The tables of a comparison, and whether its gate failed; both come from the same verdicts."""

    tables: tuple[Table, ...]
    failed: bool


def compare(request: CompareRequest) -> Outcome:
    """Compare runs and judge the gate; raise RunError or UsageError for runs that cannot be compared."""
    settings = Settings.of(request.statistics)
    if request.margin < 0:
        raise UsageError(f"--margin {request.margin:g} is below 0: give 0 points or more")
    named_sides = [read_side(spec) for spec in request.runs]
    if request.standings:
        runs = [side.run for side in named_sides]
        return Outcome(tuple(results(run.manifest, analyse(run)) for run in runs), failed=False)
    limits = _limits(request.fail_under)
    also = (*request.fail_if_worse, *limits)
    metrics, warnings = comparable_metrics(named_sides, request.metrics, also=also, force=request.force)
    if request.by is not None:
        return Outcome(tuple(breakdown_tables(named_sides, metrics, request.by)), failed=False)
    if len(named_sides) == 1:
        raise UsageError("name at least two runs to compare, or one with --by")
    comparison = compare_sides(named_sides, metrics, settings)
    result, first = comparison.result, named_sides[0]
    whole = all(side.system is None for side in named_sides)
    differ = [change for other in named_sides[1:] for change in manifest_changes(first, other)] if whole else []
    base = first.name if first.system is None else result.pairs[0].base.label
    heading = f"what changed since {base}" if first.system is None else f"compared with {base}"
    tables = [differences_table(result, heading, base, [*warnings, *differ])]
    if request.moved > 0:
        wanted = (first.run.manifest.ranked_by, *(metric for metric in metrics if judged(result.values[metric])))
        by = next((metric for metric in wanted if metric in metrics), metrics[0])
        tables.append(moved_table(result.values[by], comparison.moved(by, request.moved)))
    gates = judge_pairs(comparison, request.fail_if_worse, limits, request.margin)
    if request.fail_if_worse or limits:
        tables.append(verdicts_table(gates, result.values))
    if request.junit is not None:
        write_text(request.junit, junit(gates, result.values))
    return Outcome(tuple(tables), failed=any(each.failed for _, each in gates))


def breakdown_tables(named_sides: Sequence[NamedSide], metrics: Sequence[str], by: str) -> Iterator[Table]:
    """Yield a table a metric of one run's means within groups of its documents; raise UsageError for several runs."""
    if len(named_sides) > 1:
        raise UsageError("--by breaks down one run: name one")
    (side,) = named_sides
    documents = side.run.documents
    labelled = group_documents(documents, by)
    systems = side.run.scores.names("system")
    ids = [document.id for document in documents]
    arrays = matrices(side.run.scores.where(metric=metrics), systems, ids)
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
            raise UsageError(f"--fail-under {pair!r}: give METRIC=POINTS, such as rouge2=12.0") from None
    return limits
