"""The index of runs: verdicts, each system's scores over time, what changed, and links to the pages of the runs."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from markupsafe import Markup

from sumbench.manifest import Manifest
from sumbench.report.overview import day
from sumbench.report.overview import question
from sumbench.report.page import hashed
from sumbench.report.page import style
from sumbench.report.page import template
from sumbench.report.plots.plot import axis_title
from sumbench.report.plots.series import RunMean
from sumbench.report.plots.series import series_plot
from sumbench.stats import Analysis
from sumbench.version import __version__
from sumbench.visible import visible


@dataclass(frozen=True)
class IndexRun:
    """A run of the index: its folder's `name`, the `link` to its page (empty for none), and what it says.

    `changes` are the lines on what differs from the run of the same corpus before it.
    """

    name: str
    link: str
    manifest: Manifest
    means: Mapping[str, RunMean]
    verdict: tuple[str, ...]
    changes: tuple[str, ...] = ()

    @property
    def question(self) -> str:
        """What was asked, in one line."""
        return question(self.manifest)

    @property
    def when(self) -> str:
        """The day of the run."""
        return day(self.manifest.started)

    @property
    def series(self) -> tuple[str, str, str]:
        """What runs must have in common to be drawn together: corpus, ranking value, and its signature."""
        order = self.manifest.ranked_by
        return self.manifest.corpus.fingerprint, order, self.manifest.signatures.get(order, "")


@dataclass(frozen=True)
class Series:
    """Runs whose scores can be compared, oldest first, with the plot of them; None for a single run."""

    title: str
    runs: tuple[IndexRun, ...]
    drawing: Markup | None = field(repr=False, default=None)


def run_means(manifest: Manifest, analysis: Analysis) -> dict[str, RunMean]:
    """Return the mean of each system under the value that ranks, as tables show it."""
    order = manifest.ranked_by
    value = manifest.values.get(order)
    found: dict[str, RunMean] = {}
    for row in analysis.ranking(order) if value else ():
        if value and order in row.means and row.role != "ceiling":
            interval = analysis.interval(row.system, order)
            low, high = (value.scale * interval.low, value.scale * interval.high) if interval else (None, None)
            found[row.system] = RunMean(value.scale * row.means[order], low, high)
    return found


def series_of(runs: Sequence[IndexRun]) -> list[Series]:
    """Group runs, oldest first, by what can be compared; the series with the newest run comes first."""
    grouped: dict[tuple[str, str, str], list[IndexRun]] = {}
    for run in sorted(runs, key=lambda each: each.manifest.started):
        grouped.setdefault(run.series, []).append(run)
    made = [_series(tuple(group)) for group in grouped.values()]
    return sorted(made, key=lambda each: each.runs[-1].manifest.started, reverse=True)


def _series(runs: tuple[IndexRun, ...]) -> Series:
    last = runs[-1].manifest
    value = last.values.get(last.ranked_by)
    title = visible(f"{last.corpus.name}, {last.corpus.documents:,} documents" + (f": {value.title}" if value else ""))
    if len(runs) == 1 or value is None:
        return Series(title, runs)
    systems = list(dict.fromkeys(name for run in reversed(runs) for name in run.means))
    rows = {visible(name): [run.means.get(name) for run in runs] for name in systems}
    return Series(title, runs, series_plot([visible(run.name) for run in runs], rows, axis_title(value)))


def render_index(folder: str, runs: Sequence[IndexRun], unread: Sequence[str] = ()) -> str:
    """Return the page over the runs of a folder; `unread` are lines on folders that hold no run that can be read."""
    policy = f"default-src 'none'; style-src {hashed(style())}; base-uri 'none'; form-action 'none'"
    return template("index.html.j2").render(
        policy=policy,
        style=Markup(style()),  # noqa: S704 - ours
        folder=visible(folder),
        series=series_of(runs),
        runs=len(runs),
        unread=[visible(line) for line in unread],
        version=__version__,
    )


def page_link(run: Path, place: Path, file: str) -> str:
    """Return the address of a run's page from the folder of the index, empty where the run has none."""
    page = run / file
    if not page.exists():
        return ""
    try:
        return page.resolve().relative_to(place.resolve()).as_posix()
    except ValueError:
        return page.resolve().as_uri()
