"""Lines of text from bytes: byte-order marks, UTF-16, and the line ends of all systems."""

import codecs
import io
from collections.abc import Iterator
from typing import IO

from sumbench.corpus import limits
from sumbench.errors import CorpusError

BUFFER = 1 << 16
"""The bytes that are read at once, and the most that can be looked at before a file is read."""

_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks of encodings other than UTF-8; that of UTF-32 begins like that of UTF-16."""


def text_lines(stream: io.BufferedReader, file: str) -> Iterator[str]:
    r"""Yield the lines of a text, each with its line break as \n.

    It is in UTF-8, with a byte-order mark or without (a mark before a later line, where files were joined, is dropped
    as well), or in UTF-16 or UTF-32 with one. Lines end with \n or \r\n, or all with \r, as on old Macs. Raises
    CorpusError, which names the line, for what is no such text.
    """
    for number, line in enumerate(_byte_lines(stream, file), 1):
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            column = len(line[: error.start].decode()) + 1
            raise CorpusError(
                f"{file}, line {number}: not UTF-8 (character {column}): save the file as UTF-8"
            ) from None
        if "\0" in text:
            raise CorpusError(
                f"{file}, line {number}: holds a NUL character, as no text does: save the file as UTF-8 text"
            )
        text = text.removeprefix("\ufeff")
        if text:
            yield text[:-2] + "\n" if text.endswith("\r\n") else text


def head_text(head: bytes) -> str:
    """Return the first characters of a text from its first bytes, as far as they can be decoded."""
    encoding = _wide_encoding(head)
    text = head.decode(encoding or "utf-8-sig", "ignore")
    return text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")


def _byte_lines(stream: io.BufferedReader, file: str) -> Iterator[bytes]:
    """Yield lines in UTF-8."""
    head = stream.peek(BUFFER)
    encoding = _wide_encoding(head)
    if encoding is not None:
        return _recoded(stream, encoding, file)
    if b"\r" in head and b"\n" not in head and not _ends_later(head):
        return _returned(stream, file)
    return _bounded(stream, file)


def _bounded(stream: IO[bytes], file: str) -> Iterator[bytes]:
    number = 0
    while line := stream.readline(limits.LONGEST_LINE + 1):
        number += 1
        if len(line) > limits.LONGEST_LINE:
            raise limits.too_long_a_line(file, number)
        yield line


def _ends_later(head: bytes) -> bool:
    # Where a buffer ends between the two characters of the first line break, the second is not seen yet.
    return head.index(b"\r") == len(head) - 1 and len(head) >= BUFFER


def _recoded(stream: IO[bytes], encoding: str, file: str) -> Iterator[bytes]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    number, rest, chunk = 0, "", b"begin"
    try:
        while chunk:
            chunk = stream.read(BUFFER)
            *lines, rest = (rest + decoder.decode(chunk, final=not chunk)).split("\n")
            for line in lines:
                number += 1
                yield f"{line}\n".encode()
            if len(rest) > limits.LONGEST_LINE:
                raise limits.too_long_a_line(file, number + 1)
    except UnicodeError:
        raise CorpusError(
            f"{file}, line {number + 1}: no sound {encoding.upper()}, which its first bytes say it is: "
            "save the file as UTF-8"
        ) from None
    if rest:
        yield rest.encode()


def _returned(stream: IO[bytes], file: str) -> Iterator[bytes]:
    """Yield lines that end with a carriage return, a line feed instead of it."""
    number, rest = 0, b""
    while chunk := stream.read(BUFFER):
        *lines, rest = (rest + chunk).split(b"\r")
        for line in lines:
            number += 1
            yield line + b"\n"
        if len(rest) > limits.LONGEST_LINE:
            raise limits.too_long_a_line(file, number + 1)
    if rest:
        yield rest


def _wide_encoding(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _WIDE if head.startswith(mark)), None)
