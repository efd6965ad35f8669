"""Journal and cache of costly scores, keyed by all that a score depends on."""

import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import one_line
from sumbench.metrics import BatchScores
from sumbench.metrics import LoadedMetric
from sumbench.metrics import ScoredBatch
from sumbench.metrics.baselines import Baselines
from sumbench.plugins import provenance
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs.database import connect
from sumbench.runs.database import parameter_batches
from sumbench.runs.lines import whole_lines
from sumbench.validation import FAULTS
from sumbench.validation import explain_fault

FILE = "scores.jsonl"
"""The journal in a run's folder; it goes when scores.parquet has everything."""

_LOG = logging.getLogger(__name__)

_SCHEMA = "CREATE TABLE IF NOT EXISTS scores (key TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID"


class KeptScore(msgspec.Struct, frozen=True):
    """The values of one summary under a metric, and the contents of its details, by the `key` of all they depend on."""

    key: str
    values: dict[str, float]
    details: list[dict[str, Any]] = []


@dataclass
class ScoreJournal:
    """Scores summaries under a metric, reusing the scores that it has kept.

    Scores of metrics that are not costly are not kept. `file` is the journal (None: no journal), `cache` an SQLite file
    that several runs share (None: no reuse). Several threads may score at once.
    """

    file: Path | None = None
    cache: Path | None = None
    _known: dict[str, KeptScore] = field(default_factory=dict, init=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        """Read the journal; a torn last line is cut off. Raises RunError, naming the line, for a damaged one."""
        if self.file is None or (content := files.read_bytes(self.file)) is None:
            return
        whole = whole_lines(content)
        if len(whole) < len(content):
            os.truncate(self.file, len(whole))
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                kept = msgspec.json.decode(line, type=KeptScore)
            except FAULTS as error:
                what = one_line(explain_fault(error))
                raise RunError(f"{self.file}, line {number}: no score: {what}: delete the line, and resume") from None
            self._known[kept.key] = kept

    def score(self, metric: LoadedMetric, documents: Sequence[Document], summaries: Sequence[Summary]) -> ScoredBatch:
        """Return the scores of a batch: kept ones where there are any, and the metric is run on the rest."""
        if not metric.costly:
            return metric.score(documents, summaries)
        good = [summary for summary in summaries if summary.error is None]
        line = _signature(metric, documents)
        by_id = {document.id: document for document in documents}
        beside = Baselines.of(metric, good)
        keys = [_key(metric, line, by_id[summary.document], summary.text, beside.text_for(summary)) for summary in good]
        among = [_key(metric, line, document, None) for document in documents]
        with self._writing:
            kept = self._find(metric, keys, among)
        missing = beside.with_baselines([index for index, key in enumerate(keys) if key not in kept], good)
        wanted = {good[index].document for index in missing}
        wanted |= {document.id for document, key in zip(documents, among, strict=True) if key not in kept}
        fresh = [document for document in documents if document.id in wanted]
        found = metric.found(fresh, [good[index] for index in missing]) if fresh else BatchScores({})
        of_document = {document.id: key for document, key in zip(documents, among, strict=True)}
        with self._writing:
            self._keep(_kept_scores(found, [keys[index] for index in missing], [good[index] for index in missing]))
            self._keep(_kept_agreement(found, [of_document[document.id] for document in fresh]))
            kept = self._find(metric, keys, among)
        return metric.scored(documents, good, _with_kept(metric, kept, keys, among, good, missing, found))

    def _find(self, metric: LoadedMetric, keys: Sequence[str], among: Sequence[str]) -> dict[str, KeptScore]:
        """Return what is kept under the keys of summaries (every value of the metric, or nothing) and of documents."""
        self._read_cache([key for key in (*keys, *among) if key not in self._known])
        names = {value.name for value in metric.values if not value.optional}
        kept = {key: self._known[key] for key in (*keys, *among) if key in self._known}
        for key in set(keys) & kept.keys():
            if not names <= kept[key].values.keys():
                # One without every value is damaged: it is made again, and replaced.
                del kept[key]
        return kept

    def _read_cache(self, absent: Sequence[str]) -> None:
        if self.cache is not None and absent and self.cache.exists():
            with _database(self.cache) as database:
                for some in parameter_batches(absent):
                    marks = ",".join("?" * len(some))
                    rows = database.execute(f"SELECT content FROM scores WHERE key IN ({marks})", some)  # noqa: S608
                    for (content,) in rows:
                        try:
                            kept = msgspec.json.decode(content, type=KeptScore)
                        except FAULTS:
                            # A damaged row is scored again, and replaced.
                            continue
                        self._known[kept.key] = kept

    def _keep(self, made: Iterable[KeptScore]) -> None:
        fresh = list(made)
        self._known.update((kept.key, kept) for kept in fresh)
        if not fresh:
            return
        lines = b"".join(msgspec.json.encode(kept) + b"\n" for kept in fresh)
        if self.file is not None:
            try:
                with files.appending(self.file) as journal:
                    journal.write(lines)
                    journal.flush()
                    os.fsync(journal.fileno())
            except OSError as error:
                raise RunError(f"{self.file}: cannot be written: {error.strerror}") from None
        if self.cache is not None:
            rows = [(kept.key, msgspec.json.encode(kept).decode()) for kept in fresh]
            try:
                with _database(self.cache) as database, database:
                    database.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?)", rows)
            except RunError as error:
                # The journal has them: a cache that takes no more costs the next run time, and this one nothing.
                _LOG.warning("%s: this run keeps nothing more there", error)
                self.cache = None


