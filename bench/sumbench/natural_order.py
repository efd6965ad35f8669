"""The natural order of names: numbers in them count by their value, so that part-2 comes before part-10."""

import re
from collections.abc import Iterable
from pathlib import Path

_NUMBER = re.compile(r"(\d+)")


def natural_key(name: str) -> list[tuple[int, str]]:
    """Return the key by which names are sorted."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(name)]


def in_natural_order(files: Iterable[Path]) -> list[Path]:
    """Return files in the natural order of their paths."""
    return sorted(files, key=lambda file: natural_key(str(file)))
