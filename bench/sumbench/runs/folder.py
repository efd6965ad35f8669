"""A run on disk: run.json, the journal of summaries, the scores."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sumbench.errors import RunError
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.run import Run
from sumbench.runs import journal
from sumbench.runs import manifest
from sumbench.scores import Scores

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


def continued(old: Manifest, new: Manifest, folder: Path) -> Manifest:
    """Return the manifest `new` with what the run `old` of the same folder already knows of its systems.

    That is what their work took, and which weights they used where these are not to be had any more. Raises RunError
    unless the run does all that the old one did, and perhaps more.
    """
    systems = {entry.name: entry for entry in new.systems}
    differs = next(
        (
            what
            for what, same in (
                (f"corpus {old.corpus.name!r}", old.corpus.fingerprint == new.corpus.fingerprint),
                (f"seed {old.seed}", old.seed == new.seed),
                *((f"system {entry.name!r}", _same(entry, systems.get(entry.name))) for entry in old.systems),
                *(
                    (
                        f"number of draws of {entry.name!r} ({entry.samples})",
                        entry.samples <= systems[entry.name].samples,
                    )
                    for entry in old.systems
                    if entry.name in systems
                ),
            )
            if not same
        ),
        None,
    )
    if differs:
        raise RunError(f"{folder}: holds a run whose {differs} is not that of this one: give --out another folder")
    for entry in old.systems:
        now = systems[entry.name]
        if entry.weights is not None and now.weights is None:
            now = replace(now, fingerprint=entry.fingerprint, weights=entry.weights)
        systems[entry.name] = replace(now, telemetry=entry.telemetry)
    return replace(new, systems=tuple(systems[entry.name] for entry in new.systems))


def settled(old: Manifest | None, new: Manifest) -> Manifest:
    """Return the manifest `new` of a finished run; where `old` says the same but for the time, the time of `old`."""
    if old is None:
        return new
    timeless = replace(new, started=old.started, seconds=old.seconds)
    return timeless if timeless.json() == old.json() else new


def _same(old: SystemEntry, new: SystemEntry | None) -> bool:
    """Tell whether two entries are of the same system, as far as the weights of both are known."""
    if new is None:
        return False
    unknown = {"weights"} if old.weights is None or new.weights is None else set()
    return _json(old.fingerprint, unknown) == _json(new.fingerprint, unknown)


def _json(parts: Mapping[str, Any], left_out: AbstractSet[str]) -> str:
    return json.dumps({key: value for key, value in parts.items() if key not in left_out}, sort_keys=True)


def write_text(file: Path, text: str) -> None:
    """Write a file in one step that cannot be seen half done; raise RunError when the disk does not take it."""
    beside = file.with_name(f".{file.name}.part")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RunError(f"{file}: cannot be written: {error.strerror}") from None


def write_scores(scores: Scores, folder: Path) -> None:
    """Write scores.parquet, one score a row."""
    import pyarrow.parquet as pq

    beside = folder / f".{SCORES}.part"
    try:
        pq.write_table(scores.table, beside)
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
        scores = Scores.read(pq.read_table(folder / SCORES))
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / SCORES}: cannot be read: {error}") from None
    return Run(record, tuple(journal.read(folder / journal.FILE)), scores)
