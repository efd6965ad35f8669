"""Adds to the tables of a run in several languages what it scores, and what is done, in each."""

from dataclasses import replace

import numpy as np

from sumbench.run_record import Run
from sumbench.stats import Analysis
from sumbench.stats import breakdown
from sumbench.stats import by_language
from sumbench.stats import run_matrices
from sumbench.tables.languages import language_tables
from sumbench.tables.model import Table

MOST = 60
"""A corpus of more languages has no such tables: `compare --by language` breaks its scores down."""


def with_languages(table: Table, run: Run, analysis: Analysis) -> Table:
    """Return the result table of a run, with the tables by language below it where its documents are in several."""
    languages, value = run.manifest.corpus.languages, run.manifest.values.get(run.manifest.ranked_by)
    if analysis.streamed or value is None or not 1 < len(languages) <= MOST:
        return table
    groups = by_language(run.documents)
    systems = run.scores.names("system")
    missing = np.full((len(systems), len(run.documents)), np.nan)
    scores = run_matrices(run, systems, [document.id for document in run.documents], [value.name])
    means = breakdown(scores.get(value.name, missing), systems, groups, value)
    return replace(table, further=(*table.further, *language_tables(run.manifest, analysis, means, groups)))
