"""Local copies of what is at addresses, under `SUMBENCH_HOME`: fetched once, and anew where it has changed."""

import hashlib
import json
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from glob import has_magic
from pathlib import Path
from pathlib import PurePosixPath

from filelock import FileLock

from sumbench.errors import StorageError
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.home import ADDRESS
from sumbench.home import COPIES
from sumbench.home import READ
from sumbench.home import WORK
from sumbench.home import home
from sumbench.storage.address import Address
from sumbench.storage.address import is_address
from sumbench.storage.objects import Entry
from sumbench.storage.objects import Objects

RUN = "run.json"
"""The file that says that a folder is that of a run."""

_LIST = "copy.json"
_AT_ONCE = 8
_SCHEME = "[A-Za-z][A-Za-z0-9+.-]+://"
_IN_TEXT = re.compile(rf'(?<="){_SCHEME}[^"]+(?=")|{_SCHEME}[^,"]+')
"""An address in a text, to the end of its quotes or to a comma."""


def copy_folder(address: Address, kind: str) -> Path:
    """Return where the copy of an address is kept for a `kind` of use, with a file beside that names the address.

    The last part of its path is that of the address, from which runs and corpora have their names.
    """
    folder = home() / COPIES / hashlib.sha256(address.text.encode()).hexdigest()[:32]
    file = folder / ADDRESS
    if not file.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder}: no copy of {address} can be kept here: {error.strerror}") from None
        write_text(file, str(address), StorageError)
    return folder / kind / address.name


def parsed(named: str | Path) -> Address | None:
    """Return the address that is named, None for a path. A `Path` that was made of an address gets its slash back.

    Raises StorageError for a text that lacks that slash, unless there is such a path.
    """
    if not is_address(named):
        if is_address(Path(named)) and not Path(named).exists():
            scheme, _, rest = str(named).partition(":/")
            raise StorageError(f"{named}: an address has two slashes behind its kind: {scheme}://{rest}")
        return None
    return Address.parse(str(named).replace(":/", "://", 1) if isinstance(named, Path) else named)


def writing(named: str | Path) -> Path:
    """Return where a run that is named is written: the folder itself, or the working copy of one at an address.

    Nothing is fetched: that happens when the copy is claimed, and what is written there is put by then.
    """
    address = parsed(named)
    if address is None:
        return Path(named)
    return address.local or copy_folder(address, WORK)


def writing_here(named: str | Path) -> Path:
    """Return a folder of this machine that is named; raise StorageError for an address elsewhere."""
    address = parsed(named)
    if address is not None and address.local is None:
        raise StorageError(f"{address}: files of requests stay on this machine: give a folder")
    return writing(named)


def reading(named: str | Path) -> Path:
    """Return the path of what is named: itself, or the local copy of the file, folder or pattern at an address.

    Raises StorageError where nothing is there.
    """
    address = parsed(named)
    if address is None:
        return Path(named)
    if address.local is not None:
        return address.local
    objects = Objects(address)
    if address.is_pattern and (address.is_web or objects.entry() is None):
        return _pattern(address)
    one = objects.entry()
    found = [one] if one is not None else [] if address.is_web else objects.listed(deep=True)
    if not found:
        raise StorageError(f"{address}: there is nothing there")
    return _fetched(address, found)


def local_copy(named: str | Path) -> Path:
    """Return the path of what is named, as `reading` does; of a run, only the run's own files are fetched."""
    return reading_run(named) if is_run(named) else reading(named)


def reading_run(named: str | Path) -> Path:
    """Return the folder of a run that is named, of one at an address its local copy.

    Only the files of the run are fetched. Raises StorageError where the address holds no run.
    """
    address = parsed(named)
    if address is None:
        return Path(named)
    if address.local is not None:
        return address.local
    found = [entry for entry in Objects(address).listed() if not entry.path.startswith(".")]
    if all(entry.path != RUN for entry in found):
        raise StorageError(f"{address}: holds no run: there is no {RUN}")
    return _fetched(address, found)


def reading_runs(named: str | Path) -> Path:
    """Return a run's folder, or a folder of runs, of one at an address the local copy with all runs right below it."""
    address = parsed(named)
    if address is None or address.local is not None:
        return reading_run(named)
    objects = Objects(address)
    if objects.entry(RUN) is not None:
        return reading_run(named)
    found = [entry for name in objects.folders() for entry in objects.listed(name) if not _hidden(entry)]
    runs = {entry.path.rpartition("/")[0] for entry in found if entry.path.endswith(f"/{RUN}")}
    if not runs:
        raise StorageError(f"{address}: holds neither a run nor runs in folders: there is no {RUN}")
    return _fetched(address, [entry for entry in found if entry.path.rpartition("/")[0] in runs])


def reading_side(spec: str) -> str:
    """Return RUN or RUN:SYSTEM with a local folder for a run at an address."""
    address = parsed(spec)
    if address is None:
        return spec
    head, colon, system = address.text.rpartition(":")
    if not colon or "://" not in head or "/" in system or Objects(address).entry(RUN) is not None:
        return str(reading_run(spec))
    return f"{reading_run(head)}:{system}"


