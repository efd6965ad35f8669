"""What a plot is, and what several plots share: systems as points, with their names beside them."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from sumbench.manifest import Value
from sumbench.report.model import PageRun
from sumbench.report.svg import Scale
from sumbench.report.svg import axis_x
from sumbench.report.svg import axis_y
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import spanning
from sumbench.report.svg import spread_labels
from sumbench.report.svg import text
from sumbench.tables.values import better
from sumbench.tables.values import unit

LONGEST_NAME = 24
"""So many characters of a system's name stand in a plot."""


class Plot(NamedTuple):
    """A plot: its heading, what it shows in a sentence or two, and its drawing."""

    key: str
    title: str
    text: str
    drawing: Markup


class Spot(NamedTuple):
    """A system as a point: its name and role, and its place on both axes."""

    name: str
    role: str
    x: float
    y: float


def short(name: str) -> str:
    """Return a name that fits into a plot, cut in its middle."""
    half = LONGEST_NAME // 2 - 1
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def ranking_value(run: PageRun) -> Value | None:
    """Return the value that ranks a run, None where nothing has a score of it."""
    order = run.run.manifest.ranked_by
    known = any(order in row.means for row in run.analysis.standings)
    return run.analysis.values.get(order) if known else None


def axis_title(value: Value) -> str:
    """Return what stands at an axis of shown scores."""
    of = unit(value)
    words = f"{value.title} ({of})" if of else value.title
    return f"{words}, {better(value)}" if better(value) else words


HEIGHT = 400


def scatter(  # noqa: PLR0913 - two axes, and what is said of them
    spots: Sequence[Spot], x_title: str, y_title: str, label: str, *, log: bool = False, front: int = 0
) -> Markup:
    """Return systems as points; `front` is 1 where higher is better, -1 where lower is, 0 for no Pareto front."""
    x = spanning([spot.x for spot in spots], 48, 500, log=log)
    y = spanning([spot.y for spot in spots], HEIGHT - 50, 34)
    parts = [axis_y(y, 44, y_title, 500), axis_x(x, HEIGHT - 50, x_title, top=34)]
    if front:
        parts.append(_front(spots, x, y, front))
    order = sorted(spots, key=lambda spot: spot.y)
    places = spread_labels([y(spot.y) + 4 for spot in order], 15, 40, HEIGHT - 46)
    for spot, place in zip(order, places, strict=True):
        at = x(spot.x)
        parts.append(
            element(
                "circle",
                element("title", f"{spot.name}: {spot.x:.4g}, {spot.y:.4g}"),
                cx=at,
                cy=y(spot.y),
                r=4.5,
                class_=f"dot {spot.role}",
            )
        )
        parts.append(element("line", x1=at + 6, y1=y(spot.y), x2=516, y2=place - 4, class_="leader"))
        parts.append(text(520, place, short(spot.name), "name", title=spot.name))
    return figure(HEIGHT, label, joined(parts))


def _front(spots: Sequence[Spot], x: Scale, y: Scale, direction: int) -> Markup:
    best: list[Spot] = []
    for spot in sorted(spots, key=lambda each: (each.x, -direction * each.y)):
        if spot.role != "ceiling" and (not best or direction * spot.y > direction * best[-1].y):
            best.append(spot)
    steps = " ".join(
        f"{'M' if not at else 'H'}{x(spot.x):.1f}{f' {y(spot.y):.1f}' if not at else f'V{y(spot.y):.1f}'}"
        for at, spot in enumerate(best)
    )
    return element("path", d=f"{steps} H{x.end:.1f}", class_="front") if best else Markup("")
