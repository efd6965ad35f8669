"""Reads .parquet files."""

import io

from sumbench.corpus import limits
from sumbench.corpus.formats.location import LocatedRows
from sumbench.corpus.formats.location import RowLocation
from sumbench.corpus.formats.location import TableFile
from sumbench.errors import CorpusError
from sumbench.errors import first_line

_BATCH = 256


def parquet(file: TableFile) -> LocatedRows:
    """Yield the rows of a .parquet file, batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    on_disk = isinstance(file.stream.raw, io.FileIO) and file.stream.seekable()
    content = file.stream if on_disk else io.BytesIO(limits.read_whole(file.stream, file.name))
    try:
        table = pq.ParquetFile(content)
        names = table.schema_arrow.names
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise CorpusError(f"{file.name}: two columns have the name {twice!r}")
        # Arrow's threads and a file of Python's do not always end with the process: it may abort, or hang, then.
        for batch in table.iter_batches(_BATCH, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                yield RowLocation(file.name, "row", number), values
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = first_line(error).partition(". ")[0]
        raise CorpusError(f"{file.name}: the parquet file is damaged or cut off ({reason}): get it again") from None
