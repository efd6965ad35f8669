"""The objects below an address: listed, fetched, put and removed, each by single requests."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sumbench.errors import StorageError
from sumbench.files import replacing
from sumbench.natural_order import natural_key
from sumbench.storage.address import Address
from sumbench.storage.backends import file_system
from sumbench.storage.backends import speaking_of
from sumbench.storage.obstore_files import ObstoreFiles

_CHUNK = 8 << 20
_MARKS = (
    "ETag",
    "etag",
    "e_tag",
    "md5Hash",
    "generation",
    "content_md5",
    "Content-MD5",
    "Digest",
    "mtime",
    "LastModified",
    "Last-Modified",
    "last_modified",
    "created",
)
"""What says that an object's content has changed, by the names that backends have for it, the surest first."""


@dataclass(frozen=True)
class Entry:
    """An object: its path below the address, its size in bytes, and a mark that changes with its content.

    The mark is empty where the storage has none.
    """

    path: str
    size: int
    mark: str


@dataclass(frozen=True)
class Objects:
    """The objects below an address. Every method raises StorageError, in one line, for what the storage refuses."""

    address: Address

    @property
    def _files(self) -> Any:  # noqa: ANN401 - fsspec has no types
        return file_system(self.address)

    def _place(self, path: str = "") -> str:
        whole = self.address / path if path else self.address
        if self.address.is_web:
            return whole.text
        return whole.rest if isinstance(self._files, ObstoreFiles) else str(self._files._strip_protocol(whole.text))  # noqa: SLF001 - fsspec has no other way

    def entry(self, path: str = "") -> Entry | None:
        """Return the object at a path (by default the address itself), None where there is none."""
        with speaking_of(self.address, "read"):
            self._files.invalidate_cache()
            try:
                found = self._files.info(self._place(path))
            except FileNotFoundError as error:
                self._refuse_no_bucket(error)
                return None
            return _entry(path, found) if found.get("type", "file") == "file" else None

    def listed(self, path: str = "", *, deep: bool = False) -> list[Entry]:
        """Return the objects in a folder below the address, with `deep` those in folders in it, too, by their paths."""
        place = self._place(path)
        with speaking_of(self.address, "read"):
            self._files.invalidate_cache()
            try:
                found = (
                    self._files.find(place, detail=True).values()
                    if deep
                    else [each for each in self._files.ls(place, detail=True) if each["type"] == "file"]
                )
            except FileNotFoundError as error:
                self._refuse_no_bucket(error)
                return []
            entries = [(str(each["name"]).lstrip("/"), each) for each in found]
        base = place.strip("/") + "/"
        before = f"{path}/" if path else ""
        return sorted(
            (
                _entry(before + name[len(base) :], each)
                for name, each in entries
                if name.startswith(base) and name != base
            ),
            key=lambda entry: entry.path,
        )

    def folders(self) -> list[str]:
        """Return the names of the folders right below the address."""
        place = self._place()
        with speaking_of(self.address, "read"):
            self._files.invalidate_cache()
            try:
                found = self._files.ls(place, detail=True)
            except FileNotFoundError as error:
                self._refuse_no_bucket(error)
                return []
        names = [str(each["name"]).rstrip("/").rpartition("/")[2] for each in found if each["type"] == "directory"]
        return sorted(names)

    def matching(self, pattern: str) -> list[Entry]:
        """Return the objects below the address whose paths match a pattern with * and ?, in natural order."""
        base = self._place().strip("/") + "/"
        with speaking_of(self.address / pattern, "read"):
            self._files.invalidate_cache()
            found = self._files.glob(self._place(pattern), detail=True)
        entries = [
            _entry(str(name).lstrip("/")[len(base) :], each)
            for name, each in found.items()
            if each.get("type", "file") == "file"
        ]
        return sorted(entries, key=lambda entry: natural_key(entry.path))

    def get(self, path: str, file: Path) -> None:
        """Fetch an object into a file, which appears when it is whole."""
        with speaking_of(self.address / path if path else self.address, "read"):
            file.parent.mkdir(parents=True, exist_ok=True)
            with self._files.open(self._place(path), "rb") as arriving, replacing(file, StorageError) as content:
                shutil.copyfileobj(arriving, content, _CHUNK)

    def read(self, path: str) -> bytes | None:
        """Return the content of an object, None where there is none."""
        with speaking_of(self.address, "read"):
            try:
                return bytes(self._files.cat_file(self._place(path)))
            except FileNotFoundError as error:
                self._refuse_no_bucket(error)
                return None

    def put(self, path: str, content: bytes | Path) -> Entry:
        """Put an object, whole or not at all, and return it; `content` is its bytes or a file."""
        with speaking_of(self.address, "written"):
            if isinstance(content, Path):
                self._files.put_file(str(content), self._place(path))
            else:
                self._files.pipe_file(self._place(path), content)
            self._files.invalidate_cache()
            return _entry(path, self._files.info(self._place(path)))

    def create(self, path: str, content: bytes) -> bool:
        """Put an object that is not there yet; return False where it is.

        Where the storage has conditional puts (S3, GCS, Azure), one of two that create it at once gets False; elsewhere
        both may get True.
        """
        with speaking_of(self.address, "written"):
            try:
                self._files.pipe_file(self._place(path), content, mode="create")
            except FileExistsError:
                return False
            except OSError as error:
                if "PreconditionFailed" not in str(error):
                    raise
                return False
        return True

    def remove(self, path: str) -> None:
        """Remove an object, where it is there."""
        with speaking_of(self.address, "written"):
            try:
                self._files.rm_file(self._place(path))
            except FileNotFoundError:
                return

    def _refuse_no_bucket(self, error: FileNotFoundError) -> None:
        """Raise the error of a bucket that is not there, which backends take for an empty folder."""
        if any(mark in f"{error} {error.__cause__}" for mark in ("NoSuchBucket", "bucket does not exist")):
            raise error


def _entry(path: str, found: dict[str, Any]) -> Entry:
    mark = next((found[key] for key in _MARKS if found.get(key) is not None), "")
    text = mark.isoformat() if isinstance(mark, datetime) else str(mark)
    return Entry(path, int(found.get("size") or 0), text.strip('"'))
