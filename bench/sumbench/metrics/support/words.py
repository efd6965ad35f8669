"""Word lists of words.toml: what words say of the numbers and names beside them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from typing import Final

_CONTENT: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def _table(name: str) -> Mapping[str, float]:
    return MappingProxyType({word: float(value) for value, words in _CONTENT[name].items() for word in words})


HEDGES: Final = frozenset(_CONTENT["hedges"])
BETWEEN: Final = frozenset(_CONTENT["between"])
FUNCTION: Final = frozenset(_CONTENT["function"])
DETERMINERS: Final = frozenset(_CONTENT["determiners"])
TITLES: Final = frozenset(_CONTENT["titles"])
ABBREVIATIONS: Final = frozenset(_CONTENT["abbreviations"])
CONNECTORS: Final = frozenset(_CONTENT["connectors"])
SEASONS: Final = frozenset(_CONTENT["seasons"])
NEVER_NAMES: Final = frozenset(_CONTENT["never_names"])
BEHIND_A_VERB: Final = frozenset(_CONTENT["behind_a_verb"])
COMMON_ENDINGS: Final = tuple(_CONTENT["common_endings"])
NAME_ENDINGS: Final = frozenset(_CONTENT["name_endings"])
SAME: Final = tuple(map(frozenset, _CONTENT["same"]))
SCALES: Final = _table("scales")
PARTS: Final = _table("parts")
IMPLIED: Final = _table("implied")
IMPLIED_PERCENT: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        word: tuple(float(value) for value, words in _CONTENT["implied_percent"].items() if word in words)
        for each in _CONTENT["implied_percent"].values()
        for word in each
    }
)
