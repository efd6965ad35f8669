"""The tables of a comparison: differences, the documents that moved most, the gate's verdicts, breakdowns."""

from collections.abc import Iterable
from collections.abc import Sequence

import numpy as np

from sumbench.records import Summary
from sumbench.run import Run
from sumbench.stats import Gate
from sumbench.stats import Group
from sumbench.stats import Interval
from sumbench.stats import matrices
from sumbench.stats.versus import Side
from sumbench.stats.versus import Versus
from sumbench.tables.landmarks import landmarks
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.model import count
from sumbench.tables.results import CORRECTED
from sumbench.tables.results import NAMES
from sumbench.tables.results import bootstrap
from sumbench.tables.results import title

_KEYS = {"position": ("position: where in the source, from first word to last, the references' content stands",)}
"""What the groups of a breakdown mean, where their labels do not say it."""

_SIDES = ("base", "new")


def differences(result: Versus, heading: str, base: str, notes: Sequence[str]) -> Table:
    """Return how each system differs from its base under each metric; differences that are significant are marked."""
    columns = (
        Column("system", "system"),
        Column("base", "base", 2),
        Column("new", "new", 2),
        Column("difference", "difference", 2),
        Column("interval", f"{100 * result.settings.level:g} % interval"),
        Column("p", "p", 4),
        Column("corrected", "p corrected", 4),
        Column("effect", "d_z", 2),
        Column("detectable", "detectable", 2),
        Column("documents", "documents", 0),
        Column("base_position", "base position", 1, detail=True),
        Column("new_position", "new position", 1, detail=True),
    )
    sections = []
    run = result.pairs[0][0].run
    marks = landmarks(run, list(result.comparisons), result.documents, result.settings)
    for metric in result.comparisons:
        rows = []
        for _, new, before, after, found in result.differences(metric):
            effect = found.effect
            cells = (
                new.label,
                _points(before),
                _points(after),
                _points(effect.difference),
                _span(effect.interval),
                found.p,
                found.corrected,
                effect.standardized,
                _points(effect.detectable),
                effect.documents,
                marks.position(before, metric),
                marks.position(after, metric),
            )
            rows.append(Row(cells, frozenset({3} if found.different else ())))
        sections.append(Section(title(metric), tuple(rows)))
    settings = result.settings
    tested = next(iter(result.comparisons.values())).differences[0]
    draws = "exact" if tested.exact else f"{tested.draws} permutations"
    on = f"compared on {count(len(result.documents), 'document')}"
    if len(result.documents) == 1:
        on += ", which can support neither an interval nor a test"
    corrected = CORRECTED[settings.correction]
    tests = (
        f"interval: {bootstrap(settings)} over documents, {settings.resamples} resamples; "
        f"p: paired randomization test ({draws}), {corrected} within a metric; "
        f"bold: different at {settings.alpha:g}"
    )
    effects = (
        "d_z: mean difference in standard deviations of the differences; detectable: the smallest true difference "
        f"that these documents show with {settings.power:.0%} power"
    )
    explained = (f"{on}; base: {base}; scores are F1 × 100, differences new − base", *_drawn(result), tests, effects)
    return Table(heading, columns, tuple(sections), (*notes, *marks.notes(), *explained))


def _drawn(result: Versus) -> list[str]:
    """Return the note on sides whose documents have several draws, if there are any."""
    sides = dict.fromkeys(
        f"{name} {side.label}: each document's mean over {side.draws} draws"
        for pair in result.pairs
        for name, side in zip(_SIDES, pair, strict=True)
        if side.draws > 1
    )
    return ["; ".join(sides)] if sides else []


def moved(result: Versus, metric: str, limit: int) -> Table:
    """Return the documents that moved most under a metric, with both summaries.

    Of several draws that stands there whose score is nearest to the document's, which is the mean over them.
    """
    columns = (Column("side", ""), Column("summary", "summary"), Column("score", title(metric), 2))
    sections = []
    for base, new, movement in result.moved(metric, limit):
        document = result.documents[movement.document]
        rows = tuple(
            _side(name, side, side.summary(document, metric), value)
            for name, side, value in zip(_SIDES, (base, new), (movement.before, movement.after), strict=True)
        )
        sections.append(Section(f"{new.label}, {document}", rows))
    notes = () if sections else ("no document moved",)
    return Table(f"documents that moved most in {title(metric)}", columns, tuple(sections), notes)


def _side(name: str, side: Side, summary: Summary, value: float) -> Row:
    which = f"{name}, draw {summary.draw} of {side.draws}" if side.draws > 1 else name
    return Row((which, summary.text.replace("\n", " "), _points(value)))


def verdicts(judged: Iterable[tuple[str, Gate]]) -> Table:
    """Return what the gate decided, one row a system and metric; those that failed are marked."""
    columns = (
        Column("system", "system"),
        Column("metric", "metric"),
        Column("verdict", "verdict"),
        Column("difference", "difference", 2),
        Column("interval", "interval"),
        Column("corrected", "p corrected", 4),
        Column("limit", "limit", 2),
    )
    rows = []
    for label, gate in judged:
        for each in gate.verdicts:
            verdict = "worse" if each.worse else "not worse"
            cells = (label, title(each.metric), verdict, _points(each.difference), _span(each.interval), each.corrected)
            rows.append(Row((*cells, 0.0 - 100 * each.margin), frozenset({2} if each.worse else ())))
        for floor in gate.floors:
            verdict = "below" if floor.below else "reached"
            reached = (label, title(floor.metric), verdict, _points(floor.value), None, None, 100 * floor.least)
            rows.append(Row(reached, frozenset({2} if floor.below else ())))
    return Table("gate", columns, (Section("", tuple(rows)),))


def breakdown(run: Run, groups: Sequence[Group], by: str, metric: str) -> Table:
    """Return each system's mean under a metric within each group of documents; groups follow the corpus' order."""
    documents = tuple(dict.fromkeys(summary.document for summary in run.summaries))
    systems = list(dict.fromkeys(score.system for score in run.scores))
    array = matrices(run.scores, systems, documents)[metric]
    columns = (
        Column("system", "system"),
        Column("all", "all", 2),
        *(Column(group.label, group.label, 2) for group in groups),
    )
    rows = []
    for place in np.argsort(-np.nan_to_num(np.nanmean(array, axis=1)), kind="stable"):
        values = [array[place], *(array[place, list(group.members)] for group in groups)]
        rows.append(
            Row((NAMES.get(systems[place], systems[place]), *(_points(_mean(of_group)) for of_group in values)))
        )
    sizes = "; ".join(f"{group.label}: {count(group.documents, 'document')}" for group in groups)
    return Table(f"{title(metric)} by {by}", columns, (Section("", tuple(rows)),), (sizes, *_KEYS.get(by, ())))


def _mean(values: "np.typing.NDArray[np.float64]") -> float | None:
    there = values[~np.isnan(values)]
    return float(there.mean()) if there.size else None


def _points(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _span(interval: Interval | None) -> str | None:
    return None if interval is None else f"{100 * interval.low:+z.2f} to {100 * interval.high:+z.2f}"
