"""Draws the page over all runs of a folder."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sumbench.errors import RunError
from sumbench.files import write_text
from sumbench.jobs.changes import manifest_changes
from sumbench.jobs.sides import NamedSide
from sumbench.report.index import IndexRun
from sumbench.report.index import page_link
from sumbench.report.index import render_index
from sumbench.report.index import run_means
from sumbench.report.index import series_of
from sumbench.runs.store import MANIFEST
from sumbench.runs.store import PAGE
from sumbench.runs.store import read_run
from sumbench.stats import analyse
from sumbench.stats.verdict import verdict
from sumbench.visible import visible

FILE = "index.html"


def is_folder_of_runs(path: Path) -> bool:
    """Tell whether a folder is no run itself and holds some."""
    return path.is_dir() and not (path / MANIFEST).exists() and any(True for _ in path.glob(f"*/{MANIFEST}"))


def index(folder: Path, out: Path | None = None) -> tuple[Path, int]:
    """Write the page over all runs of a folder; return its file and the number of runs that cannot be read.

    Runs that are unfinished or damaged are named in it with the reason. Raises RunError when it cannot be written.
    """
    file = out or folder / FILE
    unread: list[str] = []
    sides: dict[str, NamedSide] = {}
    runs: list[IndexRun] = []
    for path in sorted(each.parent for each in folder.glob(f"*/{MANIFEST}")):
        try:
            run = read_run(path)
            found = analyse(run)
        except RunError as error:
            unread.append(str(error))
            continue
        sides[path.name] = NamedSide(path, run)
        record = run.manifest
        link = page_link(path, file.parent, PAGE)
        runs.append(IndexRun(path.name, link, record, run_means(record, found), verdict(found, record.ranked_by)))
    shown = [changed for series in series_of(runs) for changed in _with_changes(series.runs, sides)]
    write_text(file, render_index(str(folder), shown, unread))
    return file, len(unread)


def _with_changes(runs: tuple[IndexRun, ...], sides: dict[str, NamedSide]) -> Iterator[IndexRun]:
    before: IndexRun | None = None
    for run in runs:
        lines = manifest_changes(sides[before.name], sides[run.name]) if before else ()
        yield replace(run, changes=tuple(visible(line) for line in lines))
        before = run
