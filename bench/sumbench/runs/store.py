"""The run folder: writes and reads every file of a run.

run.json          how the run came about (sumbench.manifest)
documents.parquet the documents with their references, or their ids and hashes alone (runs.documents)
summaries.jsonl   the journal: a summary a line, in the order of systems, documents and draws when the run is finished
scores.parquet    a score a row (sumbench.scores)
details.jsonl     what metrics said of summaries beside their values; only where there is any
ratings.jsonl     what people said of the summaries; only where they were rated
table.md, table.csv, published.md: the tables that were shown
report.html       the page: tables, plots, and the documents with their summaries (sumbench.report)
checksums.sha256  the checksums of all of them, once the run is finished (sumbench.checksums)
"""

import stat
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sumbench import checksums
from sumbench import files
from sumbench.errors import RunError
from sumbench.errors import UnfinishedError
from sumbench.home import address_of
from sumbench.manifest import Manifest
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Rating
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs import documents
from sumbench.runs import journal
from sumbench.runs import manifest
from sumbench.runs import ratings
from sumbench.runs import remote_lock
from sumbench.runs import score_columns
from sumbench.runs import score_journal
from sumbench.runs import summary_index
from sumbench.runs.documents import DocumentWriter
from sumbench.runs.journal import Journal
from sumbench.runs.lines import lines_codec
from sumbench.runs.lines import read_lines
from sumbench.runs.lines import writing_lines
from sumbench.runs.remote import mirrored
from sumbench.runs.score_columns import ScoreWriter
from sumbench.runs.summary_index import SummaryIndex
from sumbench.scores import Scores

MANIFEST = manifest.FILE
DOCUMENTS = documents.FILE
SUMMARIES = journal.FILE
SCORES = score_columns.FILE
DETAILS = "details.jsonl"
RATINGS = ratings.FILE
PAGE = "report.html"
TABLES = ("table.md", "table.csv", "published.md", PAGE)
LOCK = remote_lock.FILE

SEALED = (MANIFEST, DOCUMENTS, SUMMARIES, SCORES, DETAILS, RATINGS)
"""What a comparison reads, and no one changes after the run."""

FILES = (*SEALED, journal.BAD, score_journal.FILE, *TABLES, checksums.FILE, LOCK)
"""The names of all files that a run folder may hold."""


