"""scores.parquet: written batch by batch, validated against the manifest when it is read."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sumbench.errors import RunError
from sumbench.manifest import Manifest
from sumbench.metrics.protocol import AGREEMENT
from sumbench.runs import parquet
from sumbench.scores import KEYS
from sumbench.scores import Scores
from sumbench.scores import schema

FILE = "scores.parquet"

_FEW = 32
"""So many times the number of rows in possible keys are counted, which is faster than sorting."""


class ScoreWriter:
    """Writes scores.parquet batch by batch."""

    def __init__(self, writer: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Write into an open parquet file."""
        self._writer = writer

    def write(self, scores: Scores) -> None:
        """Write the scores of a batch."""
        self._writer.write_table(scores.table)


@contextmanager
def writing_scores(file: Path) -> Iterator[ScoreWriter]:
    """Yield a writer of scores.parquet; the file appears, complete, when the context ends. Raises RunError."""
    with parquet.writing_parquet(file, schema()) as writer:
        yield ScoreWriter(writer)


def stored_scores(file: Path) -> Iterator[Scores]:
    """Yield the scores of a run that this process has written, some batches at a time."""
    import pyarrow.parquet as pq

    with file.open("rb") as content, pq.ParquetFile(content) as opened:
        for group in range(opened.num_row_groups):
            yield Scores.read(opened.read_row_group(group, use_threads=False))


def read_scores(file: Path, manifest: Manifest, ids: Sequence[str] | None) -> Scores:
    """Read the scores of a run; raise RunError, naming file and column, for what cannot be of this run.

    Those are other columns or types, documents that are not among the `ids` (None: not known without the journal),
    systems and metrics that the manifest does not have, values that are no finite numbers, and a summary's score given
    twice.
    """
    table = parquet.read_parquet(file, schema().names)
    try:
        scores = Scores.read(table)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise RunError(f"{file}: {error}") from None
    known = {
        "document": ids,
        "system": [*(entry.name for entry in manifest.systems), AGREEMENT],
        "metric": [*manifest.values, *manifest.signatures],
    }
    for column in KEYS:
        if scores.table.column(column).null_count:
            raise RunError(f"{file}: column {column!r}: a name is missing")
        names = known[column]
        if names is not None and (strange := set(scores.names(column)).difference(names)):
            raise RunError(f"{file}: column {column!r}: {min(strange)!r} is not in the run")
    _check_values(scores, file)
    return scores


def _check_values(scores: Scores, file: Path) -> None:
    values, failed = scores.table.column("value"), scores.table.column("error").is_valid().to_numpy()
    if scores.table.column("draw").null_count or (scores.draws < 1).any():
        raise RunError(f"{file}: column 'draw': draws count from 1")
    empty = values.is_null().to_numpy()
    if (empty != failed).any():
        raise RunError(f"{file}: row {int(np.argmax(empty != failed)) + 1}: expected a value, or the reason for none")
    strange = ~np.isfinite(scores.values) & ~empty
    if strange.any():
        row = int(np.argmax(strange))
        raise RunError(f"{file}: row {row + 1}: column 'value': {scores.values[row]} is no score")
    if (again := _repeated(scores)) is not None:
        names = " ".join(scores.table.column(key)[again].as_py() for key in KEYS)
        raise RunError(f"{file}: row {again + 1}: a second score of {names}, draw {scores.draws[again]}")


def _repeated(scores: Scores) -> int | None:
    """Return the first row whose names and draw were in a row before it."""
    key = scores.draws.astype(np.int64)
    for column in KEYS:
        codes, names = scores.codes(column)
        key = key * max(len(names), 1) + codes
    if len(key) == 0:
        return None
    if key.max() < _FEW * len(key):
        seen = np.zeros(key.max() + 1, bool)
        seen[key] = True
        if np.count_nonzero(seen) == len(key):
            return None
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(np.diff(key[order]) == 0)
    return int(order[same + 1].min()) if len(same) else None
