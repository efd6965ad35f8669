"""csv export: every score in long form (scores.csv), and documents by systems (matrix.csv).

scores.csv has a row for each value of a summary: `document`, `system`, `draw` (from 1), `metric`, `value` and `error`;
the value is on the metric's own scale (ROUGE: 0 to 1), and empty where the metric failed, which `error` then explains.

matrix.csv has a row for each metric and document, and a column for each system: the mean over its draws, and 0 for a
document without a summary where higher is better, so that the mean of a column over the rows of a metric is the figure
of the table. Empty is what has no score.

A text that a spreadsheet would run as a formula has an apostrophe before it, as in every CSV of sumbench.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sumbench.exports.source import ExportSource
from sumbench.files import replacing
from sumbench.run_record import Run
from sumbench.scores import KEYS
from sumbench.stats import run_matrices
from sumbench.stats.standing import names_in
from sumbench.tables.csv import guarded

if TYPE_CHECKING:
    import pyarrow as pa


def export(source: ExportSource, place: str | None) -> list[str]:
    """Write both files into the folder `place` (default: NAME-csv here), and return their names."""
    folder = source.new_folder(place, "-csv")
    tables = {"scores.csv": _scores(source.run), "matrix.csv": _matrix(source.run)}
    for name, table in tables.items():
        _write(folder / name, table)
    return [str(folder / name) for name in tables]


def _scores(run: Run) -> "pa.Table":
    import pyarrow as pa

    table = run.scores.table.combine_chunks().select([*KEYS[:2], "draw", KEYS[2], "value", "error"])
    columns = [_texts(column) if pa.types.is_dictionary(column.type) else column for column in table.itercolumns()]
    return pa.table(columns, names=table.column_names)


def _texts(column: "pa.ChunkedArray") -> "pa.Array":
    """Return a column of names as texts that no spreadsheet runs."""
    import pyarrow as pa

    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        return pa.array([], pa.string())
    names = pa.array([guarded(name) for name in array.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(array.indices, names).dictionary_decode()


def _matrix(run: Run) -> "pa.Table":
    import pyarrow as pa

    systems = names_in(run.manifest, run.score_parts())
    matrices = run_matrices(run, systems, run.ids)
    documents = pa.array([guarded(name) for name in run.ids], pa.string())
    names = pa.array([name for name in matrices for _ in run.ids], pa.string())
    rows = np.concatenate([np.empty((len(systems), 0)), *matrices.values()], axis=1)
    columns = [pa.array(row, mask=np.isnan(row)) for row in rows]
    keys = pa.concat_arrays([documents] * len(matrices)) if matrices else documents[:0]
    return pa.table([names, keys, *columns], names=["metric", "document", *map(_header, systems)])


def _header(system: str) -> str:
    return str(guarded(system))


def _write(file: Path, table: "pa.Table") -> None:
    from pyarrow import csv

    with replacing(file) as content:
        csv.write_csv(table, content)
