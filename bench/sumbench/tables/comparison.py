"""The tables of a comparison: differences, documents that moved most, gate verdicts, breakdowns."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.records import Summary
from sumbench.stats import Estimate
from sumbench.stats import Gate
from sumbench.stats import Group
from sumbench.stats import GroupMeans
from sumbench.stats import Movement
from sumbench.stats import Pair
from sumbench.stats import Side
from sumbench.stats import Versus
from sumbench.stats import sign
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.model import count
from sumbench.tables.results import CORRECTED
from sumbench.tables.results import NAMES
from sumbench.tables.results import bootstrap
from sumbench.tables.values import explain_values
from sumbench.tables.values import scaled
from sumbench.tables.values import shown
from sumbench.tables.values import signed_span
from sumbench.tables.values import span

_KEYS = {"position": ("position: where in the source, from first word to last, the references' content stands",)}
"""What the groups of a breakdown mean, where their labels do not say it."""


def differences_table(result: Versus, heading: str, base: str, notes: Sequence[str]) -> Table:
    """Return how each system differs from its base under each metric; differences that are significant are marked."""
    values = [result.values[metric] for metric in result.comparisons]
    decimals = _decimals(values)
    columns = (
        Column("system", "system"),
        Column("base", "base", decimals),
        Column("new", "new", decimals),
        Column("difference", "difference", decimals),
        Column("interval", f"{100 * result.settings.level:g} % interval"),
        Column("p", "p", 4),
        Column("corrected", "p corrected", 4),
        Column("effect", "d_z", 2),
        Column("detectable", "detectable", decimals),
        Column("documents", "documents", 0),
        Column("base_position", "base position", 1, detail=True),
        Column("new_position", "new position", 1, detail=True),
    )
    sections = tuple(Section(value.title, tuple(_changes(result, value))) for value in values)
    said = (*_on_scores(result, base, values), *_drawn(result.pairs), *_on_tests(result))
    return Table(heading, columns, sections, (*notes, *_on_landmarks(result), *said))


def _changes(result: Versus, value: Value) -> Iterable[Row]:
    for pair, before, after, found in result.changes(value.name):
        effect = found.effect
        cells = (
            pair.new.label,
            scaled(before, value),
            scaled(after, value),
            scaled(effect.difference, value),
            signed_span(effect.interval, value),
            found.p,
            found.corrected,
            effect.standardized,
            scaled(effect.detectable, value),
            effect.documents,
            result.position(before, value.name),
            result.position(after, value.name),
        )
        yield Row(cells, frozenset({3} if found.different else ()))


def _on_landmarks(result: Versus) -> Iterable[str]:
    """Name the figures of floors and ceilings, a line a value: what to read a score against."""
    for metric, figures in result.landmarks.items():
        value = result.values[metric]
        marks = ", ".join(_figure(NAMES.get(name, name), figure, value) for name, figure in figures.items())
        yield f"{value.title} to read these by: {marks}"


def _figure(name: str, figure: Estimate, value: Value) -> str:
    if figure.value is None:
        return f"{name} none"
    interval = span(figure.interval, value)
    return f"{name} {shown(figure.value, value)}" + (f" ({interval})" if interval else "")


def _on_scores(result: Versus, base: str, values: Sequence[Value]) -> Iterable[str]:
    on = f"compared on {count(len(result.documents), 'document')}"
    if len(result.documents) == 1:
        on += ", which can support neither an interval nor a test"
    yield f"{on}; base: {base}; scores are {explain_values(values)}, differences new − base"


def _drawn(pairs: Sequence[Pair]) -> list[str]:
    """Return the note on sides whose documents have several draws, if there are any."""
    sides = dict.fromkeys(
        f"{name} {side.label}: each document's mean over {side.draws} draws"
        for pair in pairs
        for name, side in zip(Pair._fields, pair, strict=True)
        if side.draws > 1
    )
    return ["; ".join(sides)] if sides else []


def _on_tests(result: Versus) -> Iterable[str]:
    settings = result.settings
    intervals = f"interval: {bootstrap(settings)} over documents, {settings.resamples} resamples"
    tested = [each for comparison in result.comparisons.values() for each in comparison.differences if each.draws]
    if tested:
        draws = "exact" if tested[0].exact else f"{tested[0].draws} permutations"
        corrected = CORRECTED[settings.correction]
        yield (
            f"{intervals}; p: paired randomization test ({draws}), {corrected} within a metric; "
            f"bold: different at {settings.alpha:g}"
        )
    else:
        yield intervals
    yield (
        "d_z: mean difference in standard deviations of the differences; detectable: the smallest true difference "
        f"that these documents show with {settings.power:.0%} power"
    )


@dataclass(frozen=True)
class MovedDocument:
    """A document whose score moved, with what both sides of the pair wrote of it, and its references if known.

    Of several draws, it is the one whose score is nearest to the mean over all of them.
    """

    pair: Pair
    document: str
    movement: Movement
    before: Summary
    after: Summary
    references: Sequence[str] = ()


def moved_table(value: Value, movements: Iterable[MovedDocument]) -> Table:
    """Return the documents that moved most under a value, with both summaries and the references."""
    columns = (Column("side", ""), Column("summary", "summary"), Column("score", value.title, value.decimals))
    sections = tuple(
        Section(
            f"{each.pair.new.label}, {each.document}",
            (
                _side("base", each.pair.base, each.before, scaled(each.movement.before, value)),
                _side("new", each.pair.new, each.after, scaled(each.movement.after, value)),
                *(Row(("reference", reference.replace("\n", " "), None)) for reference in each.references),
            ),
        )
        for each in movements
    )
    notes = () if sections else ("no document moved",)
    return Table(f"documents that moved most in {value.title}", columns, sections, notes)


def _side(name: str, side: Side, summary: Summary, score: float | None) -> Row:
    which = f"{name}, draw {summary.draw} of {side.draws}" if side.draws > 1 else name
    return Row((which, summary.text.replace("\n", " "), score))


def verdicts_table(judged: Iterable[tuple[str, Gate]], values: Mapping[str, Value]) -> Table:
    """Return what the gate decided, one row a system and metric; those that failed are marked."""
    judged = list(judged)
    named = {each.metric for _, gate in judged for each in gate.verdicts}
    named |= {each.metric for _, gate in judged for each in gate.floors}
    decimals = _decimals([values[metric] for metric in named])
    columns = (
        Column("system", "system"),
        Column("metric", "metric"),
        Column("verdict", "verdict"),
        Column("difference", "difference", decimals),
        Column("interval", "interval"),
        Column("corrected", "p corrected", 4),
        Column("limit", "limit", decimals),
    )
    rows = []
    for label, gate in judged:
        for each in gate.verdicts:
            value = values[each.metric]
            cells = (
                label,
                value.title,
                "worse" if each.worse else "not worse",
                scaled(each.difference, value),
                signed_span(each.interval, value),
                each.corrected,
                0.0 - sign(value) * value.scale * each.margin,
            )
            rows.append(Row(cells, frozenset({2} if each.worse else ())))
        for floor in gate.floors:
            value = values[floor.metric]
            missed, reached = _VERDICTS[floor.better]
            verdict = missed if floor.missed else reached
            score, limit = scaled(floor.value, value), value.scale * floor.limit
            rows.append(
                Row((label, value.title, verdict, score, None, None, limit), frozenset({2} if floor.missed else ()))
            )
    return Table("gate", columns, (Section("", tuple(rows)),))


_VERDICTS = {Direction.HIGHER: ("below", "reached"), Direction.LOWER: ("above", "at most")}
"""What the gate says of a score that misses its limit, and of one that does not."""


def breakdown_table(value: Value, means: Iterable[GroupMeans], groups: Sequence[Group], by: str) -> Table:
    """Return the systems' means under a value within each group of documents."""
    columns = (
        Column("system", "system"),
        Column("all", "all", value.decimals),
        *(Column(group.label, group.label, value.decimals) for group in groups),
    )
    rows = tuple(
        Row((NAMES.get(each.system, each.system), *(scaled(one, value) for one in (each.whole, *each.groups))))
        for each in means
    )
    sizes = "; ".join(f"{group.label}: {count(group.documents, 'document')}" for group in groups)
    return Table(f"{value.title} by {by}", columns, (Section("", rows),), (sizes, *_KEYS.get(by, ())))


def _decimals(values: Sequence[Value]) -> int:
    """Return as many decimals as the most exact of several values that share a column."""
    return max((value.decimals for value in values), default=2)
