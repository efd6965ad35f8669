"""The sha256 of files, remembered from one process to the next for as long as a file is untouched."""

import json
import os
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from sumbench.weights.manifest import sha256


@dataclass(frozen=True)
class HashCache:
    """Hashes files, and remembers each hash in `memory`, a file of the store.

    A file counts as untouched while its size, its inode and the times (ns) of its last change and of its last status
    change are the same: whoever writes to it moves the last of these. Decay of the disk itself moves none of them,
    which is why `sumbench weights verify` asks no memory.
    """

    memory: Path
    known: dict[str, list[int | str]] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> "HashCache":
        """Return what the store at `home` remembers; nothing where that cannot be read."""
        memory = home / "hashes.json"
        try:
            content = json.loads(memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            content = {}
        return cls(memory, content if isinstance(content, dict) else {})

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
        beside = self.memory.with_name(f".{self.memory.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps(self.known), encoding="utf-8")
            beside.replace(self.memory)
        except OSError:
            # A store that cannot be written to remembers nothing, and its files are hashed each time.
            beside.unlink(missing_ok=True)
