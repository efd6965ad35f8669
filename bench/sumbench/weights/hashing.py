"""The sha256 of files, remembered from one process to the next for as long as a file is untouched."""

import json
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import msgspec

from sumbench.errors import WeightsError
from sumbench.files import write_text
from sumbench.validation import FAULTS
from sumbench.weights.manifest import sha256


@dataclass(frozen=True)
class Remembered:
    """Hashes files, and remembers each hash in `memory`, a file of the store.

    A file counts as untouched while its size, its inode and the times (ns) of its last change and of its last status
    change are the same: whoever writes to it moves the last of these. Decay of the disk itself moves none of them,
    which is why `sumbench weights verify` asks no memory.
    """

    memory: Path
    known: dict[str, list[int | str]] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> "Remembered":
        """Return what the store at `home` remembers; nothing where that cannot be read."""
        memory = home / "hashes.json"
        try:
            return cls(memory, msgspec.json.decode(memory.read_bytes(), type=dict[str, list[int | str]]))
        except (OSError, *FAULTS):
            return cls(memory, {})

    def sha256(self, file: Path) -> str:
        """Return the sha256 of a file's content."""
        seen = file.stat()
        state: list[int | str] = [seen.st_size, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns]
        place = str(file.resolve())
        match self.known.get(place):
            case [*then, str(digest)] if then == state:
                return digest
        digest = sha256(file)
        self.known[place] = [*state, digest]
        self._keep()
        return digest

    def _keep(self) -> None:
        # A store that cannot be written to remembers nothing, and its files are hashed each time.
        with suppress(WeightsError):
            write_text(self.memory, json.dumps(self.known), WeightsError)
