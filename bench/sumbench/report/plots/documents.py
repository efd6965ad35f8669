"""How many documents it takes to show a difference of a given size, by the spread of the differences at hand."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from markupsafe import Markup

from sumbench.manifest import Value
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.plot import Plot
from sumbench.report.plots.plot import ranking_value
from sumbench.report.plots.plot import short
from sumbench.report.svg import Scale
from sumbench.report.svg import axis_x
from sumbench.report.svg import axis_y
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import spread_labels
from sumbench.report.svg import text
from sumbench.stats import judged
from sumbench.stats.analysis import clusters_of
from sumbench.stats.family import tested_at
from sumbench.stats.phrases import points
from sumbench.stats.power import units_of
from sumbench.stats.units import numbered
from sumbench.stats.verdict import LEAD

_MOST_CURVES = 5
_MOST = 100_000


def document_plots(run: PageRun, data: PageData) -> Iterator[Plot]:
    """Yield the curves of the first system against the next ones and `lead`."""
    value = ranking_value(run)
    tested = run.analysis.comparisons.get(value.name) if value else None
    if value is None or tested is None or not judged(value) or len(run.run.ids) != len(data.ids):
        return
    spreads = dict(_spreads(run, data, value))
    if not spreads:
        return
    settings = run.analysis.settings
    alpha = tested_at(len(tested.differences), settings)
    said = (
        f"For each pair, about how many documents show a true difference of a size with {settings.power:.0%} power at "
        f"the corrected level ({alpha:.2g}): by normal quantiles, with the spread of these documents' differences. The "
        "horizontal line is at the documents of this run."
    )
    yield Plot("documents", "How many documents for how small a difference", said, _drawn(run, value, spreads, alpha))


def _spreads(run: PageRun, data: PageData, value: Value) -> Iterator[tuple[str, float]]:
    """Yield the standard deviation of the differences of the first system from others, as shown."""
    columns = [at for at, column in enumerate(data.columns) if column.run == 0 and column.role != "ceiling"]
    if len(columns) < 2:  # noqa: PLR2004 - a difference is between two
        return
    first, *others = columns
    lead = [at for at in others if data.columns[at].system == LEAD]
    numbers = numbered(clusters_of(run.run), len(data.ids))
    for at in dict.fromkeys([*others[: _MOST_CURVES - 1], *lead]):
        apart = data.scores[value.name][:, first] - data.scores[value.name][:, at]
        if np.count_nonzero(~np.isnan(apart)) > 1 and (spread := units_of(apart, numbers).spread) > 0:
            yield f"{data.columns[first].system} − {data.columns[at].system}", spread


def documents_scale(units: int) -> Scale:
    """Return the vertical scale of numbers of documents, on which those of a run, so many units, have their place."""
    most = max(1000, min(10 * units, max(_MOST, 2 * units)))
    return Scale(max(2, min(units, 8) / 2), most, 340, 34, log=True)


def _drawn(run: PageRun, value: Value, spreads: dict[str, float], alpha: float) -> Markup:
    normal = NormalDist()
    reach = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(run.analysis.settings.power)
    units = len(set(clusters_of(run.run) or run.run.ids))
    most = max(max(spreads.values()) * reach / np.sqrt(max(8, units)) * 1.6, 1e-9)
    x = Scale(most / 30, most, 58, 470, log=True)
    y = documents_scale(units)
    unit = points(value)
    title = f"true difference in {value.title}" + (f", {unit}" if unit else "") + ", logarithmic"
    parts = [axis_y(y, 54, "documents, logarithmic", 470), axis_x(x, 340, title, top=34)]
    parts.append(element("line", x1=58, x2=470, y1=y(units), y2=y(units), class_="random"))
    parts.append(text(62, y(units) - 5, f"{units:,} in this run", "note"))
    ends, names = [], []
    for name, spread in spreads.items():
        steps = np.geomspace(x.low, x.high, 60)
        points_ = [(x(float(one)), (reach * spread / float(one)) ** 2) for one in steps]
        inside = [(place, y(number)) for place, number in points_ if y.low <= number <= y.high]
        if not inside:
            continue
        parts.append(
            element("polyline", points=" ".join(f"{one:.1f},{other:.1f}" for one, other in inside), class_="curve")
        )
        ends.append(inside[-1])
        names.append(name)
    places = spread_labels([end[1] + 4 for end in ends], 15, 40, 340)
    for (place, height), at, name in zip(ends, places, names, strict=True):
        parts.append(element("line", x1=place + 2, y1=height, x2=484, y2=at - 4, class_="leader"))
        parts.append(text(488, at, short(name), "name", title=name))
    return figure(386, title, joined(parts))
