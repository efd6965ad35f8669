"""Units of measure and currencies: how they are written, and what they are worth in one another."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from typing import NamedTuple

PERCENT: Final = "percent"
POINTS: Final = "points"

MONEY: Final = frozenset(
    (
        *("dollars", "euros", "pounds", "yen", "rupees", "roubles", "won", "lira", "hryvnia", "shekels", "francs"),
        "crowns",
    )
)
"""The dimensions that are currencies."""

SYMBOLS_BEFORE: Final = frozenset("$€£¥₹₽₩₺₴₪")
"""Signs of currencies that stand before the number, too."""


class Unit(NamedTuple):
    """A unit: its `dimension`, its `name`, and how many base units of the dimension it is `worth`."""

    dimension: str
    name: str
    worth: float


@cache
def units() -> tuple[Mapping[str, Unit], Mapping[str, Unit]]:
    """Return the units by their words (lower case, no diacritics), and by the short forms that need digits before."""
    content = tomllib.loads(Path(__file__).with_name("units.toml").read_text(encoding="utf-8"))
    words: dict[str, Unit] = {}
    short: dict[str, Unit] = {}
    for dimension, members in content.items():
        for name, entry in members.items():
            unit = Unit(dimension, name, entry["worth"])
            words |= dict.fromkeys(entry["words"], unit)
            short |= dict.fromkeys(entry.get("short", ()), unit)
    return MappingProxyType(words), MappingProxyType(short)
