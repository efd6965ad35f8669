"""Opens files, decompressed on the fly: gzip, zstd, bzip2 and xz, known by their first bytes."""

import bz2
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO
from typing import Any
from typing import NamedTuple

from sumbench.corpus.foreign import refuse_foreign
from sumbench.corpus.limits import BoundedStream
from sumbench.corpus.pipes import local_file
from sumbench.corpus.pipes import pipe_name
from sumbench.corpus.text import BUFFER
from sumbench.corpus.text import text_lines
from sumbench.errors import CorpusError
from sumbench.errors import first_line


class _Compression(NamedTuple):
    name: str
    magic: re.Pattern[bytes]
    open: Callable[[IO[bytes]], Any]


def _zstd(stream: IO[bytes]) -> Any:  # noqa: ANN401
    # The standard library reads zstd only from Python 3.14 on; Arrow, a dependency anyway, always does.
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")


_COMPRESSIONS: Mapping[str, _Compression] = MappingProxyType(
    {
        ".gz": _Compression("gzip", re.compile(rb"\x1f\x8b"), lambda stream: gzip.GzipFile(fileobj=stream)),
        ".zst": _Compression("zstd", re.compile(rb"\x28\xb5\x2f\xfd"), _zstd),
        ".bz2": _Compression("bzip2", re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", re.DOTALL), bz2.BZ2File),
        ".xz": _Compression("xz", re.compile(rb"\xfd7zXZ\x00"), lzma.LZMAFile),
    }
)

COMPRESSED_SUFFIXES = tuple(_COMPRESSIONS)


def format_suffix(file: Path) -> str:
    """Return the suffix of the file's format in small letters: `.jsonl` of `a.JSONL.gz`."""
    return _without_compression(file).suffix.lower()


def base_name(file: Path) -> str:
    """Return the file's name without the suffixes of format and compression."""
    return pipe_name(file) or _without_compression(file).stem


@contextmanager
def open_decompressed(file: Path) -> Iterator[io.BufferedReader]:
    """Open a file, or what came through a pipe, to read its decompressed bytes; `peek` shows the first ones.

    What is compressed is known by its first bytes, whatever the file is called. Raises CorpusError for a file that
    cannot be opened or is of a kind that is never read, and for any failure while it is open.
    """
    compression: _Compression | None = None
    inner = local_file(file)
    try:
        with inner.open("rb", buffering=0) as unbuffered, _buffered(unbuffered) as raw:
            compression = _compression(file, raw.peek(16))
            if compression is None:
                refuse_foreign(str(file), raw.peek(BUFFER))
                yield raw
                return
            bounded = BoundedStream(compression.open(raw), inner.stat().st_size, str(file))
            with _buffered(bounded) as stream:
                refuse_foreign(str(file), stream.peek(BUFFER))
                yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError) as error:
        raise _damaged(file, compression, error) from None
    except OSError as error:
        if compression is not None and error.errno is None:
            raise _damaged(file, compression, error) from None
        raise CorpusError(f"{file}: {error.strerror or error}") from None


def read_text(file: Path) -> str:
    """Return the content of a text file without byte-order mark and carriage returns; raise CorpusError."""
    with open_decompressed(file) as stream:
        return "".join(text_lines(stream, str(file)))


def file_lines(file: Path) -> Iterator[str]:
    """Yield the lines of a text file without line breaks, one by one; an empty file has none."""
    with open_decompressed(file) as stream:
        for line in text_lines(stream, str(file)):
            yield line.removesuffix("\n")


def _without_compression(file: Path) -> Path:
    return Path(file.stem) if file.suffix.lower() in _COMPRESSIONS else Path(file.name)


def _compression(file: Path, head: bytes) -> _Compression | None:
    found = next((one for one in _COMPRESSIONS.values() if one.magic.match(head)), None)
    called = _COMPRESSIONS.get(file.suffix.lower())
    if found is None and called is not None and head:
        raise CorpusError(
            f"{file}: the {called.name} file is damaged or cut off, or is none: get it again, or leave out its suffix"
        )
    return found


def _buffered(raw: Any) -> io.BufferedReader:  # noqa: ANN401 - what opens compressed bytes has no type in common
    return io.BufferedReader(raw, BUFFER)


def _damaged(file: Path, compression: _Compression | None, error: Exception) -> CorpusError:
    name = "" if compression is None else f"{compression.name} "
    return CorpusError(f"{file}: the {name}file is damaged or cut off ({first_line(error)}): get it again")
