"""Reads files, decompressing gzip and zstd on the fly."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from typing import cast

from sumbench.corpus.pipes import local_file
from sumbench.corpus.pipes import pipe_name
from sumbench.errors import CorpusError

COMPRESSED_SUFFIXES = (".gz", ".zst")


def format_suffix(file: Path) -> str:
    """Return the suffix of the file's format, without that of compression (`.jsonl` of `a.jsonl.gz`)."""
    file = local_file(file)
    return Path(file.stem).suffix if file.suffix in COMPRESSED_SUFFIXES else file.suffix


def base_name(file: Path) -> str:
    """Return the file's name without the suffixes of format and compression."""
    if name := pipe_name(file):
        return name
    return Path(file.stem).stem if file.suffix in COMPRESSED_SUFFIXES else file.stem


@contextmanager
def open_decompressed(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to read its decompressed bytes; any failure while it is open raises CorpusError."""
    inner = local_file(file)
    try:
        with _open(inner) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CorpusError(f"{file}: the gzip file is damaged or cut off ({error}): get it again") from None
    except OSError as error:
        if inner.suffix == ".zst" and error.errno is None:
            raise CorpusError(f"{file}: the zstd file is damaged or cut off: get it again") from None
        raise CorpusError(f"{file}: {error.strerror or error}") from None


def read_text(file: Path) -> str:
    """Return the content of a UTF-8 text file without byte-order mark and carriage returns; raise CorpusError."""
    with open_decompressed(file) as stream:
        content = stream.read()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: byte {error.start + 1} is not UTF-8: save the file as UTF-8") from None


def _open(file: Path) -> IO[bytes]:
    if file.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(file))
    if file.suffix == ".zst":
        # The standard library reads zstd only from Python 3.14 on; Arrow, a dependency anyway, always does.
        import pyarrow as pa

        file.stat()
        return io.BufferedReader(pa.input_stream(str(file), compression="zstd"))
    return file.open("rb")
