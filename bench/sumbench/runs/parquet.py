"""Reads and writes Parquet files of a run: atomic writes, errors in one line."""

from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import one_line

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def read_parquet(file: Path, columns: Sequence[str] | None = None) -> "pa.Table":
    """Read some columns of a file, or all; raise RunError for one that is missing or damaged.

    Columns that the file does not have are left out.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with file.open("rb") as content, pq.ParquetFile(content, page_checksum_verification=True) as opened:
            names = opened.schema_arrow.names
            if doubled := {name for name in names if names.count(name) > 1}:
                raise RunError(f"{file}: column {min(doubled)!r} is there twice")
            wanted = names if columns is None else [name for name in columns if name in names]
            # Arrow's threads and a file of Python's do not always end with the process: it may abort, or hang, then.
            table = opened.read(columns=wanted, use_threads=False)
            table.validate(full=True)
            return table
    except FileNotFoundError:
        raise RunError(f"{file}: no such file: the run is damaged") from None
    except (OSError, ValueError, TypeError, OverflowError, MemoryError, pa.ArrowException) as error:
        raise RunError(f"{file}: cannot be read: {one_line(str(error))}") from None


def iter_parquet(file: Path, at_once: int) -> "Iterator[pa.Table]":
    """Yield the rows of a file, so many at once; raise RunError for one that is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with file.open("rb") as content, pq.ParquetFile(content, page_checksum_verification=True) as opened:
            for batch in opened.iter_batches(at_once, use_threads=False):
                table = pa.Table.from_batches([batch])
                table.validate(full=True)
                yield table
    except FileNotFoundError:
        raise RunError(f"{file}: no such file: the run is damaged") from None
    except (OSError, ValueError, TypeError, OverflowError, MemoryError, pa.ArrowException) as error:
        raise RunError(f"{file}: cannot be read: {one_line(str(error))}") from None


@contextmanager
def writing_parquet(file: Path, schema: "pa.Schema") -> Iterator["pq.ParquetWriter"]:
    """Yield a writer of a Parquet file; the file appears, complete, when the context ends.

    Raises RunError when the disk does not take it.
    """
    import pyarrow.parquet as pq

    with (
        files.replacing(file) as content,
        pq.ParquetWriter(content, schema, compression="zstd", write_page_checksum=True) as writer,
    ):
        yield writer
