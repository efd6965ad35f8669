"""Differences between pairs of systems, with intervals from the sign flips of their tests."""

from collections.abc import Iterator
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from sumbench.manifest import Value
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.plot import Plot
from sumbench.report.plots.plot import ranking_value
from sumbench.report.plots.plot import short
from sumbench.report.svg import axis_x
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import spanning
from sumbench.report.svg import text
from sumbench.seeds import stream
from sumbench.stats import Interval
from sumbench.stats import judged
from sumbench.stats.analysis import clusters_of
from sumbench.stats.family import permutations
from sumbench.stats.phrases import points
from sumbench.stats.sign_flips import paired_flips

MOST_PAIRS = 60
"""Of more pairs, only those with the first system and with `lead` are drawn."""

MOST_DOCUMENTS = 3_000
"""Of more documents the intervals would take longer than all else of the page."""

_ROW = 17


class PairDifference(NamedTuple):
    """The mean difference of a pair as shown, its interval, and whether the table's test tells them apart."""

    left: str
    right: str
    mean: float
    interval: Interval | None
    told: bool


def difference_plots(run: PageRun, data: PageData) -> Iterator[Plot]:
    """Yield the plot of pairwise differences under the value that ranks."""
    value = ranking_value(run)
    if value is None or not judged(value) or len(data.ids) > MOST_DOCUMENTS:
        return
    found = pair_differences(run, value, data)
    if not found:
        return
    level = run.analysis.settings.level
    said = (
        f"Left minus right, with the {100 * level:g} % interval of each pair alone, from the sign flips of its test. "
        "Blue: told apart by the table's test, which is corrected over all pairs."
    )
    yield Plot("differences", f"Differences in {value.title} between pairs", said, _drawn(found, value))


def pair_differences(run: PageRun, value: Value, data: PageData) -> list[PairDifference]:
    """Return the differences of ranked systems and floors, pair by pair, in the order of the table."""
    analysis, settings = run.analysis, run.analysis.settings
    tested = analysis.comparisons.get(value.name)
    if tested is None or len(run.run.ids) != len(data.ids):
        return []
    rows = [row for row in analysis.ranking(value.name) if row.role != "ceiling" and value.name in row.means]
    order = [row.system for role in ("ranked", "floor") for row in rows if row.role == role]
    first = order[:1] + [name for name in order if name == "lead"]
    pairs = [(one, other) for at, one in enumerate(order) for other in order[at + 1 :]]
    if len(pairs) > MOST_PAIRS:
        pairs = [pair for pair in pairs if set(pair) & set(first)]
    if not pairs:
        return []
    columns = {column.system: at for at, column in enumerate(data.columns) if column.run == 0}
    scores = data.scores[value.name].T / value.scale
    told = {
        frozenset((analysis.systems[each.effect.left], analysis.systems[each.effect.right]))
        for each in tested.differences
        if each.different
    }
    flips = paired_flips(
        scores,
        [(columns[one], columns[other]) for one, other in pairs],
        stream(run.run.manifest.seed, "sign flips"),
        clusters=clusters_of(run.run),
        permutations=permutations(len(tested.differences), settings),
    )
    return [
        PairDifference(
            one,
            other,
            value.scale * float(np.nanmean(scores[columns[one]] - scores[columns[other]])),
            each.interval(settings.level),
            frozenset((one, other)) in told,
        )
        for (one, other), each in zip(pairs, flips, strict=True)
        if each.mean is not None
    ]


def _drawn(found: Sequence[PairDifference], value: Value) -> Markup:
    ends = [value.scale * end for pair in found if pair.interval for end in (pair.interval.low, pair.interval.high)]
    x = spanning([0.0, *(pair.mean for pair in found), *ends], 250, 620)
    bottom = 14 + _ROW * len(found)
    unit = points(value)
    title = f"difference in {value.title}" + (f", {unit}" if unit else "")
    parts = [axis_x(x, bottom, title, top=6), element("line", x1=x(0), x2=x(0), y1=6, y2=bottom, class_="zero")]
    for at, pair in enumerate(found):
        y = 14 + _ROW * at
        kind = "told" if pair.told else ""
        parts.append(text(240, y + 4, f"{short(pair.left)} − {short(pair.right)}", "name", "end"))
        if pair.interval:
            low, high = (x(value.scale * end) for end in (pair.interval.low, pair.interval.high))
            parts.append(element("line", x1=low, x2=high, y1=y, y2=y, class_="told-line" if kind else "interval"))
        parts.append(element("circle", cx=x(pair.mean), cy=y, r=3.5, class_=f"dot {kind}"))
    return figure(bottom + 44, title, joined(parts))
