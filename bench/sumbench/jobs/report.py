"""Draws the page of finished runs."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.jobs.changes import manifest_changes
from sumbench.jobs.comparison import compare_sides
from sumbench.jobs.result_table import result_table
from sumbench.jobs.sides import NamedSide
from sumbench.jobs.sides import comparable_metrics
from sumbench.jobs.sides import read_sides
from sumbench.report import Page
from sumbench.report import PageRun
from sumbench.report import render_page
from sumbench.report.figures import write_figures
from sumbench.report.overview import PageTable
from sumbench.report.overview import page_table
from sumbench.run_record import Run
from sumbench.runs.store import PAGE
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import analyse
from sumbench.tables import published
from sumbench.tables.comparison import differences_table
from sumbench.tables.model import Table

LARGE = 40_000_000
"""A page of more bytes is not written without a word about it."""


@dataclass(frozen=True)
class ReportRequest:
    """A request for a page of runs, with the options of `sumbench report`; see its help.

    `out` is the file to write, by default report.html in the current folder (rate.html with `rate`). `plots` is a
    folder for the first run's plots as files.
    """

    runs: tuple[str, ...]
    out: Path | None = None
    whole: bool = False
    rate: bool = False
    force: bool = False
    plots: Path | None = None


@dataclass(frozen=True)
class Reported:
    """A page that was written: its file, and what the user should know of it."""

    file: Path
    notes: tuple[str, ...] = ()


def report(request: ReportRequest) -> Reported:
    """Draw the page of one run, or of several of one corpus, and write it; raise RunError or UsageError."""
    sides = read_sides(request.runs)
    for number, side in enumerate(sides):
        if side.system is not None:
            raise UsageError(f"{side.path}:{side.system} names one system: a page shows whole runs, name {side.path}")
        if any(side.path == other.path for other in sides[:number]):
            raise UsageError(f"{side.path}: is named twice")
    runs = [page_run(side.name, side.run) for side in sides]
    compared = tuple(_compared(sides, force=request.force)) if len(sides) > 1 else ()
    changes = [f"{other.name}: {line}" for other in sides[1:] for line in manifest_changes(sides[0], other)]
    page = render_page(runs, whole=request.whole, compared=compared, changes=changes, rate=request.rate)
    file = request.out or Path("rate.html" if request.rate else PAGE)
    write_text(file, page.html)
    notes = list(_notes(page))
    if request.plots is not None and not write_figures(runs[0], request.plots):
        notes.append(f"no plots are in {request.plots}: nothing has a score of {runs[0].run.manifest.ranked_by}")
    return Reported(file, tuple(notes))


def page_run(name: str, run: Run, analysis: Analysis | None = None, tables: Sequence[Table] = ()) -> PageRun:
    """Return a run as a page shows it; its statistics and tables are made where they are not given.

    The further tables of a table stand behind it.
    """
    found = analyse(run) if analysis is None else analysis
    given = tables or tuple(_tables(run, found))
    return PageRun(name, run, found, tuple(each for table in given for each in (table, *table.further)))


def _tables(run: Run, analysis: Analysis) -> Iterator[Table]:
    yield result_table(run, analysis)
    beside = published.published_table(run.manifest, analysis.standings)
    if beside is not None:
        yield beside


def _compared(sides: Sequence[NamedSide], *, force: bool) -> Iterator[PageTable]:
    metrics, warnings = comparable_metrics(sides, None, force=force)
    manifest = sides[0].run.manifest
    comparison = compare_sides(sides, metrics, Settings.recorded(manifest.statistics))
    heading = f"what changed since {sides[0].name}"
    by = manifest.ranked_by if manifest.ranked_by in metrics else metrics[0]
    table = differences_table(comparison.result, heading, sides[0].name, warnings, by)
    yield page_table(table, manifest.values)


def _notes(page: Page) -> Iterator[str]:
    size = page.size
    if page.shown < page.documents:
        yield f"texts of {page.shown:,} of {page.documents:,} documents are in the page: --all puts all of them there"
    if size > LARGE:
        yield f"the page has {size / 1e6:,.0f} MB: a browser takes long to open it"


def draw_page(name: str, run: Run, analysis: Analysis, tables: Sequence[Table]) -> str:
    """Return the page of a run that has just ended; raise RunError, in one line, for whatever goes wrong with it."""
    try:
        return render_page([page_run(name, run, analysis, tables)]).html
    except Exception as error:
        raise RunError(f"{PAGE}: cannot be drawn: {type(error).__name__}: {error}") from error
