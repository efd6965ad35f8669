"""The tables of a comparison: differences, documents that moved most, gate verdicts, breakdowns."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.stats import Comparison
from sumbench.stats import Estimate
from sumbench.stats import Group
from sumbench.stats import GroupMeans
from sumbench.stats import Movement
from sumbench.stats import Pair
from sumbench.stats import Side
from sumbench.stats import Versus
from sumbench.stats import judged
from sumbench.stats.phrases import count
from sumbench.stats.phrases import on_documents
from sumbench.stats.verdict import versus_verdict
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import CORRECTED
from sumbench.tables.notes import NAMES
from sumbench.tables.values import explain_values
from sumbench.tables.values import scaled
from sumbench.tables.values import shown
from sumbench.tables.values import signed_span
from sumbench.tables.values import span

_KEYS = {"position": ("position: where in the source, from first word to last, the references' content stands",)}
"""What the groups of a breakdown mean, where they are reckoned here and their labels do not say it."""


NOTHING = "nothing"
"""Shown for the smallest detectable difference where these documents show none of any size."""


def differences_table(  # noqa: PLR0913, PLR0917 - the parts of a table
    result: Versus, heading: str, base: str, notes: Sequence[str], ranked_by: str = "", failures: Sequence[str] = ()
) -> Table:
    """Return how each system differs from its base under each metric; those told from it are marked.

    The verdict is under the value `ranked_by`, after sentences on `failures`.
    """
    values = [result.values[metric] for metric in result.comparisons]
    decimals = _decimals(values)
    columns = (
        Column("system", "system"),
        Column("base", "base", decimals),
        Column("new", "new", decimals),
        Column("difference", "difference", decimals),
        Column("interval", f"{100 * result.settings.level:g} % interval"),
        Column("low", "low", decimals, detail=True),
        Column("high", "high", decimals, detail=True),
        Column("p", "p", 4),
        Column("corrected", "p corrected", 4),
        Column("effect", "d_z", 2),
        Column("detectable", "detectable", decimals),
        Column("counts", "better/same/worse"),
        Column("wins", "better", 0, detail=True),
        Column("ties", "same", 0, detail=True),
        Column("losses", "worse", 0, detail=True),
        Column("documents", "documents", 0),
        Column("base_position", "base position", 1, detail=True),
        Column("new_position", "new position", 1, detail=True),
    )
    sections = tuple(Section(value.title, tuple(_changes(result, value))) for value in values)
    said = (*_on_scores(result, base, values), *_drawn(result.pairs), *_on_tests(result))
    verdict = versus_verdict(result, ranked_by, base) if ranked_by else ()
    return Table(heading, columns, sections, (*notes, *_on_landmarks(result), *said), verdict=(*failures, *verdict))


def _changes(result: Versus, value: Value) -> Iterable[Row]:
    words = "higher/same/lower" if not judged(value) else ""
    for change in result.changes(value.name):
        before, after, found = change.before, change.after, change.difference
        effect, interval = found.effect, found.effect.interval
        counts = f"{change.wins}/{change.ties}/{change.losses}"
        cells = (
            change.pair.new.label,
            scaled(before, value),
            scaled(after, value),
            scaled(effect.difference, value),
            signed_span(interval, value),
            interval and value.scale * interval.low,
            interval and value.scale * interval.high,
            found.p,
            found.corrected,
            effect.standardized,
            scaled(effect.detectable, value) if effect.detectable is not None else NOTHING,
            f"{counts} ({words})" if words else counts,
            change.wins,
            change.ties,
            change.losses,
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
    on = f"compared on {on_documents(len(result.documents), result.sources)}"
    if 1 in {len(result.documents), result.sources}:
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
    comparisons = [each for each in result.comparisons.values() if any(one.draws for one in each.differences)]
    if comparisons:
        kind = "exact" if all(each.exact for each in comparisons) else f"{_most_draws(comparisons)} sign patterns"
        yield (
            f"interval and p: of each pair alone, from one paired randomization test ({kind}); "
            f"p corrected: {CORRECTED[settings.correction]} within a metric; bold: told apart at {settings.alpha:g}"
        )
        unseen = [result.values[each.metric].title for each in comparisons if not each.showable]
        if unseen:
            yield f"{', '.join(unseen)}: so few documents that no difference could have been shown"
    yield (
        "d_z: mean difference in standard deviations of the differences; detectable: the smallest true difference "
        f"that the test shows on as many documents with {settings.power:.0%} power at the corrected level, the spread "
        "being that of these; better/same/worse: documents"
    )


def _most_draws(comparisons: Iterable[Comparison]) -> int:
    return max(one.draws for each in comparisons for one in each.differences)


@dataclass(frozen=True)
class MovedDocument:
    """A document whose score moved, with what both sides of the pair wrote of it, and its texts if known.

    Of several draws, it is the one whose score is nearest to the mean over all of them.
    """

    pair: Pair
    document: str
    movement: Movement
    before: Summary
    after: Summary
    source: Document | None = None


_EXCERPT = 300
"""So many characters of an article are shown."""


def moved_table(value: Value, movements: Iterable[MovedDocument]) -> Table:
    """Return the documents that moved most under a value, with article, references and both summaries.

    Gains come first, then losses (under a property: rises and falls), the largest of each first.
    """
    columns = (Column("side", ""), Column("summary", "text"), Column("score", value.title, value.decimals))
    turned = -1.0 if value.direction == Direction.LOWER else 1.0
    moved = list(movements)
    gained = [each for each in moved if turned * (each.movement.after - each.movement.before) > 0]
    lost = [each for each in moved if turned * (each.movement.after - each.movement.before) < 0]
    words = ("better", "worse") if judged(value) else ("higher", "lower")
    sections = tuple(
        _moved_section(word, each, value) for word, some in zip(words, (gained, lost), strict=True) for each in some
    )
    notes = () if sections else ("no document moved",)
    return Table(f"documents that moved most in {value.title}", columns, sections, notes)


def _moved_section(word: str, moved: MovedDocument, value: Value) -> Section:
    before, after = (scaled(score, value) for score in (moved.movement.before, moved.movement.after))
    by = f"{value.scale * (moved.movement.after - moved.movement.before):+z.{value.decimals}f}"
    rows = [
        _side("base", moved.pair.base, moved.before, before),
        _side("new", moved.pair.new, moved.after, after),
    ]
    if moved.source is not None:
        rows += [Row(("reference", _flat(reference), None)) for reference in moved.source.references]
        article = _flat(moved.source.text)
        if article:
            rows.append(Row(("article", article if len(article) <= _EXCERPT else f"{article[:_EXCERPT]}…", None)))
    return Section(f"{word} by {by}: {moved.pair.new.label}, {moved.document}", tuple(rows))


def _side(name: str, side: Side, summary: Summary, score: float | None) -> Row:
    which = f"{name}, draw {summary.draw} of {side.draws}" if side.draws > 1 else name
    text = f"(no summary: {summary.error})" if summary.error is not None else summary.text
    return Row((which, _flat(text), score))


def _flat(text: str) -> str:
    return " ".join(text.split())


def breakdown_table(value: Value, means: Iterable[GroupMeans], groups: Sequence[Group], by: str) -> Table:
    """Return the systems' means under a value within each group of documents."""
    columns = (
        Column("system", "system"),
        Column("all", "all", value.decimals),
        *(Column(_key(group.label, by), group.label, value.decimals) for group in groups),
    )
    rows = tuple(
        Row((NAMES.get(each.system, each.system), *(scaled(one, value) for one in (each.whole, *each.groups))))
        for each in means
    )
    sizes = "; ".join(f"{group.label}: {count(group.documents, 'document')}" for group in groups)
    reckoned = any("%" in group.label for group in groups)
    return Table(
        f"{value.title} by {by}", columns, (Section("", rows),), (sizes, *(_KEYS.get(by, ()) if reckoned else ()))
    )


def _key(label: str, by: str) -> str:
    """Return the name of a group's column in files, which no other column has."""
    return f"{by} {label}" if label in {"section", "system", "all"} else label


def _decimals(values: Sequence[Value]) -> int:
    """Return as many decimals as the most exact of several values that share a column."""
    return max((value.decimals for value in values), default=2)
