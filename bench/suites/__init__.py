"""Suites: a corpus, systems, metrics and a length budget under one name, each in a TOML file of this folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import dataclass
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.errors import UsageError
from bench.registry import unknown
from bench.suites import scored

_HOME = Path(__file__).parent
_NO_SUITES = frozenset({"published"})

_WANTED: Mapping[str, tuple[type, str]] = MappingProxyType(
    {
        "description": (str, "a text in quotes"),
        "corpus": (str, "a text in quotes"),
        "systems": (list, "a list of texts"),
        "metrics": (list, "a list of texts"),
        "sentences": (int, "a whole number from 1 up"),
        "seed": (int, "a whole number from 0 up"),
    }
)


@dataclass(frozen=True)
class Suite:
    """What a run does when the command line says nothing else.

    `sentences` is the length budget that every system gets, in sentences.
    """

    name: str
    corpus: str
    systems: tuple[str, ...]
    metrics: tuple[str, ...] = ("rouge",)
    sentences: int = 3
    seed: int = 0
    description: str = ""


def names() -> list[str]:
    """Return the names of the suites that ship."""
    return sorted(file.stem for file in _HOME.glob("*.toml") if file.stem not in _NO_SUITES)


def read(name: str) -> Suite:
    """Read the suite that ships under `name`, or the .toml file that `name` is the path of.

    Raises UsageError, naming the file and the key, for a suite that cannot be read.
    """
    file = Path(name) if name.endswith(".toml") else _HOME / f"{name}.toml"
    if not file.exists() or name in _NO_SUITES:
        if name.endswith(".toml"):
            raise UsageError(f"{name}: no such file")
        if name in scored.names():
            raise scored.instead(name)
        raise unknown("suite", name, names())
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: no valid TOML: {error}") from None
    return Suite(name=file.stem, **_checked(file, content))


def _checked(file: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in content.items():
        if key not in _WANTED:
            raise UsageError(f"{file}: " + str(unknown("key", key, list(_WANTED))))
        kind, wanted = _WANTED[key]
        of_kind = isinstance(value, kind) and not isinstance(value, bool)
        if not of_kind or (kind is list and not all(isinstance(item, str) for item in value)):
            raise UsageError(f"{file}: {key} must be {wanted}")
    if content.get("sentences", 1) < 1 or content.get("seed", 0) < 0:
        key = "sentences" if content.get("sentences", 1) < 1 else "seed"
        raise UsageError(f"{file}: {key} must be {_WANTED[key][1]}")
    for field in fields(Suite):
        if field.name != "name" and field.default is MISSING and field.name not in content:
            raise UsageError(f"{file}: {field.name} is missing: give {_WANTED[field.name][1]}")
    return {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
