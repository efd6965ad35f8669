"""Summaries of earlier runs, by document, draw and system fingerprint, in one SQLite file of the store."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import closing
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.lines import LineError
from sumbench.runs.lines import json_lines

FILE = "summaries.sqlite"
_WAIT = 60.0
_BATCH = 500

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

        `documents` are the fingerprints that are asked for. A row that holds no summary, or a failed one, counts as not
        there: the summary is made anew, and keeping it mends the row.
        """
        if not self.file.exists():
            return {}
        found: dict[str, Summary] = {}
        with self._open() as database:
            # As bytes, so that a row that is no UTF-8 is one damaged row.
            database.text_factory = bytes
            for keys in _batches(list(documents)):
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

    def info(self) -> CacheInfo:
        """Return what the cache holds."""
        if not self.file.exists():
            return CacheInfo(self.file, 0, 0, 0)
        with self._open() as database:
            summaries, systems = database.execute("SELECT COUNT(*), COUNT(DISTINCT system) FROM summaries").fetchone()
        return CacheInfo(self.file, summaries, systems, self.file.stat().st_size)

    def clear(self) -> int:
        """Forget everything, and return how many summaries that were."""
        if not self.file.exists():
            return 0
        with self._open() as database:
            with database:
                forgotten = database.execute("DELETE FROM summaries").rowcount
            database.execute("VACUUM")
        return int(forgotten)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # In SQLite's ordinary journal: a switch to write-ahead logging fails where two processes try it at once.
            with closing(sqlite3.connect(self.file, timeout=_WAIT)) as database:
                database.execute(_SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise RunError(
                f"{self.file}: the summary cache cannot be used: {error}: mend it, or run with --no-cache"
            ) from None


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
    """Return the fingerprint of what a system may know of a document, and of which draw it is that it makes of it.

    References belong to it only where the system looks at them.
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
        summary = json_lines(Summary).read(row)
    except LineError:
        return None
    return summary if summary.error is None else None


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