@dataclass(frozen=True)
class SummaryWriter:
    """Writes summaries.jsonl in its final order."""

    content: BinaryIO

    def write_one(self, summary: Summary) -> int:
        """Write a summary, and return at which byte its line begins."""
        start = self.content.tell()
        self.content.write(journal.line(summary))
        return start

    def write(self, summaries: Iterable[Summary]) -> None:
        """Write the summaries of a batch."""
        self.content.writelines(map(journal.line, summaries))


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run that is being made. Every method that writes raises RunError when the disk does not take it.

    All files but the journal are written atomically.
    """

    path: Path

    @property
    def address(self) -> str | None:
        """The address of which the folder is the working copy, None for a run that is here alone."""
        return address_of(self.path)

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Lock the folder for this process, making it if it does not exist.

        Raises RunError when it cannot be made, when it holds anything but a run, when another process writes it, or
        when one of a run's own names is that of a link, a pipe or a device.
        """
        from filelock import FileLock
        from filelock import Timeout

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            foreign = any(self.path.iterdir()) and not any((self.path / name).exists() for name in (MANIFEST, LOCK))
        except OSError as error:
            raise RunError(f"{self.path}: no run can be written here: {error.strerror}") from None
        if foreign:
            raise RunError(f"{self.path}: is not empty and holds no run: give --out another folder")
        _refuse_strange_files(self.path, links=True)
        lock = FileLock(self.path / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise RunError(f"{self.path}: another process is writing this run") from None
        except OSError as error:
            raise RunError(f"{self.path}: no run can be written here: {error.strerror}") from None
        try:
            files.sweep(self.path, FILES)
            with mirrored(self.path, FILES, (SUMMARIES, score_journal.FILE)):
                yield
        finally:
            # The lock's file stays: were it removed, a process that has opened it already and one that makes it anew
            # would hold two locks. Where the file system has no locks, the library marks the folder by the file itself.
            with suppress(OSError):
                # A lock that cannot be given back ends with the process.
                lock.release()

    def read_manifest(self) -> Manifest | None:
        """Return the manifest of the run in this folder, None where there is none; raise RunError for damage."""
        file = self.path / MANIFEST
        return manifest.read_manifest(file) if file.exists() else None

    def write_manifest(self, content: Manifest) -> None:
        """Write run.json, before anything else of the run is changed: what is sealed stays as it is."""
        files.remove(self.path / checksums.FILE)
        files.write_text(self.path / MANIFEST, content.json())

    def write_documents(
        self, content: Sequence[Document], *, texts: bool, positions: Sequence[int] | None = None
    ) -> None:
        """Write documents.parquet; without `texts` ids and hashes alone; of a shard with `positions` in the whole."""
        with documents.writing_documents(self.path / DOCUMENTS, texts=texts, shard=positions is not None) as writer:
            writer.write(content, positions)

    def writing_documents(self, *, texts: bool) -> AbstractContextManager[DocumentWriter]:
        """Return a context that writes documents.parquet batch by batch."""
        return documents.writing_documents(self.path / DOCUMENTS, texts=texts)

    def journal(self) -> Journal:
        """Return a context: the journal, open for appending."""
        return Journal(self.path / SUMMARIES)

    def recover_summaries(self, systems: Mapping[str, int], places: Mapping[str, int]) -> dict[str, SummaryIndex]:
        """Return by system, which has so many draws, the summaries in the journal that did not fail.

        `places` has the place of each document by its id. Other lines are set aside with a warning. Another process
        must not be writing.
        """
        return summary_index.recovered(self.path / SUMMARIES, systems, places)

    @contextmanager
    def writing_summaries(self) -> Iterator[SummaryWriter]:
        """Yield a writer of summaries.jsonl; the file appears, complete, when the context ends."""
        with files.replacing(self.path / SUMMARIES) as content:
            yield SummaryWriter(content)

    def writing_scores(self) -> AbstractContextManager[ScoreWriter]:
        """Return a context that writes scores.parquet batch by batch."""
        return score_columns.writing_scores(self.path / SCORES)

    def write_details(self, content: Iterable[Detail]) -> None:
        """Write details.jsonl, or remove it where there are no details."""
        with self.writing_details() as write:
            write(content)

    def writing_details(self) -> AbstractContextManager[Callable[[Iterable[Detail]], None]]:
        """Return a context that gives what writes details.jsonl as details come; without any there is no file."""
        return writing_lines(self.path / DETAILS, lines_codec(Detail))

    def write_ratings(self, content: Iterable[Rating]) -> None:
        """Write ratings.jsonl, or remove it where there are no ratings."""
        with writing_lines(self.path / RATINGS, lines_codec(Rating)) as write:
            write(content)

    def write_table(self, name: str, text: str) -> None:
        """Write a table, or the page, under one of the names in TABLES."""
        files.write_text(self.path / name, text)

    def seal(self) -> None:
        """Write the checksums of a run whose files are all written."""
        checksums.write_checksums(self.path, (*SEALED, *TABLES))


def sealed(folder: Path) -> bool:
    """Tell whether a run's folder has checksums: the command that wrote it last has come to its end."""
    return (folder / checksums.FILE).exists()


def read_run(folder: Path, *, checked: bool = True) -> Run:
    """Read a finished run: manifest and scores at once, documents, summaries and details when they are first used.

    Raises RunError, naming file and line, row or field, for a run that is unfinished or damaged; so does asking for a
    part that is damaged, and for the documents of a run that keeps no texts. A run whose files are not as it has left
    them is damaged, too, unless it is not to be `checked`.
    """
    _refuse_strange_files(folder, links=False)
    record = manifest.read_manifest(folder / MANIFEST)
    if not record.finished:
        again = "give its own command again" if record.request is None else f"sumbench run --resume {folder}"
        raise UnfinishedError(f"{folder}: the run is not finished: {again}")
    ids = documents.read_ids(folder / DOCUMENTS) if record.schema >= manifest.WITH_DOCUMENTS else None
    if ids is not None and len(ids) != record.corpus.documents:
        raise RunError(f"{folder / DOCUMENTS}: has {len(ids)} documents, run.json has {record.corpus.documents}")
    scores = score_columns.read_scores(folder / SCORES, record, ids)
    clusters = record.corpus.clusters
    if clusters is not None and (alone := set(scores.names("document")) - clusters.keys()):
        raise RunError(f"{folder / MANIFEST}: corpus.clusters: document {min(alone)!r} is missing")
    if checked:
        checksums.refuse_changed(folder, SEALED)
    summaries = _summaries(folder, record, ids)
    if ids is None:
        return _older(folder, record, summaries, scores)
    return Run(
        record,
        summaries,
        scores,
        lambda: documents.read_documents(folder / DOCUMENTS),
        lambda: read_lines(folder / DETAILS, lines_codec(Detail)),
        ids,
        lambda: ratings.read_ratings(
            folder / RATINGS, frozenset(entry.name for entry in record.systems), frozenset(ids)
        ),
        languages=lambda: documents.read_languages(folder / DOCUMENTS),
    )


def _older(folder: Path, record: Manifest, summaries: Callable[[], Sequence[Summary]], scores: Scores) -> Run:
    """Return the run of an earlier version's folder, which has the documents' ids in the journal alone."""

    def ids() -> Iterable[str]:
        return dict.fromkeys(summary.document for summary in run.summaries)

    run = Run(record, summaries, scores, _no_documents(folder), ids=ids)
    return run


def _no_documents(folder: Path) -> Callable[[], Iterable[Document]]:
    def missing() -> Iterable[Document]:
        raise RunError(f"{folder}: holds no documents: an earlier sumbench made it: run it again for this")

    return missing


def _summaries(folder: Path, record: Manifest, ids: Sequence[str] | None) -> Callable[[], Sequence[Summary]]:
    def read() -> Sequence[Summary]:
        file = folder / SUMMARIES
        found = journal.read_journal(file)
        systems, known = {entry.name for entry in record.systems}, None if ids is None else frozenset(ids)
        seen = set()
        for number, each in enumerate(found, 1):
            if fault := journal.misplaced(each, systems, known):
                raise RunError(f"{file}, line {number}: {fault}")
            seen.add((each.system, each.document, each.draw))
            if len(seen) < number:
                raise journal.doubled(file, number, each)
        return found

    return read


def _refuse_strange_files(folder: Path, *, links: bool) -> None:
    """Raise RunError where a file of a run is a pipe or a device, which would be waited for, or with `links` a link."""
    for name in FILES:
        file = folder / name
        try:
            mode = file.lstat().st_mode if links else file.stat().st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            raise RunError(f"{file}: is {files.kind(mode)}, where a run has a plain file: remove it")
