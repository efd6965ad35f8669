"""A run's plots as PNG, SVG and PDF for papers, drawn by matplotlib (the extra `plots`)."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import numpy as np

from sumbench.errors import UsageError
from sumbench.manifest import Value
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.overview import dots_of
from sumbench.report.plots.costs import costs_of
from sumbench.report.plots.costs import spots_of
from sumbench.report.plots.differences import PairDifference
from sumbench.report.plots.differences import pair_differences
from sumbench.report.plots.distributions import scores_by_system
from sumbench.report.plots.plot import Spot
from sumbench.report.plots.plot import axis_title
from sumbench.report.plots.plot import ranking_value
from sumbench.report.plots.plot import short
from sumbench.report.svg import spread_labels
from sumbench.stats import judged
from sumbench.stats.analysis import CEILING
from sumbench.stats.analysis import FLOOR
from sumbench.stats.phrases import points
from sumbench.tables.notes import NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = ("png", "svg", "pdf")

_STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    # The same file each time.
    "svg.hashsalt": "sumbench",
    # A dollar in a name is a dollar.
    "text.parse_math": False,
}
_TOLD = "#0072b2"
_INK = "#1a1a1a"
_WIDTH = 6.5

Drawing = tuple[str, float, Callable[["Axes"], None]]
"""A plot: its file's name, its height in inches, and what draws it."""


def write_figures(run: PageRun, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write each plot that the run has figures for in each of the formats, and return the files.

    Raises UsageError where matplotlib is missing, and for a folder that cannot be written.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("--plots needs matplotlib: pip install 'sumbench[plots]'") from None
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, height, draw in _drawings(run):
            with rc_context(_STYLE):
                figure = Figure(figsize=(_WIDTH, height))
                draw(figure.subplots())
                for format_ in formats:
                    file = folder / f"{name}.{format_}"
                    dated = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[format_]
                    figure.savefig(file, metadata=dated)
                    written.append(file)
    except OSError as error:
        raise UsageError(f"--plots {folder}: cannot be written: {error.strerror}") from None
    return written


def _drawings(run: PageRun) -> Iterator[Drawing]:
    value, data = ranking_value(run), PageData([run])
    if value is None:
        return
    yield "scores", 0.6 + 0.24 * len(run.analysis.standings), lambda axes: _dots(axes, run, value)
    if run.analysis.streamed:
        return
    if judged(value) and (pairs := pair_differences(run, value, data)):
        yield "differences", 0.8 + 0.19 * len(pairs), lambda axes: _differences(axes, pairs, value)
    rows = scores_by_system(data, value)
    yield "distribution", 0.8 + 0.28 * len(rows), lambda axes: _boxes(axes, rows, value)
    for cost in costs_of(run):
        spots = spots_of(run, cost.figures)

        def scatter(axes: "Axes", spots: list[Spot] = spots, title: str = cost.title) -> None:
            _scatter(axes, spots, title, value, log=True)

        yield cost.key, 3.6, scatter
    lengths = spots_of(run, {row.system: row.words for row in run.analysis.standings if row.words})
    if lengths:
        yield "length", 3.6, lambda axes: _scatter(axes, lengths, "words a summary, mean", value, log=False)


def _dots(axes: "Axes", run: PageRun, value: Value) -> None:
    rows = run.analysis.ranking(value.name)
    order = [row for role in ("ranked", "floor", "ceiling") for row in rows if row.role == role]
    dots = dots_of(run, value)
    for system in (FLOOR, CEILING):
        if system in dots and (mean := dots[system].mean) is not None:
            axes.axvline(mean, color="#888888", linewidth=0.8, linestyle=":")
    for at, row in enumerate(order):
        dot = dots[row.system]
        if dot.low is not None and dot.high is not None:
            axes.plot([dot.low, dot.high], [at, at], color=_INK, linewidth=1.2)
        if dot.mean is not None:
            axes.plot(dot.mean, at, "o", color=_INK, markerfacecolor=_INK if row.role == "ranked" else "white")
    _named(axes, [NAMES.get(row.system, row.system) for row in order])
    axes.set_xlabel(axis_title(value))


def _differences(axes: "Axes", found: Sequence[PairDifference], value: Value) -> None:
    axes.axvline(0, color="#888888", linewidth=0.8)
    for at, pair in enumerate(found):
        colour = _TOLD if pair.told else _INK
        if pair.interval:
            ends = [value.scale * pair.interval.low, value.scale * pair.interval.high]
            axes.plot(ends, [at, at], color=colour, linewidth=1.2)
        axes.plot(pair.mean, at, "o", color=colour, markersize=4)
    _named(axes, [f"{short(pair.left)} − {short(pair.right)}" for pair in found])
    measured = ", ".join(part for part in (f"difference in {value.title}", points(value)) if part)
    axes.set_xlabel(f"{measured} (blue: told apart by the table's test, corrected over all pairs)")


def _boxes(axes: "Axes", rows: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]], value: Value) -> None:
    for at, row in enumerate(rows.values()):
        low, quarter, middle, most, high = np.quantile(row, [0.05, 0.25, 0.5, 0.75, 0.95])
        axes.plot([low, high], [at, at], color=_INK, linewidth=1)
        axes.barh(at, most - quarter, left=quarter, height=0.4, color="#bbbbbb")
        axes.plot([middle, middle], [at - 0.3, at + 0.3], color=_INK, linewidth=1.6)
    _named(axes, list(rows))
    axes.set_xlabel(f"{axis_title(value)}: 5, 25, 50, 75, 95 % of the documents")


def _scatter(axes: "Axes", spots: list[Spot], title: str, value: Value, *, log: bool) -> None:
    if log:
        axes.set_xscale("log")
        # Powers in mathematical type would be spelt out, as dollars are in names.
        axes.xaxis.set_major_formatter(lambda place, _: f"{place:g}")
        axes.xaxis.set_minor_formatter(lambda _place, _: "")
    order = sorted(spots, key=lambda spot: spot.y)
    for spot in order:
        axes.plot(spot.x, spot.y, "o", color=_INK, markerfacecolor=_INK if spot.role == "ranked" else "white", zorder=3)
    low, high = axes.get_ylim()
    places = spread_labels([spot.y for spot in order], (high - low) / 22, low, high)
    for spot, place in zip(order, places, strict=True):
        axes.annotate(
            short(spot.name),
            (spot.x, spot.y),
            xytext=(1.03, place),
            textcoords=axes.get_yaxis_transform(),
            fontsize=7,
            va="center",
            arrowprops={"arrowstyle": "-", "color": "#cccccc", "linewidth": 0.6},
        )
    axes.set_xlabel(title)
    axes.set_ylabel(axis_title(value))


def _named(axes: "Axes", names: list[str]) -> None:
    axes.set_yticks(range(len(names)), [short(name) for name in names])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
