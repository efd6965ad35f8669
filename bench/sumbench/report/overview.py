"""The overview of a run: its question, its verdict, and its tables as the page's template writes them."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from sumbench.manifest import Manifest
from sumbench.manifest import Value
from sumbench.report.model import PageRun
from sumbench.report.plots.dots import Dot
from sumbench.report.plots.dots import Landmark
from sumbench.report.plots.dots import dot_axis
from sumbench.report.plots.dots import dot_cell
from sumbench.report.plots.dots import dot_scale
from sumbench.report.svg import Scale
from sumbench.stats.analysis import CEILING
from sumbench.stats.analysis import FLOOR
from sumbench.tables.model import Row
from sumbench.tables.model import Table
from sumbench.tables.model import count
from sumbench.tables.notes import NAMES
from sumbench.tables.values import better
from sumbench.tables.values import unit
from sumbench.visible import visible

_MARKS = (" †", " ‡")
"""What the result table puts behind systems' names; its notes say what it means."""


@dataclass(frozen=True)
class PageCell:
    """A cell: the text that is read, the full value for sorting and CSV, and what marks it."""

    text: str
    value: float | str | None
    best: bool = False
    mark: str = ""


@dataclass(frozen=True)
class PageRow:
    """A row: its cells, the name that links to its documents (empty for none), and its drawing, if there is a plot."""

    cells: tuple[PageCell, ...]
    name: str = ""
    plot: Markup | None = None


@dataclass(frozen=True)
class PageHead:
    """A column's head: its key in files, its title alone and among all columns, and how wide marks in it are."""

    key: str
    title: str
    full: str
    number: bool
    hidden: bool
    marks: int = 0


@dataclass(frozen=True)
class PageTable:
    """A table with the columns that may be chosen; `plot` is the head of the drawing in its rows, `axis` its title.

    `lines` are those that go through all rows of the drawing.
    """

    title: str
    heads: tuple[PageHead, ...]
    sections: tuple[tuple[str, tuple[PageRow, ...]], ...]
    notes: tuple[str, ...]
    verdict: tuple[str, ...] = ()
    plot: Markup | None = None
    axis: str = ""
    lines: Markup | None = None

    @property
    def long_names(self) -> bool:
        """Whether a name in the first column needs more room than usual."""
        return any(len(row.cells[0].text) > _USUAL_NAME for _, rows in self.sections for row in rows if row.cells)


_USUAL_NAME = 20


def question(record: Manifest) -> str:
    """Return in one line what was asked: which corpus, how many documents, how many systems, and when."""
    corpus = record.corpus
    ranked = sum(entry.role == "ranked" for entry in record.systems)
    parts = [
        corpus.name,
        count(corpus.documents, "document"),
        count(corpus.references, "reference"),
        f"{count(ranked, 'system')} ranked",
        day(record.started),
    ]
    return visible(" · ".join(part for part in parts if part))


def day(started: str) -> str:
    """Return the day of an ISO 8601 time in words, or the text itself where it is none."""
    try:
        at = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{at.day} {at:%B %Y}"


def page_table(table: Table, values: Mapping[str, Value], run: PageRun | None = None) -> PageTable:
    """Return a table for the template; with a `run` its rows are those of the run's results, and have a dot plot."""
    marks = table.mark_widths()
    rows = [row for section in table.sections for row in section.rows]
    heads = tuple(
        PageHead(
            column.key,
            column.title,
            _full_title(column.key, column.title, values),
            column.decimals is not None,
            column.detail,
            marks[at],
        )
        for at, column in enumerate(table.columns)
    )
    drawing = _drawing(run, table) if run else None
    names = _names(run) if run else {}
    sections = tuple(
        (section.title, tuple(_row(table, row, names, drawing) for row in section.rows)) for section in table.sections
    )
    made = PageTable(table.title, heads, sections, table.notes, table.verdict)
    if drawing is None or not rows:
        return made
    lines = dot_cell(Dot("", None, None, None), drawing.scale, drawing.landmarks, "")
    axis = dot_axis(drawing.scale, drawing.landmarks)
    return replace(made, plot=axis, axis=drawing.axis, lines=lines)


def _full_title(key: str, title: str, values: Mapping[str, Value]) -> str:
    """Return a column's title with that of the value it belongs to, where it does not say it."""
    owner = max((name for name in values if key.startswith(f"{name}_")), key=len, default="")
    return f"{values[owner].title}: {title}" if owner and key not in values else title


@dataclass(frozen=True)
class _Drawing:
    scale: Scale
    landmarks: tuple[Landmark, ...]
    dots: Mapping[str, Dot]
    roles: Mapping[str, str]
    axis: str


def _drawing(run: PageRun, table: Table) -> _Drawing | None:
    analysis, order = run.analysis, run.run.manifest.ranked_by
    value = analysis.values.get(order)
    if value is None or not any(column.key == order for column in table.columns):
        return None
    dots = dots_of(run, value)
    if not any(dot.mean is not None for dot in dots.values()):
        return None
    kinds = ((FLOOR, "random", "random"), (CEILING, "agreement", "agreement"))
    landmarks = tuple(
        Landmark(label, mean, kind)
        for system, label, kind in kinds
        if system in dots and (mean := dots[system].mean) is not None
    )
    axis = ", ".join(part for part in (value.title, unit(value), better(value)) if part)
    roles = {row.system: row.role for row in analysis.standings}
    return _Drawing(dot_scale(list(dots.values())), landmarks, dots, roles, axis)


def dots_of(run: PageRun, value: Value) -> dict[str, Dot]:
    """Return the mean of each system under a value with its interval, as tables show them."""
    dots = {}
    for row in run.analysis.standings:
        mean, interval = row.means.get(value.name), run.analysis.interval(row.system, value.name)
        low, high = (value.scale * interval.low, value.scale * interval.high) if interval else (None, None)
        dots[row.system] = Dot(row.system, None if mean is None else value.scale * mean, low, high)
    return dots


def _names(run: PageRun) -> dict[str, str]:
    return {visible(NAMES.get(row.system, row.system)): row.system for row in run.analysis.standings}


def _row(table: Table, row: Row, names: Mapping[str, str], drawing: _Drawing | None) -> PageRow:
    cells = tuple(
        PageCell(column.shown(cell), cell, at in row.best, row.marks.get(at, ""))
        for at, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True))
    )
    shown = str(row.cells[0] or "")
    for mark in (*_MARKS, *_MARKS):
        shown = shown if shown in names else shown.removesuffix(mark)
    name = names.get(shown, "")
    plot = None
    if drawing and name in drawing.dots:
        plot = dot_cell(drawing.dots[name], drawing.scale, drawing.landmarks, drawing.roles[name])
    return PageRow(cells, shown if name else "", plot)


def pages_of(run: PageRun) -> Iterator[PageTable]:
    """Yield the tables of a run for the template, that of the results first."""
    values = run.run.manifest.values
    for number, table in enumerate(run.tables):
        yield page_table(table, values, None if number else run)


def split_verdict(verdict: Sequence[str]) -> tuple[str, str]:
    """Return the verdict's first sentence, which stands largest, and the others."""
    return (verdict[0], " ".join(verdict[1:])) if verdict else ("", "")
