"""Quality against what it costs: time, memory, money; and against the length of the summaries."""

from collections.abc import Iterator
from collections.abc import Mapping

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


def cost_plots(run: PageRun, data: PageData) -> Iterator[Plot]:  # noqa: ARG001 - one signature for all plots
    """Yield a plot for each cost that two systems or more have, with the Pareto front."""
    rows = run.analysis.standings
    spent = {entry.name: entry.telemetry for entry in run.run.manifest.systems if entry.telemetry}
    memory = {name: (one.gpu_memory or one.memory or 0) / 1e6 for name, one in spent.items()}
    costs: dict[str, tuple[str, str, Mapping[str, float | None]]] = {
        "seconds": ("time", "seconds a document", {row.system: row.seconds for row in rows}),
        "memory": ("memory", "peak memory of its process, MB (the GPU's where there is one)", memory),
        "money": ("money", "cost of a document", {row.system: row.cost for row in rows}),
    }
    value = ranking_value(run)
    for key, (what, title, known) in costs.items():
        spots = _spots(run, {name: cost for name, cost in known.items() if cost})
        if value is None or len(spots) < _FEWEST or len({spot.x for spot in spots}) < _FEWEST:
            continue
        drawing = scatter(
            spots,
            f"{title}, logarithmic",
            axis_title(value),
            f"{value.title} against {what}",
            log=True,
            front=int(sign(value)) if judged(value) else 0,
        )
        said = "The line is the Pareto front: no system left of it, or as far left, is better; ceilings are left out of it."
        yield Plot(key, f"{value.title} against {what}", said, drawing)


def length_plots(run: PageRun, data: PageData) -> Iterator[Plot]:  # noqa: ARG001 - one signature for all plots
    """Yield the plot of the ranking value against the mean length of the summaries."""
    value = ranking_value(run)
    spots = _spots(run, {row.system: row.words for row in run.analysis.standings if row.words})
    if value is None or len(spots) < _FEWEST:
        return
    title = f"{value.title} against length"
    drawing = scatter(spots, "words a summary, mean", axis_title(value), title)
    yield Plot(
        "length", title, "Overlap with a reference follows length: compare systems of about one length.", drawing
    )


def _spots(run: PageRun, places: Mapping[str, float | None]) -> list[Spot]:
    value = ranking_value(run)
    if value is None:
        return []
    return [
        Spot(row.system, row.role, place, value.scale * row.means[value.name])
        for row in run.analysis.standings
        if value.name in row.means and (place := places.get(row.system)) is not None
    ]
