"""Ends a job: writes the tables, the page and the finished manifest."""

import logging
from dataclasses import dataclass

from sumbench.errors import RunError
from sumbench.jobs.report import draw_page
from sumbench.jobs.result_table import result_table
from sumbench.manifest import Manifest
from sumbench.run_record import Run
from sumbench.runs.score_journal import FILE
from sumbench.runs.store import PAGE
from sumbench.runs.store import RunFolder
from sumbench.stats import Analysis
from sumbench.tables import FORMATS
from sumbench.tables import published
from sumbench.tables.model import Table


@dataclass(frozen=True)
class Finished:
    """A finished run with its result table, and the table of published figures beside ours, if there are any.

    `failed` tells whether anything of the run failed.
    """

    run: Run
    table: Table
    published: Table | None = None
    failed: bool = False

    def render(self, format_: str) -> str:
        """Return its tables in a format; published figures are part of the formats terminal and markdown only."""
        beside = self.published if format_ in {"terminal", "markdown"} else None
        return "\n".join(FORMATS[format_](table) for table in (self.table, beside) if table is not None)


def finish(run: Run, folder: RunFolder, analysis: Analysis, *, failed: bool) -> Finished:
    """Write the tables, the page and then the manifest of a run whose documents, summaries and scores are written."""
    table = result_table(run, analysis)
    beside = published.published_table(run.manifest, analysis.standings)
    for format_, file in (("markdown", "table.md"), ("csv", "table.csv")):
        folder.write_table(file, FORMATS[format_](table))
    if beside is not None:
        folder.write_table("published.md", FORMATS["markdown"](beside))
    tables = [table] if beside is None else [table, beside]
    try:
        page = draw_page(folder.path.name, run, analysis, tables)
    except RunError as error:
        # The run is whole without its picture, which `sumbench report` can draw later.
        logging.getLogger(__name__).warning("%s", error)
    else:
        folder.write_table(PAGE, page)
    folder.write_manifest(run.manifest)
    # Everything in it is in scores.parquet and details.jsonl by now.
    (folder.path / FILE).unlink(missing_ok=True)
    folder.seal()
    return Finished(run, table, beside, failed)


def has_failures(run: Run) -> bool:
    """Tell whether a metric, a system or a document failed."""
    return (
        metrics_failed(run.manifest)
        or any(summary.error for summary in run.summaries)
        or any(True for part in run.score_parts() for _ in part.failures())
    )


def summaries_failed(analysis: Analysis) -> bool:
    """Tell whether a document has no summary of a system, or a draw is missing."""
    return any(row.failed or row.failed_draws for row in analysis.standings)


def metrics_failed(record: Manifest) -> bool:
    """Tell whether a metric could not be loaded."""
    return any(metric.error for metric in record.metrics)
