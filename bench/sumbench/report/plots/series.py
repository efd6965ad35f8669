"""A value over several runs of one corpus: a line a system, each mean with its interval."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from sumbench.report.plots.plot import short
from sumbench.report.svg import axis_y
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import spanning
from sumbench.report.svg import spread_labels
from sumbench.report.svg import text

_COLOURS = 6
_HEIGHT = 380
_LEFT, _RIGHT = 52.0, 660.0


class RunMean(NamedTuple):
    """A system's mean in a run as tables show it, with the ends of its interval where there is one."""

    mean: float
    low: float | None = None
    high: float | None = None


def series_plot(names: Sequence[str], rows: Mapping[str, Sequence[RunMean | None]], title: str) -> Markup:
    """Return the plot of runs (their `names` stand below, oldest first) and the means of each system in them."""
    known = [each for row in rows.values() for each in row if each]
    ends = [end for each in known for end in each if end is not None]
    y = spanning(ends, _HEIGHT - 46, 34)
    step = (_RIGHT - _LEFT - 60) / max(1, len(names) - 1)
    places = [_LEFT + 30 + step * at for at in range(len(names))]
    parts = [
        axis_y(y, _LEFT, title, _RIGHT),
        element("line", x1=_LEFT, x2=_RIGHT, y1=_HEIGHT - 46, y2=_HEIGHT - 46, class_="axis"),
    ]
    for at, name in enumerate(names):
        # Of many runs not every name has room.
        if at % max(1, len(names) // 6) == 0:
            parts.append(text(places[at], _HEIGHT - 28, short(name), "tick", "middle", title=name))
    labels = []
    for number, (system, row) in enumerate(rows.items()):
        colour = f"s{number % _COLOURS}" + (" again" if number >= _COLOURS else "")
        # Systems stand a little beside one another, so that intervals do not cover one another.
        aside = (number - (len(rows) - 1) / 2) * min(5.0, 40 / max(1, len(rows)))
        there = [(places[at] + aside, each) for at, each in enumerate(row) if each]
        if not there:
            continue
        line = " ".join(f"{x:.1f},{y(each.mean):.1f}" for x, each in there)
        parts.append(element("polyline", points=line, class_=f"series {colour}"))
        for x, each in there:
            if each.low is not None and each.high is not None:
                parts.append(element("line", x1=x, x2=x, y1=y(each.low), y2=y(each.high), class_=f"ends {colour}"))
            parts.append(
                element(
                    "circle",
                    element("title", f"{system}: {each.mean:.2f}"),
                    cx=x,
                    cy=y(each.mean),
                    r=3.5,
                    class_=f"mark {colour}",
                )
            )
        labels.append((system, colour, there[-1][0], y(there[-1][1].mean)))
    at_height = spread_labels([each[3] + 4 for each in labels], 15, 40, _HEIGHT - 46)
    for (system, colour, x, height), place in zip(labels, at_height, strict=True):
        parts.append(element("line", x1=x + 5, y1=height, x2=_RIGHT + 8, y2=place - 4, class_="leader"))
        parts.append(
            element("line", x1=_RIGHT + 8, y1=place - 4, x2=_RIGHT + 20, y2=place - 4, class_=f"series {colour}")
        )
        parts.append(text(_RIGHT + 24, place, short(system), "name", title=system))
    return figure(_HEIGHT, title, joined(parts), width=860)
