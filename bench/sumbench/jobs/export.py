"""Exports a finished run to where people keep results."""

from collections.abc import Sequence
from pathlib import Path

from sumbench.exports import EXPORTS
from sumbench.exports import ExportSource
from sumbench.jobs.result_table import result_table
from sumbench.runs.store import read_run
from sumbench.stats import analyse


def export(folder: Path, to: str, place: str | None = None) -> Sequence[str]:
    """Export the finished run in a folder, and return a line for each thing that was written.

    `place` is where to: a file, a folder or an address, by the kind of export; each has a default. Raises UsageError
    for an unknown kind and for one whose library is missing, RunError for a run that cannot be read or a place that
    takes nothing.
    """
    carry_out = EXPORTS[to]  # an unknown one is refused before anything is computed
    run = read_run(folder)
    analysis = analyse(run)
    source = ExportSource(folder.resolve().name, folder, run, analysis, result_table(run, analysis))
    written: Sequence[str] = carry_out(source, place)
    return written
