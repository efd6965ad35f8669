"""Quality against what it costs: time, memory, money; and against the length of the summaries."""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.plot import Plot
from sumbench.report.plots.plot import Spot
from sumbench.report.plots.plot import axis_title
from sumbench.report.plots.plot import ranking_value
from sumbench.report.plots.plot import scatter
from sumbench.stats import judged
from sumbench.stats import sign

_FEWEST = 2


class Cost(NamedTuple):
    """A kind of cost: its key and name, what its figures are, and the figure of each system that has one."""

    key: str
    name: str
    title: str
    figures: Mapping[str, float]


def costs_of(run: PageRun) -> Iterator[Cost]:
    """Yield the costs that two systems or more have, and that are not all the same."""
    rows = run.analysis.standings
    spent = {entry.name: entry.telemetry for entry in run.run.manifest.systems if entry.telemetry}
    memory = {name: (one.gpu_memory or one.memory or 0) / 1e6 for name, one in spent.items()}
    kinds: tuple[tuple[str, str, str, Mapping[str, float | None]], ...] = (
        ("seconds", "time", "seconds a document", {row.system: row.seconds for row in rows}),
        ("memory", "memory", "peak memory of its process, MB (the GPU's where there is one)", {**memory}),
        ("money", "money", "cost of a document", {row.system: row.cost for row in rows}),
    )
    for key, name, title, known in kinds:
        figures = {system: cost for system, cost in known.items() if cost}
        if len(set(figures.values())) >= _FEWEST:
            yield Cost(key, name, title, figures)


def cost_plots(run: PageRun, data: PageData) -> Iterator[Plot]:  # noqa: ARG001 - one signature for all plots
    """Yield a plot for each cost that two systems or more have, with the Pareto front."""
    value = ranking_value(run)
    for cost in costs_of(run) if value else ():
        spots = spots_of(run, cost.figures)
        if value is None or len(spots) < _FEWEST:
            continue
        drawing = scatter(
            spots,
            f"{cost.title}, logarithmic",
            axis_title(value),
            f"{value.title} against {cost.name}",
            log=True,
            front=int(sign(value)) if judged(value) else 0,
        )
        said = "The line is the Pareto front: no system as far left or further is better; ceilings are left out of it."
        yield Plot(cost.key, f"{value.title} against {cost.name}", said, drawing)


def length_plots(run: PageRun, data: PageData) -> Iterator[Plot]:  # noqa: ARG001 - one signature for all plots
    """Yield the plot of the ranking value against the mean length of the summaries."""
    value = ranking_value(run)
    spots = spots_of(run, {row.system: row.words for row in run.analysis.standings if row.words})
    if value is None or len(spots) < _FEWEST:
        return
    title = f"{value.title} against length"
    drawing = scatter(spots, "words a summary, mean", axis_title(value), title)
    yield Plot(
        "length", title, "Overlap with a reference follows length: compare systems of about one length.", drawing
    )


def spots_of(run: PageRun, places: Mapping[str, float]) -> list[Spot]:
    """Return the systems that have a place and a score of the value that ranks as points."""
    value = ranking_value(run)
    if value is None:
        return []
    return [
        Spot(row.system, row.role, place, value.scale * row.means[value.name])
        for row in run.analysis.standings
        if value.name in row.means and (place := places.get(row.system)) is not None
    ]
