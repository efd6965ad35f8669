"""How the scores of each system lie over the documents: points of few, and quantiles."""

from collections.abc import Iterator

import numpy as np
from markupsafe import Markup

from sumbench.manifest import Value
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.plot import Plot
from sumbench.report.plots.plot import axis_title
from sumbench.report.plots.plot import ranking_value
from sumbench.report.plots.plot import short
from sumbench.report.svg import axis_x
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import spanning
from sumbench.report.svg import text
from sumbench.scores import FloatArray

_ROW = 30
_MOST_POINTS = 100


def distribution_plots(run: PageRun, data: PageData) -> Iterator[Plot]:
    """Yield the plot of the ranking value's distribution by system."""
    value = ranking_value(run)
    if value is None:
        return
    rows = scores_by_system(data, value)
    if not rows:
        return
    said = "One row a system: a thick line between the quartiles, a thin one from 5 to 95 %, a bar at the median"
    said += "; a point is a document." if max(map(len, rows.values())) <= _MOST_POINTS else "."
    yield Plot("distribution", f"{value.title} over the documents", said, _drawn(rows, value))


def scores_by_system(data: PageData, value: Value) -> dict[str, FloatArray]:
    """Return the shown scores that each system of the first run has, one a document."""
    columns = [(at, column) for at, column in enumerate(data.columns) if column.run == 0]
    rows = {column.label: data.scores[value.name][:, at] for at, column in columns}
    return {label: known for label, row in rows.items() if (known := row[~np.isnan(row)]).size}


def _drawn(rows: dict[str, FloatArray], value: Value) -> Markup:
    x = spanning([float(end) for row in rows.values() for end in (row.min(), row.max())], 190, 620)
    bottom = 12 + _ROW * len(rows)
    parts = [axis_x(x, bottom, axis_title(value), top=6)]
    for at, (label, row) in enumerate(rows.items()):
        y = 22 + _ROW * at
        parts.append(text(180, y + 4, short(label), "name", "end", title=label))
        if len(row) <= _MOST_POINTS:
            # Neighbours in score lie on two tracks in turn, so that fewer points cover one another.
            parts += [
                element("circle", cx=round(x(float(one)), 1), cy=y + 8 + 3 * (number % 2), r=1.8, class_="point")
                for number, one in enumerate(np.sort(row))
            ]
        low, quarter, middle, most, high = (x(float(one)) for one in np.quantile(row, [0.05, 0.25, 0.5, 0.75, 0.95]))
        parts.append(element("line", x1=low, x2=high, y1=y, y2=y, class_="interval"))
        parts.append(element("rect", x=quarter, width=max(1.0, most - quarter), y=y - 4, height=8, class_="bar"))
        parts.append(element("line", x1=middle, x2=middle, y1=y - 6, y2=y + 6, class_="median"))
    return figure(bottom + 44, axis_title(value), joined(parts))
