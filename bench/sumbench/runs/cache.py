"""The summary cache: summaries of earlier runs in one SQLite file, by document, draw and system fingerprint."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.database import connect
from sumbench.runs.database import parameter_batches
from sumbench.runs.lines import LineError
from sumbench.runs.lines import lines_codec

FILE = "summaries.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS summaries (
  system TEXT NOT NULL, document TEXT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (system, document)
) WITHOUT ROWID
"""

# Damaged rows do not count, as in `Cache.find`.
_PACE = """
SELECT AVG(json_extract(sound, '$.seconds'))
FROM (SELECT CASE WHEN json_valid(summary) THEN summary END AS sound FROM summaries WHERE system = ?)
WHERE json_type(sound, '$.seconds') IN ('integer', 'real')
"""


@dataclass(frozen=True)
class CacheInfo:
    """What the cache holds: summaries, the different systems that made them, and the size of its file in bytes."""

    file: Path
    summaries: int
    systems: int
    size: int


@dataclass(frozen=True)
class Cache:
    """A cache in a file; several processes may use it at once."""

    file: Path

    def ready(self) -> None:
        """Make sure that the cache can be read and written; raise RunError when it cannot."""
        with self._open() as database, database:
            database.execute("DELETE FROM summaries WHERE system = ''")

    def find(self, system: str, documents: Iterable[str]) -> dict[str, Summary]:
        """Return the kept summaries of a system (its fingerprint), each by its document's fingerprint.

        `documents` are the wanted fingerprints. A row that holds no valid summary, or a failed one, counts as missing:
        the summary is made again, and keeping it replaces the row.
        """
        if not self.file.exists():
            return {}
        found: dict[str, Summary] = {}
        with self._open() as database:
            # As bytes, so that a row that is no UTF-8 is one damaged row.
            database.text_factory = bytes
            for keys in parameter_batches(list(documents)):
                marks = ",".join("?" * len(keys))
                rows = database.execute(
                    f"SELECT document, summary FROM summaries WHERE system = ? AND document IN ({marks})",  # noqa: S608
                    (system, *keys),
                )
                found |= {key.decode(): summary for key, text in rows if (summary := _summary(text)) is not None}
        return found

    def keep(self, system: str, summaries: Iterable[tuple[str, Summary]]) -> None:
        """Keep summaries of a system (its fingerprint), each with its document's fingerprint."""
        rows = [(system, document, json.dumps(asdict(summary))) for document, summary in summaries]
        with self._open() as database, database:
            database.executemany("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", rows)

    def pace(self, system: str) -> float | None:
        """Return the mean seconds that a system (its fingerprint) took over a summary, None if it is not known."""
        if not self.file.exists():
            return None
        with self._open() as database:
            (mean,) = database.execute(_PACE, (system,)).fetchone()
        return mean if mean is None else float(mean)

    def some(self, system: str, number: int = 200) -> list[Summary]:
        """Return at most `number` kept summaries of a system (its fingerprint), of whatever documents."""
        if not self.file.exists():
            return []
        with self._open() as database:
            database.text_factory = bytes
            rows = database.execute("SELECT summary FROM summaries WHERE system = ? LIMIT ?", (system, number))
            return [summary for (text,) in rows if (summary := _summary(text)) is not None]

    def info(self) -> CacheInfo:
        """Return what the cache holds."""
        if not self.file.exists():
            return CacheInfo(self.file, 0, 0, 0)
        with self._open() as database:
            summaries, systems = database.execute("SELECT COUNT(*), COUNT(DISTINCT system) FROM summaries").fetchone()
        return CacheInfo(self.file, summaries, systems, self.file.stat().st_size)

    def clear(self) -> int:
        """Remove all summaries, and return their number."""
        if not self.file.exists():
            return 0
        with self._open() as database:
            with database:
                forgotten = database.execute("DELETE FROM summaries").rowcount
            database.execute("VACUUM")
        return int(forgotten)

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return connect(self.file, _SCHEMA, "the summary cache", "mend it, or run with --no-cache")


def summary_cache(home: Path) -> Cache:
    """Return the cache of summaries: the file that `$SUMBENCH_CACHE` names, else the one in the store at `home`."""
    named = os.environ.get("SUMBENCH_CACHE")
    return Cache(Path(named).expanduser() if named else home / FILE)


def fingerprint(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the SHA-256 (hexadecimal) of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def document_fingerprint(document: Document, draw: int = 1, *, with_references: bool) -> str:
    """Return the cache key of a document and draw: the fingerprint of everything that a system sees of the document.

    References are part of it only for systems that use them.
    """
    references = list(document.references) if with_references else []
    # The first draw has no number, as in the caches that were filled when there was none but one.
    further = [draw] if draw > 1 else []
    return fingerprint([document.id, document.language, document.title, document.text, references, *further])


def _summary(row: object) -> Summary | None:
    """Return the summary that a row of the cache holds, None for a row that holds none, or one that failed."""
    if not isinstance(row, bytes):
        return None
    try:
        summary = lines_codec(Summary).read(row)
    except LineError:
        return None
    return summary if summary.error is None else None
