"""A run on disk: run.json, the journal of summaries, the scores."""

from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import RunError
from bench.records import Run
from bench.records import Score
from bench.runs import journal
from bench.runs import manifest
from bench.runs.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "run.json"
SCORES = "scores.parquet"
LOCK = ".lock"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the run's folder for this process alone, making it if it is not there.

    Raises RunError when it cannot be made, when it holds anything but a run, or when another process writes it.
    """
    from filelock import FileLock
    from filelock import Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = any(folder.iterdir()) and not (folder / MANIFEST).exists() and not (folder / LOCK).exists()
    except OSError as error:
        raise RunError(f"{folder}: no run can be written here: {error.strerror}") from None
    if foreign:
        raise RunError(f"{folder}: is not empty and holds no run: give --out another folder")
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise RunError(f"{folder}: another process is writing this run") from None
    except OSError as error:
        raise RunError(f"{folder}: no run can be written here: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
        (folder / LOCK).unlink(missing_ok=True)


def begun(folder: Path) -> Manifest | None:
    """Return the manifest of the run that was begun in `folder`, or None."""
    return manifest.read(folder / MANIFEST) if (folder / MANIFEST).exists() else None


def continues(old: Manifest, new: Manifest, folder: Path) -> None:
    """Raise RunError unless the run `new` does all that the run `old` of the same folder did, and perhaps more."""
    kept = {entry.name: entry.fingerprint for entry in new.systems}
    samples = {entry.name: entry.samples for entry in new.systems}
    differs = next(
        (
            what
            for what, same in (
                (f"corpus {old.corpus.name!r}", old.corpus.fingerprint == new.corpus.fingerprint),
                (f"seed {old.seed}", old.seed == new.seed),
                *((f"system {entry.name!r}", kept.get(entry.name) == entry.fingerprint) for entry in old.systems),
                *(
                    (f"number of draws of {entry.name!r} ({entry.samples})", entry.samples <= samples[entry.name])
                    for entry in old.systems
                    if entry.name in samples
                ),
            )
            if not same
        ),
        None,
    )
    if differs:
        raise RunError(f"{folder}: holds a run whose {differs} is not that of this one: give --out another folder")


def write_text(file: Path, text: str) -> None:
    """Write a file in one step that cannot be seen half done; raise RunError when the disk does not take it."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RunError(f"{file}: cannot be written: {error.strerror}") from None


def scores_schema() -> "pa.Schema":
    """Return the columns of scores.parquet: the fields of a Score."""
    import pyarrow as pa

    kinds = {"value": pa.float64(), "draw": pa.int64()}
    return pa.schema([(field.name, kinds.get(field.name, pa.string())) for field in fields(Score)])


def write_scores(scores: Iterable[Score], folder: Path) -> None:
    """Write scores.parquet, one Score a row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(scores)
    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(Score)}
    beside = folder / f".{SCORES}.part"
    try:
        pq.write_table(pa.table(columns, schema=scores_schema()), beside)
        beside.replace(folder / SCORES)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RunError(f"{folder / SCORES}: cannot be written: {error.strerror or error}") from None


def read(folder: Path) -> Run:
    """Read a finished run; raise RunError, naming file and line, for one that is unfinished or damaged."""
    import pyarrow.parquet as pq

    record = manifest.read(folder / MANIFEST)
    if not record.finished:
        raise RunError(f"{folder}: the run is not finished: sumbench run --resume {folder}")
    try:
        scores = pq.read_table(folder / SCORES).to_pylist()
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / SCORES}: cannot be read: {error}") from None
    return Run(record, tuple(journal.read(folder / journal.FILE)), tuple(Score(**row) for row in scores))
