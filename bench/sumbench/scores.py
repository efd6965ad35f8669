"""Scores as Arrow columns: one metric value of one summary a row."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sumbench.records import Score
from sumbench.records import ScoreFailure

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

FloatArray: TypeAlias = NDArray[np.float64]

KEYS = ("document", "system", "metric")
"""The columns of names, which are dictionary-encoded."""


def schema() -> "pa.Schema":
    """Return the columns: `document`, `system`, `metric`, `draw` (from 1), `value`, `error`.

    `value` is on the metric's own scale, and null where the metric failed on the summary; `error` then says why.
    """
    import pyarrow as pa

    name = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([*((key, name) for key in KEYS), ("draw", pa.int32()), ("value", pa.float64()), ("error", name)])


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of a run, in an Arrow table with the columns of `schema`. Iterating yields a Score for each value."""

    table: "pa.Table"

    @classmethod
    def of(cls, scores: Iterable[Score] = (), failures: Iterable[ScoreFailure] = ()) -> "Scores":
        """Make columns of single scores and failures, in their order."""
        import pyarrow as pa

        rows: list[tuple[Any, ...]] = [
            (each.document, each.system, each.metric, each.draw, each.value, None) for each in scores
        ]
        rows += [(each.document, each.system, each.metric, each.draw, None, each.reason) for each in failures]
        columns = list(zip(*rows, strict=True)) or [()] * len(schema())
        arrays = [
            pa.array(column, field.type.value_type).dictionary_encode()
            if pa.types.is_dictionary(field.type)
            else pa.array(column, field.type)
            for column, field in zip(columns, schema(), strict=True)
        ]
        return cls(pa.Table.from_arrays(arrays, schema=schema()))

    @classmethod
    def read(cls, table: "pa.Table") -> "Scores":
        """Take a table as it was read; raise ValueError for one that has other columns.

        Folders of earlier versions have plain texts for names, no column of errors, and perhaps none of draws.
        """
        import pyarrow as pa

        if missing := sorted({*KEYS, "value"} - set(table.column_names)):
            raise ValueError(f"column {missing[0]!r} is missing")
        if "draw" not in table.column_names:
            table = table.append_column("draw", pa.repeat(1, len(table)))
        if "error" not in table.column_names:
            table = table.append_column("error", pa.nulls(len(table), pa.string()))
        table = table.select(schema().names)
        return cls(table if table.schema.equals(schema()) else table.cast(schema()))

    @classmethod
    def of_metric(
        cls, summaries: "SummaryKeys", metric: str, values: FloatArray, failures: Mapping[int, str]
    ) -> "Scores":
        """Make the columns of one metric: a value for each of the summaries, NaN where there is none.

        `failures` has the reason by the summary's index; a summary with neither a value nor a reason has no row.
        """
        import pyarrow as pa

        failed = np.zeros(len(values), bool)
        failed[list(failures)] = True
        missing = np.isnan(values) | failed
        rows = np.flatnonzero(~missing | failed)
        every = len(rows) == len(values)
        reasons = list(dict.fromkeys(failures.values()))
        places = {reason: place for place, reason in enumerate(reasons)}
        errors = np.zeros(len(values), np.int32)
        for index, reason in failures.items():
            errors[index] = places[reason]
        arrays = [
            *(keys if every else keys.take(pa.array(rows)) for keys in (summaries.documents, summaries.systems)),
            pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(rows), np.int32)), pa.array([metric], pa.string())),
            pa.array(summaries.draws[rows], pa.int32()),
            pa.array(values[rows], pa.float64(), mask=missing[rows]),
            pa.DictionaryArray.from_arrays(pa.array(errors[rows], mask=~failed[rows]), pa.array(reasons, pa.string())),
        ]
        return cls(pa.Table.from_arrays(arrays, schema=schema()))

    @classmethod
    def concat(cls, parts: Iterable["Scores"]) -> "Scores":
        """Put several behind one another."""
        import pyarrow as pa

        tables = [part.table for part in parts]
        if not tables:
            return cls.of()
        return cls(pa.concat_tables(tables).unify_dictionaries().combine_chunks())

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[Score]:
        columns = [self.table.column(name).to_pylist() for name in (*KEYS, "value", "draw")]
        return (Score(*row) for row in zip(*columns, strict=True) if row[3] is not None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scores) and self.table.to_pydict() == other.table.to_pydict()

    __hash__ = None  # type: ignore[assignment]

    def failures(self) -> Iterator[ScoreFailure]:
        """Yield what could not be scored, with the reason."""
        import pyarrow.compute as pc

        failed = self.table.filter(pc.is_valid(self.table.column("error")))
        columns = [failed.column(name).to_pylist() for name in (*KEYS, "error", "draw")]
        return (ScoreFailure(*row) for row in zip(*columns, strict=True))

    def where(self, **names: str | Sequence[str]) -> "Scores":
        """Return the rows whose `document`, `system` or `metric` is the given name, or one of the given names."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self.table
        for column, wanted in names.items():
            some = pa.array([wanted] if isinstance(wanted, str) else list(wanted), pa.string())
            table = table.filter(pc.is_in(table.column(column).cast(pa.string()), some))
        return Scores(table)

    def codes(self, column: str) -> "tuple[NDArray[np.int32], list[str]]":
        """Return a column of names as numbers (one a row), and the names that they count, from 0."""
        return self._codes[column]

    @cached_property
    def _codes(self) -> "Mapping[str, tuple[NDArray[np.int32], list[str]]]":
        return {key: _coded(self.table.column(key)) for key in KEYS}

    @property
    def values(self) -> FloatArray:
        """The column of values, NaN where a metric failed."""
        values: FloatArray = self.table.column("value").to_numpy()
        return values

    @property
    def draws(self) -> NDArray[np.int32]:
        """The column of draws, counted from 1."""
        draws: NDArray[np.int32] = self.table.column("draw").to_numpy()
        return draws

    def names(self, column: str) -> list[str]:
        """Return the different names in a column, in the order in which they first come."""
        codes, names = self.codes(column)
        first = np.full(len(names), len(codes))
        # Of several writes to one place the last one stays: backwards, that is the first row.
        first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
        order = np.argsort(first, kind="stable")
        return [names[code] for code in order if first[code] < len(codes)]

    def to_pandas(self) -> "pd.DataFrame":
        """Return the scores as a data frame, a row each."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame


def _coded(column: "pa.ChunkedArray") -> "tuple[NDArray[np.int32], list[str]]":
    if not len(column):
        return np.zeros(0, np.int32), []
    array = column.unify_dictionaries().combine_chunks()
    return array.indices.to_numpy(zero_copy_only=False), array.dictionary.to_pylist()


class SummaryKeys:
    """What names the summaries of a batch, as columns that every metric's scores share."""

    def __init__(self, keys: Iterable[tuple[str, str, int]]) -> None:
        """Take document, system and draw of each summary."""
        import pyarrow as pa

        rows: list[Any] = list(keys)
        self.documents = pa.array([row[0] for row in rows], pa.string()).dictionary_encode()
        self.systems = pa.array([row[1] for row in rows], pa.string()).dictionary_encode()
        self.draws = np.array([row[2] for row in rows], np.int32)
