"""Verifies that a run folder is as the run has left it."""

from pathlib import Path

from sumbench import checksums
from sumbench.errors import RunError
from sumbench.runs.store import SEALED
from sumbench.runs.store import TABLES
from sumbench.runs.store import read_run


def verify(path: Path) -> list[str]:
    """Return what is wrong with the finished run in a folder; nothing where its files are those that were written.

    Everything is read as a comparison would read it, and every file compared with its checksum. Raises RunError for a
    folder that holds no finished run, or whose run has no checksums.
    """
    run = read_run(path, checked=False)
    if checksums.read_checksums(path) is None:
        raise RunError(
            f"{path}: holds no {checksums.FILE}: an earlier sumbench made it, or it was cut off at its very end"
        )
    faults = list(checksums.changed_files(path, (*SEALED, *TABLES)))
    try:
        for part in (run.summaries, run.details, run.documents if run.manifest.texts else ()):
            for _ in part:
                continue
    except RunError as error:
        faults.append(str(error))
    return faults
