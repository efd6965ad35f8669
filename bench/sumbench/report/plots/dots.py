"""A dot plot that stands in the rows of a table: each row has its mean with its interval on one common scale.

Positions are percentages of the cell, so that the plot fits rows of any height and columns of any width.
"""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from sumbench.report.svg import Scale
from sumbench.report.svg import element
from sumbench.report.svg import joined
from sumbench.report.svg import spanning
from sumbench.report.svg import tick_text


class Dot(NamedTuple):
    """A system's mean with its interval, as tables show them; None where there is none."""

    system: str
    mean: float | None
    low: float | None
    high: float | None


class Landmark(NamedTuple):
    """A vertical line through all rows: its label, its place, and the class of its style."""

    label: str
    at: float
    kind: str


def dot_scale(dots: Sequence[Dot]) -> Scale:
    """Return the common scale of the rows, in per cent of a cell's width."""
    known = [end for dot in dots for end in (dot.low, dot.mean, dot.high) if end is not None]
    return spanning(known, 2, 98, zero=min(known, default=0) >= 0)


def _percent(place: float) -> str:
    return f"{place:.2f}%"


def dot_cell(dot: Dot, scale: Scale, landmarks: Sequence[Landmark], kind: str) -> Markup:
    """Return the cell of a row; `kind` is the system's role, by which its dot is filled or hollow."""
    parts = [
        element("line", x1=_percent(scale(one.at)), x2=_percent(scale(one.at)), y1="0", y2="100%", class_=one.kind)
        for one in landmarks
    ]
    if dot.low is not None and dot.high is not None:
        low, high = _percent(scale(dot.low)), _percent(scale(dot.high))
        parts.append(element("line", x1=low, x2=high, y1="50%", y2="50%", class_="interval"))
    if dot.mean is not None:
        parts.append(element("circle", cx=_percent(scale(dot.mean)), cy="50%", r=4.5, class_=f"dot {kind}"))
    return element("svg", *parts, class_="dots", aria_hidden="true")


_NEAR = 26
"""Landmarks nearer than so many per cent have their labels on both sides."""


def dot_axis(scale: Scale, landmarks: Sequence[Landmark]) -> Markup:
    """Return the axis for the column's head: ticks, and the landmarks' names above them."""
    parts = []
    ends = sorted(one.at for one in landmarks)
    for one in landmarks:
        place = scale(one.at)
        # Of two the left one's label ends at its line, so that they never meet.
        anchor = "end" if one.at == ends[0] and len(ends) > 1 and place > _NEAR else "start"
        anchor = "end" if place > 100 - _NEAR else anchor
        parts.append(element("line", x1=_percent(place), x2=_percent(place), y1="18", y2="100%", class_=one.kind))
        parts.append(element("text", one.label, x=_percent(place), y=13, class_="landmark", text_anchor=anchor))
    for tick in scale.ticks(6):
        at = _percent(scale(tick))
        parts.append(element("line", x1=at, x2=at, y1="36", y2="40", class_="axis"))
        parts.append(element("text", tick_text(tick), x=at, y=33, class_="tick", text_anchor="middle"))
    parts.append(element("line", x1=_percent(scale.start), x2=_percent(scale.end), y1="40", y2="40", class_="axis"))
    return element("svg", joined(parts), class_="dots-axis", aria_hidden="true")
