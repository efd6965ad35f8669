"""The result table of a run, with what people and the ranking metric agree on, and with tables by language."""

from dataclasses import replace

import numpy as np

from sumbench.jobs.correlate import people_line
from sumbench.run_record import Run
from sumbench.stats import Analysis
from sumbench.stats import analyse
from sumbench.stats import breakdown
from sumbench.stats import by_language
from sumbench.stats import run_matrices
from sumbench.tables import results
from sumbench.tables.languages import language_tables
from sumbench.tables.model import Table

MOST = 60
"""A corpus of more languages has no such tables: `compare --by language` breaks its scores down."""


def result_table(run: Run, analysis: Analysis | None = None) -> Table:
    """Return the result table of a run; its statistics are computed where they are not given."""
    found = analyse(run) if analysis is None else analysis
    return _with_languages(_with_people(results(run.manifest, found), run, found), run, found)


def _with_people(table: Table, run: Run, analysis: Analysis) -> Table:
    """Add to the notes, where people have rated the summaries, what the ranking metric and they agree on."""
    line = people_line(run, analysis.settings) if run.ratings else None
    return table if line is None else replace(table, notes=(line, *table.notes))


def _with_languages(table: Table, run: Run, analysis: Analysis) -> Table:
    """Add tables of what is scored and done in each language, where documents are in several."""
    languages, value = run.manifest.corpus.languages, run.manifest.values.get(run.manifest.ranked_by)
    if analysis.streamed or value is None or not 1 < len(languages) <= MOST:
        return table
    groups = by_language(run.languages)
    systems = run.scores.names("system")
    missing = np.full((len(systems), len(run.ids)), np.nan)
    scores = run_matrices(run, systems, run.ids, [value.name])
    means = breakdown(scores.get(value.name, missing), systems, groups, value)
    return replace(table, further=(*table.further, *language_tables(run.manifest, analysis, means, groups)))
