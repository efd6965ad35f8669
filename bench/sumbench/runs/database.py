"""SQLite files that several processes may share: opened with one schema, faults raised as one line."""

import sqlite3
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sumbench.errors import RunError

_WAIT_SECONDS = 60.0
_MOST_PARAMETERS = 500

Item = TypeVar("Item")


@contextmanager
def connect(file: Path, schema: str, unusable: str, remedy: str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a database file, made with its folder and the `schema` (SQL) if it is not there.

    Any fault, also of what is done with the connection, is a RunError: the file, what is `unusable`, the `remedy`.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # In SQLite's ordinary journal: a switch to write-ahead logging fails where two processes try it at once.
        with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as database:
            database.execute(schema)
            yield database
    except (sqlite3.Error, OSError) as error:
        raise RunError(f"{file}: {unusable} cannot be used: {error}: {remedy}") from None


def parameter_batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut items into batches that fit the parameters of one SQL statement."""
    for start in range(0, len(items), _MOST_PARAMETERS):
        yield items[start : start + _MOST_PARAMETERS]
