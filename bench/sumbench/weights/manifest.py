"""What the store writes into a model's folder: where it was taken from, and the sha256 of every file."""

import hashlib
import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath

from sumbench.errors import WeightsError
from sumbench.files import write_text
from sumbench.validation import checked
from sumbench.validation import parse_json

FILE = "sumbench.json"

DERIVED = "--as-"
"""What stands in the name of what was made of another model, between that model's name and the kind."""


@dataclass(frozen=True)
class Manifest:
    """A kept model: its name, its origin in a few words, and each file's path in the folder with its sha256."""

    name: str
    origin: str
    files: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """The sha256 of the model: of the list of its files' sha256, in the order of their paths."""
        return digest(self.files)


Hasher = Callable[[Path], str]
"""What tells the sha256 of a file's content."""


def sha256(file: Path) -> str:
    """Return the sha256 of a file's content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hashes(folder: Path, files: Iterable[Path], hashed: Hasher = sha256) -> dict[str, str]:
    """Return the sha256 of each of the files by its path in the folder, in the order of the paths."""
    return {path: hashed(folder / path) for path in sorted(file.relative_to(folder).as_posix() for file in files)}


def digest(files: Mapping[str, str]) -> str:
    """Return one sha256 for files and their sha256."""
    lines = "".join(f"{files[path]}  {path}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def write(folder: Path, name: str, origin: str) -> None:
    """Record every file of a folder in its manifest."""
    files = hashes(folder, (file for file in folder.rglob("*") if file.is_file()))
    content = json.dumps(asdict(Manifest(name, origin, files)), indent=2)
    write_text(folder / FILE, content + "\n", WeightsError)


def read(folder: Path) -> Manifest | None:
    """Return the manifest of a kept model, or None where there is no such folder.

    Raises WeightsError for a manifest that cannot be read.
    """
    file = folder / FILE
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WeightsError(f"{file}: cannot be read: {error.strerror}") from None
    manifest = checked(parse_json(content, str(file), WeightsError), Manifest, str(file), WeightsError)
    for path in manifest.files:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise WeightsError(f"{file}: files: {path!r} is not in the folder")
    return manifest


def damage(folder: Path, manifest: Manifest, hashed: Hasher = sha256) -> str | None:
    """Return which file of a kept model is missing or is not what it was, or None when all are as recorded."""
    for path, expected in manifest.files.items():
        try:
            actual = hashed(folder / path)
        except FileNotFoundError:
            return f"{path} is missing"
        except OSError as error:
            return f"{path} cannot be read ({error.strerror})"
        if actual != expected:
            return f"{path} has changed (its sha256 is not the one recorded)"
    return None
