"""Object storage and other places behind addresses (`s3://bucket/folder`), through fsspec."""

from sumbench.storage.address import Address
from sumbench.storage.address import is_address
from sumbench.storage.copies import expanded
from sumbench.storage.copies import is_run
from sumbench.storage.copies import local_copy
from sumbench.storage.copies import localized
from sumbench.storage.copies import reading
from sumbench.storage.copies import reading_run
from sumbench.storage.copies import reading_runs
from sumbench.storage.copies import reading_side
from sumbench.storage.copies import writing
from sumbench.storage.copies import writing_here
from sumbench.storage.objects import Objects

__all__ = [
    "Address",
    "Objects",
    "expanded",
    "is_address",
    "is_run",
    "local_copy",
    "localized",
    "reading",
    "reading_run",
    "reading_runs",
    "reading_side",
    "writing",
    "writing_here",
]
