"""Caches the sha256 of files on disk, valid as long as a file's size, inode and times are unchanged."""

import json
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import msgspec

from sumbench.errors import WeightsError
from sumbench.files import sha256
from sumbench.files import write_text
from sumbench.validation import FAULTS


@dataclass(frozen=True)
class HashCache:
    """Hashes files, and caches each hash in `file`, a JSON file of the store.

    A cached hash is valid while the file's size, inode, mtime and ctime (ns) are the same: any write changes the ctime.
    Decay of the disk itself changes none of them, which is why `sumbench weights verify` does not use the cache.
    """

    file: Path
    hashes: dict[str, list[int | str]] = field(default_factory=dict)

    @classmethod
    def load(cls, home: Path) -> "HashCache":
        """Load the cache of the store at `home`; an empty one where it cannot be read."""
        file = home / "hashes.json"
        try:
            return cls(file, msgspec.json.decode(file.read_bytes(), type=dict[str, list[int | str]]))
        except (OSError, *FAULTS):
            return cls(file, {})

    def sha256(self, file: Path) -> str:
        """Return the sha256 of a file's content."""
        seen = file.stat()
        state: list[int | str] = [seen.st_size, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns]
        path = str(file.resolve())
        match self.hashes.get(path):
            case [*then, str(digest)] if then == state:
                return digest
        digest = sha256(file)
        self.hashes[path] = [*state, digest]
        self._keep()
        return digest

    def _keep(self) -> None:
        # In a store that cannot be written nothing is cached, and files are hashed each time.
        with suppress(WeightsError):
            write_text(self.file, json.dumps(self.hashes), WeightsError)
