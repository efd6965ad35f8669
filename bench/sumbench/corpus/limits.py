"""Limits on what is read, so that a file of a megabyte cannot take all memory, each with an error that says what to do.

They lie far above what people summarize: a long novel has 3 million characters.
"""

import io
import zipfile
from typing import Any

from sumbench.errors import CorpusError

LONGEST_TEXT = 32_000_000
"""The most characters of a document, a reference or an output."""

LONGEST_LINE = 128 * 2**20
"""The most bytes of a line, which is what is read of a table at once."""

LARGEST_WHOLE = 2 * 2**30
"""The most bytes of a file that is read whole: JSON that is one value, a compressed parquet file, a spreadsheet."""

FREE_SIZE = 64 * 2**20
"""A compressed file may hold so many bytes, however small it is."""

MOST_TIMES = 50
"""A larger one may hold so many times its own size: texts are packed to a fifth, at best to a thirtieth."""


class BoundedStream(io.RawIOBase):
    """What is in a compressed file of `size` bytes; reading more than such a file can be meant to hold fails."""

    def __init__(self, inner: Any, size: int, name: str) -> None:  # noqa: ANN401 - readers have no type in common
        """Read from `inner`; `name` begins the error."""
        super().__init__()
        self._inner = inner
        self._most = max(FREE_SIZE, MOST_TIMES * size)
        self._name = name
        self._read = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - as io has it
        """Read into a buffer; raise CorpusError where that is too much."""
        number: int = self._inner.readinto(buffer) or 0
        self._read += number
        if self._read > self._most:
            raise CorpusError(
                f"{self._name}: holds more than {MOST_TIMES} times its own size: decompress it first if that is right"
            )
        return number

    def close(self) -> None:
        """Close what it reads from."""
        self._inner.close()
        super().close()


def read_whole(stream: io.BufferedReader, name: str) -> bytes:
    """Return all of a stream; raise CorpusError, beginning with `name`, where that is too much."""
    content = stream.read(LARGEST_WHOLE + 1)
    if len(content) > LARGEST_WHOLE:
        raise too_large(name)
    return content


def check_archive_size(archive: zipfile.ZipFile, name: str) -> None:
    """Raise CorpusError for a zip archive whose members hold too much together."""
    if sum(member.file_size for member in archive.infolist()) > LARGEST_WHOLE:
        raise too_large(name)


def too_long_a_text(text: str, where: str) -> CorpusError:
    """Return the error, beginning with `where`, for a text with more characters than LONGEST_TEXT."""
    return CorpusError(f"{where} has {len(text):,} characters: a text may have {LONGEST_TEXT:,}: cut it into parts")


def too_long_a_line(name: str, number: int) -> CorpusError:
    """Return the error for a line with more bytes than LONGEST_LINE."""
    return CorpusError(f"{name}, line {number}: has more than {LONGEST_LINE // 2**20} MB: is it a table of texts?")


def too_large(name: str) -> CorpusError:
    """Return the error for a file that is read as a whole and holds more than LARGEST_WHOLE."""
    return CorpusError(f"{name}: holds more than {LARGEST_WHOLE // 2**30} GB: save it as JSON lines, in parts")