def expanded(named: Iterable[str]) -> list[str]:
    """Return runs that are named, patterns (`s3://bucket/shards-*`, `runs/shards-*`) replaced by the runs that match.

    Raises UsageError for a pattern that no run matches.
    """
    found: list[str] = []
    for each in named:
        address = parsed(each)
        if address is None:
            found += _expanded_here(each)
            continue
        if not address.is_pattern:
            found.append(each)
            continue
        base, pattern = _cut(address)
        matching = Objects(base).matching(f"{pattern}/{RUN}")
        if not matching:
            raise UsageError(f"{address}: no run has such a name")
        found += [(base / entry.path).text.removesuffix(f"/{RUN}") for entry in matching]
    return found


def _expanded_here(named: str) -> list[str]:
    """Return the folder that is named, or the runs that match: where no shell expands it, as in a container's args."""
    if not has_magic(named) or Path(named).exists():
        return [named]
    matching = sorted(glob(f"{named}/{RUN}"))  # noqa: PTH207 - pathlib's raises for some patterns
    if not matching:
        raise UsageError(f"{named}: no run has such a name")
    return [str(Path(file).parent) for file in matching]


def localized(text: str) -> str:
    """Return a text such as NAME=ADDRESS, ADDRESS:SYSTEM or ADDRESS,key=value with the local copy for the address."""
    found = _IN_TEXT.search(text)
    if found is None:
        return text
    said = found[0]
    head, _, system = said.rpartition(":")
    behind = ""
    if "://" in head and "/" not in system and not _is_there(said):
        said, behind = head, f":{system}"
    return f"{text[: found.start()]}{local_copy(said)}{behind}{text[found.end() :]}"


def is_run(named: str | Path) -> bool:
    """Tell whether a folder, or an address, holds a run."""
    address = parsed(named)
    if address is None or address.local is not None:
        return ((Path(named) if address is None else address.local or Path()) / RUN).is_file()
    return not address.is_pattern and not address.is_web and Objects(address).entry(RUN) is not None


def _is_there(text: str) -> bool:
    objects = Objects(Address.parse(text))
    return objects.entry() is not None or bool(objects.listed())


def _hidden(entry: Entry) -> bool:
    return entry.path.rpartition("/")[2].startswith(".")


def _pattern(address: Address) -> Path:
    """Fetch the files that match a pattern, and return the same pattern for their copies."""
    base, pattern = _cut(address)
    entries = Objects(base).matching(pattern)
    if not entries:
        raise StorageError(f"{address}: no object has such a name")
    folder = copy_folder(address, READ).parent / base.name
    return _fetched(base, entries, folder) / pattern


def _cut(address: Address) -> tuple[Address, str]:
    """Cut a pattern into the folder before its first part with * or ?, and the rest."""
    parts = address.rest.split("/")
    at = next(at for at, part in enumerate(parts) if has_magic(part))
    if at == 0:
        raise UsageError(f"{address}: a pattern stands behind a bucket's name")
    return Address(address.scheme, "/".join(parts[:at])), "/".join(parts[at:])


def _fetched(address: Address, found: Sequence[Entry], folder: Path | None = None) -> Path:
    """Fetch the objects that changed since, or are not there, and return the local copy of all."""
    found = _files(address, found)
    place = folder or copy_folder(address, READ)
    file = place.parent.parent / _LIST
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):
            known = _known(file)
            here = {entry.path: [entry.size, entry.mark] for entry in found}
            write_text(
                file, json.dumps({path: mark for path, mark in known.items() if here.get(path) == mark}), StorageError
            )
            wanted = [entry for entry in found if not _kept(place, entry, known)]
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for _ in pool.map(lambda entry: Objects(address).get(entry.path, _own(place, entry)), wanted):
                    pass
            if place.is_dir():
                _remove_others(place, lambda path: path in here)
            write_text(file, json.dumps(here), StorageError)
    except OSError as error:
        raise StorageError(f"{address}: no copy can be kept in {place.parent}: {error.strerror or error}") from None
    return place


def _files(address: Address, found: Sequence[Entry]) -> list[Entry]:
    """Return the objects that are files of a folder; raise StorageError for one whose name leads out of the folder."""
    folders = {parent.as_posix() for entry in found for parent in PurePosixPath(entry.path).parents}
    # Consoles of object storage mark a folder by an empty object of its name.
    files = [entry for entry in found if entry.size or not entry.path or entry.path not in folders]
    outside = next((entry.path for entry in files if entry.path and {"", ".", ".."} & set(entry.path.split("/"))), None)
    if outside is not None:
        raise StorageError(f"{address}: no file of a folder can be called {outside!r}: give the object another name")
    return files


def _own(place: Path, entry: Entry) -> Path:
    return place / entry.path if entry.path else place


def _kept(place: Path, entry: Entry, known: Mapping[str, object]) -> bool:
    """Tell whether the copy of an object is as it is now; one without a mark may have changed."""
    file = _own(place, entry)
    same = bool(entry.mark) and known.get(entry.path) == [entry.size, entry.mark]
    return same and file.is_file() and file.stat().st_size == entry.size


def _known(file: Path) -> dict[str, list[object]]:
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _remove_others(folder: Path, wanted: Callable[[str], bool]) -> None:
    for path in list(folder.rglob("*")):
        if path.is_file() and not wanted(path.relative_to(folder).as_posix()):
            path.unlink()
