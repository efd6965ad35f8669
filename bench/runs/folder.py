"""A run on disk: run.json, the journal of summaries, the scores."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.errors import RunError
from bench.records import Run
from bench.records import Score
from bench.records import Summary
from bench.runs import manifest

MANIFEST = "run.json"
SUMMARIES = "summaries.jsonl"
SCORES = "scores.parquet"


def create(folder: Path) -> None:
    """Make the folder of a new run; raise RunError when it cannot be made or holds anything already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = any(folder.iterdir())
    except OSError as error:
        raise RunError(f"{folder}: no run can be written here: {error.strerror}") from None
    if occupied:
        raise RunError(f"{folder}: is not empty: give --out a new folder")


class Journal:
    """Appends summaries to a run's journal as they are made, each on disk before the next is begun."""

    def __init__(self, folder: Path) -> None:
        """Open the journal of the run in `folder`."""
        self._file = (folder / SUMMARIES).open("a", encoding="utf-8")

    def append(self, summary: Summary) -> None:
        """Write one summary as a line of JSON and flush it."""
        self._file.write(json.dumps(asdict(summary), ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def write_scores(scores: Iterable[Score], folder: Path) -> None:
    """Write scores.parquet, one Score a row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(scores)
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Score)}
    schema = pa.schema([(name, pa.float64() if name == "value" else pa.string()) for name in columns])
    pq.write_table(pa.table(columns, schema=schema), folder / SCORES)


def read(folder: Path) -> Run:
    """Read a finished run; raise RunError, naming file and line, for one that is damaged."""
    import pyarrow.parquet as pq

    summaries = folder / SUMMARIES
    record = manifest.read(folder / MANIFEST)
    try:
        scores = pq.read_table(folder / SCORES).to_pylist()
        lines = summaries.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: the run cannot be read: {error}") from None
    return Run(
        record,
        tuple(_summary(line, f"{summaries}, line {number}") for number, line in enumerate(lines, 1)),
        tuple(Score(**row) for row in scores),
    )


def _summary(line: str, where: str) -> Summary:
    try:
        return Summary(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise RunError(f"{where}: no summary: {error}") from None
