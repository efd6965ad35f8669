"""The plots below the result table, those that a run has the figures for."""

from collections.abc import Callable
from collections.abc import Iterator
from typing import NamedTuple
from typing import TypeAlias

from markupsafe import Markup

from sumbench.report.model import PageData
from sumbench.report.model import PageRun


class Plot(NamedTuple):
    """A plot: its heading, what it shows in a sentence or two, and its drawing."""

    key: str
    title: str
    text: str
    drawing: Markup


Draw: TypeAlias = Callable[[PageRun, PageData], Iterator[Plot]]
"""Draws the plots of one kind: none where a run has no figures for it."""

DRAWN: tuple[Draw, ...] = ()


def plots_of(run: PageRun, data: PageData) -> list[Plot]:
    """Return the plots of a run in the page's order."""
    return [plot for draw in DRAWN for plot in draw(run, data)]
