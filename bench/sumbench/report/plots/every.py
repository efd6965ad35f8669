"""The plots below the result table, in the page's order: those that a run has the figures for."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import TypeAlias

from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.agreement import agreement_plots
from sumbench.report.plots.costs import cost_plots
from sumbench.report.plots.costs import length_plots
from sumbench.report.plots.differences import difference_plots
from sumbench.report.plots.distributions import distribution_plots
from sumbench.report.plots.documents import document_plots
from sumbench.report.plots.plot import Plot

Draw: TypeAlias = Callable[[PageRun, PageData], Iterator[Plot]]
"""Draws the plots of one kind: none where a run has no figures for it."""

DRAWN: tuple[Draw, ...] = (
    difference_plots,
    distribution_plots,
    cost_plots,
    length_plots,
    agreement_plots,
    document_plots,
)


def plots_of(run: PageRun, data: PageData) -> list[Plot]:
    """Return the plots of a run; none of a stream, whose scores are not in memory."""
    return [] if run.analysis.streamed else [plot for draw in DRAWN for plot in draw(run, data)]
