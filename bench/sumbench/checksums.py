"""checksums.sha256, the seal of a finished run: the SHA-256 of each of its files, as `sha256sum --check` reads them.

It is removed before a file of the run is changed, and written when all are whole: a run without one was cut off, or
made by an earlier version, and is read as it is.
"""

import re
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from sumbench import files
from sumbench.errors import RunError

FILE = "checksums.sha256"

_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^/\\]+)")


def write_checksums(folder: Path, names: Iterable[str]) -> None:
    """Write the checksums of those of the named files that are there; raise RunError where that fails."""
    lines = [f"{_sha256(folder / name)}  {name}\n" for name in sorted(names) if (folder / name).exists()]
    files.write_text(folder / FILE, "".join(lines))


def read_checksums(folder: Path) -> dict[str, str] | None:
    """Return the SHA-256 of each file by its name, None for a run without checksums; raise RunError for damage."""
    content = files.read_bytes(folder / FILE)
    if content is None:
        return None
    found: dict[str, str] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise RunError(f"{folder / FILE}, line {number}: no line of checksums: it was changed after the run")
        found[parts["name"]] = parts["sha256"]
    return found


def changed_files(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Say of each of the named files that is not as the run has left it what has become of it."""
    known = read_checksums(folder)
    if known is None:
        return
    for name in names:
        there = (folder / name).exists()
        if name in known and not there:
            yield f"{folder / name}: is missing, and was there when the run was finished"
        elif there and name not in known:
            yield f"{folder / name}: was not there when the run was finished"
        elif there and _sha256(folder / name) != known[name]:
            yield f"{folder / name}: was changed after the run was finished"


def refuse_changed(folder: Path, names: Iterable[str]) -> None:
    """Raise RunError for the first of the named files that is not as the run has left it."""
    if fault := next(changed_files(folder, names), None):
        raise RunError(f"{fault}: `sumbench verify {folder}` says all; remove {FILE} to read it as it is")


def _sha256(file: Path) -> str:
    try:
        return files.sha256(file)
    except OSError as error:
        raise RunError(f"{file}: cannot be read: {error.strerror}") from None
