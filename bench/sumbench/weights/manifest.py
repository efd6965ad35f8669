"""The manifest in a stored model's folder: its origin and the sha256 of every file."""

import hashlib
import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath
from pathlib import PureWindowsPath

from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.files import write_text
from sumbench.validation import checked
from sumbench.validation import parse_json

MANIFEST_FILE = "sumbench.json"

DERIVED_MARK = "--as-"
"""In the name of a derived model, separates the original model's name from the kind."""


@dataclass(frozen=True)
class WeightsManifest:
    """A stored model: its name, its origin in a few words, and each file's path in the folder with its sha256."""

    name: str
    origin: str
    files: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """The sha256 of the model: of the list of its files' sha256, in the order of their paths."""
        return combined_sha256(self.files)


Hasher = Callable[[Path], str]
"""Returns the sha256 of a file's content."""


def hash_files(folder: Path, files: Iterable[Path], hasher: Hasher = sha256) -> dict[str, str]:
    """Return the sha256 of each of the files by its path in the folder, in the order of the paths."""
    return {path: hasher(folder / path) for path in sorted(file.relative_to(folder).as_posix() for file in files)}


def combined_sha256(files: Mapping[str, str]) -> str:
    """Return one sha256 over the paths and sha256 of files."""
    lines = "".join(f"{files[path]}  {path}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def write_weights_manifest(folder: Path, name: str, origin: str) -> None:
    """Write the manifest of a folder, with every file in it."""
    files = hash_files(folder, (file for file in folder.rglob("*") if file.is_file()))
    content = json.dumps(asdict(WeightsManifest(name, origin, files)), indent=2)
    write_text(folder / MANIFEST_FILE, content + "\n", WeightsError)


def read_weights_manifest(folder: Path) -> WeightsManifest | None:
    """Return the manifest of a stored model, or None where there is none.

    Raises WeightsError for a manifest that cannot be read.
    """
    file = folder / MANIFEST_FILE
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WeightsError(f"{file}: cannot be read: {error.strerror}") from None
    return parse_weights_manifest(content, str(file))


def parse_weights_manifest(content: bytes, file: str) -> WeightsManifest:
    """Return the manifest that a file's content is; raise WeightsError, naming the `file`, for what is none."""
    manifest = checked(parse_json(content, file, WeightsError), WeightsManifest, file, WeightsError)
    for path in manifest.files:
        if not is_inside(path):
            raise WeightsError(f"{file}: files: {path!r} is not in the folder")
    if not manifest.files:
        raise WeightsError(f"{file}: files: names none: no weights can be verified by it")
    return manifest


def is_inside(path: str) -> bool:
    """Tell whether a relative path stays in the folder that it is of, on every system."""
    return bool(path) and all(
        not pure(path).is_absolute() and not pure(path).drive and ".." not in pure(path).parts
        for pure in (PurePosixPath, PureWindowsPath)
    )


def find_damage(folder: Path, manifest: WeightsManifest, hasher: Hasher = sha256) -> str | None:
    """Return which file of a stored model is missing or has changed, or None when all are as recorded."""
    for path, expected in manifest.files.items():
        try:
            actual = hasher(folder / path)
        except FileNotFoundError:
            return f"{path} is missing"
        except OSError as error:
            return f"{path} cannot be read ({error.strerror})"
        if actual != expected:
            return f"{path} has changed (its sha256 is not the one recorded)"
    return None
