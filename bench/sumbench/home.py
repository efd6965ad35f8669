"""The folder that sumbench keeps its own files in, and the local copies of what is at addresses in it."""

import os
import re
from pathlib import Path

COPIES = "remote"
ADDRESS = "address"
"""The file of a copy's folder that names the address it is a copy of."""

READ, WORK = "copy", "work"
"""In a copy's folder: what was fetched to be read, and what a run writes and puts there."""

_COPY = re.compile(rf"(?P<folder>[^\s'\"]*/{COPIES}/[0-9a-f]{{32}})/(?:{READ}|{WORK})(?P<name>/[^/\s'\",:]+)?")


def home() -> Path:
    """Return the folder of this user's weights, caches and copies: `$SUMBENCH_HOME`, else one in the user's cache."""
    from platformdirs import user_cache_path

    named = os.environ.get("SUMBENCH_HOME")
    return Path(named).expanduser().absolute() if named else user_cache_path("sumbench", appauthor=False)


def address_of(path: Path) -> str | None:
    """Return the address of which `path` is the local copy itself, None for any other path."""
    if path.parent.name not in {READ, WORK} or path.parent.parent.parent.name != COPIES:
        return None
    try:
        return (path.parent.parent / ADDRESS).read_text(encoding="utf-8")
    except OSError:
        return None


def with_addresses(text: str) -> str:
    """Return a text with the addresses in place of the paths of their local copies, which say nothing to a reader."""

    def named(found: re.Match[str]) -> str:
        try:
            address = (Path(found["folder"]) / ADDRESS).read_text(encoding="utf-8")
        except OSError:
            return found[0]
        return address

    return _COPY.sub(named, text) if f"/{COPIES}/" in text else text