def _signature(metric: LoadedMetric, documents: Sequence[Document]) -> str:
    lines = metric.signatures(sorted({document.language for document in documents}))
    return "\n".join(lines.values())


def _key(
    metric: LoadedMetric, signature: str, document: Document, text: str | None, baseline: str | None = None
) -> str:
    """Return the SHA-256 of all that a score depends on; a `text` of None means the references' agreement.

    `baseline` is the text that a metric compares it with, None for one that compares with none.
    """
    needs = metric.metric.needs
    parts = [
        metric.name,
        dict(provenance(type(metric.metric))),
        signature,
        document.language,
        list(document.references) if needs.references or text is None else [],
        document.text if needs.source else "",
        text,
        *([] if baseline is None else [baseline]),
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _kept_scores(found: BatchScores, keys: Sequence[str], summaries: Sequence[Summary]) -> Iterator[KeptScore]:
    said: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for detail in found.details:
        said.setdefault((detail.document, detail.system, detail.draw), []).append(
            {"metric": detail.metric, "content": dict(detail.content)}
        )
    for index, (key, summary) in enumerate(zip(keys, summaries, strict=True)):
        if index not in found.failures:
            values = {name: float(array[index]) for name, array in found.values.items()}
            # JSON has no NaN: an optional value that is not defined is left out.
            values = {name: value for name, value in values.items() if not np.isnan(value)}
            yield KeptScore(key, values, said.get((summary.document, summary.system, summary.draw), []))


def _kept_agreement(found: BatchScores, keys: Sequence[str]) -> Iterator[KeptScore]:
    for index, key in enumerate(keys):
        values = {name: float(array[index]) for name, array in found.agreement.items()}
        yield KeptScore(key, {name: value for name, value in values.items() if np.isfinite(value)})


def _with_kept(  # noqa: PLR0913, PLR0917 - what is kept and what is fresh
    metric: LoadedMetric,
    kept: Mapping[str, KeptScore],
    keys: Sequence[str],
    among: Sequence[str],
    summaries: Sequence[Summary],
    missing: Sequence[int],
    found: BatchScores,
) -> BatchScores:
    names = [value.name for value in metric.values]
    values = {
        name: np.array([kept[key].values.get(name, np.nan) if key in kept else np.nan for key in keys])
        for name in names
    }
    details = [
        Detail(summary.document, summary.system, said["metric"], said["content"], summary.draw)
        for key, summary in zip(keys, summaries, strict=True)
        if key in kept
        for said in kept[key].details
    ]
    failures = {missing[index]: said for index, said in found.failures.items()}
    # What is said of a summary that could not be scored is for this run alone.
    failed = {(summaries[index].document, summaries[index].system, summaries[index].draw) for index in failures}
    details += [said for said in found.details if (said.document, said.system, said.draw) in failed]
    agreed = [kept[key].values if key in kept else {} for key in among]
    columns = {name: np.array([one.get(name, np.nan) for one in agreed]) for name in names}
    agreement = {name: array for name, array in columns.items() if np.isfinite(array).any()}
    return BatchScores(values, failures, details, agreement, found.notes, found.spent)


def _database(file: Path) -> AbstractContextManager[sqlite3.Connection]:
    return connect(file, _SCHEMA, "the cache of scores", "mend it, or use --no-cache")
