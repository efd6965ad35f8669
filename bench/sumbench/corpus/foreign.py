"""Refuses files of kinds that hold no texts to be read, such as PDF, by their first bytes."""

import re

from sumbench.errors import CorpusError

_FOREIGN = tuple(
    (re.compile(magic, re.DOTALL | re.IGNORECASE), what, remedy)
    for magic, what, remedy in (
        (rb"%PDF-", "a PDF file", "save its text"),
        (rb"version https://git-lfs\.github\.com/spec/", "a pointer of Git LFS, not the file", "git lfs pull gets it"),
        (rb"\s*<!doctype html", "a web page, perhaps of a failed download", "get it again, or save its text"),
        (rb"\{\\rtf", "a document in rich text format", "save it as plain text"),
        (rb"ARROW1|\xff\xff\xff\xff...\x00", "a file of Arrow", "save it as .parquet"),
        (rb"\x93NUMPY", "an array of NumPy", "save its texts as .jsonl"),
        (rb"\x80[\x02-\x05](\x95|[\]}(c\x8c])", "a pickle of Python", "save its content as .jsonl"),
        (rb"SQLite format 3\x00", "a database of SQLite", "save the table as .csv"),
        (rb"\x89HDF\r\n", "a file of HDF5", "save the table as .parquet"),
        (
            rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "a document of an old or protected kind (.xls, .doc)",
            "save it as .xlsx",
        ),
        (rb".{257}ustar", "a tar archive", "unpack it"),
    )
)


def refuse_foreign(file: str, head: bytes) -> None:
    """Raise CorpusError, beginning with the name `file`, where its first bytes are those of a kind that is not read."""
    for magic, what, remedy in _FOREIGN:
        if magic.match(head):
            raise CorpusError(f"{file}: is {what}: {remedy}")
