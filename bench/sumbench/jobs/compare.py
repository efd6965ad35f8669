"""Comparing finished runs: the tables of what differs, breakdowns, and a gate on the outcome."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.jobs.sides import Named
from sumbench.jobs.sides import changes
from sumbench.jobs.sides import comparable
from sumbench.jobs.sides import named
from sumbench.jobs.sides import pairs
from sumbench.seeds import stream
from sumbench.stats import Floor
from sumbench.stats import Gate
from sumbench.stats import Group
from sumbench.stats import Verdict
from sumbench.stats import by_length
from sumbench.stats import by_metadata
from sumbench.stats import by_position
from sumbench.stats.gate import floors
from sumbench.stats.gate import worse
from sumbench.stats.settings import Settings
from sumbench.stats.versus import Versus
from sumbench.stats.versus import versus
from sumbench.tables import Table
from sumbench.tables import comparison as tables_of
from sumbench.tables.junit import junit
from sumbench.tables.results import results

POINTS = 100.0
"""Scores on the command line and in tables are times 100."""


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
                clusters=result.clusters,
            )
        means = {metric: result.comparisons[metric].estimates[2 * place + 1].value for metric in fail_under}
        least: tuple[Floor, ...] = floors(means, {metric: value / POINTS for metric, value in fail_under.items()})
        judged.append((new.label, Gate(verdicts, least)))
    return judged


def groups(side: Named, by: str) -> tuple[Group, ...]:
    """Group the documents of a run by `length`, by `position` of the content, or by a metadata key.

    Raises RunError for a run whose folder holds no texts, and UsageError for a key that no document has.
    """
    documents = side.run.documents
    if by == "length":
        return by_length(documents)
    if by == "position":
        return by_position(documents)
    return by_metadata(documents, by)


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
    settings = Settings.of(asked.statistics)
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
        ranked_by = sides[0].run.manifest.ranked_by
        by = ranked_by if ranked_by in metrics else metrics[0]
        tables.append(tables_of.moved(result, by, asked.moved))
    judged = gate(result, asked.fail_if_worse, _least(asked.fail_under), asked.margin)
    if asked.fail_if_worse or asked.fail_under:
        tables.append(tables_of.verdicts(judged))
    if asked.junit is not None:
        write_text(asked.junit, junit(judged))
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
