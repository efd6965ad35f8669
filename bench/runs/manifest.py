"""run.json: everything that says how a run came about, and enough to repeat it.

This module is the format's documentation: each dataclass is an object of the file, each field a key.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from pathlib import Path
from typing import Any

from bench.errors import RunError

SCHEMA = 1
"""The version of the format. It rises when a key changes its meaning or goes."""


@dataclass(frozen=True)
class CorpusEntry:
    """The documents of the run.

    `fingerprint` is the SHA-256 of ids, languages, texts and references, in order.
    """

    name: str
    fingerprint: str
    documents: int
    references: int


@dataclass(frozen=True)
class WeightsEntry:
    """The model weights that a system used: their catalog name, where they were taken from, and their SHA-256."""

    name: str
    source: str
    sha256: str


@dataclass(frozen=True)
class SystemEntry:
    """A system of the run.

    `role` is ranked, floor or ceiling. `fingerprint` holds everything that can change its output.
    `load_seconds` is the time until it was ready; `error` says why it could not be loaded, or is null.
    """

    name: str
    role: str
    fingerprint: Mapping[str, Any]
    weights: WeightsEntry | None
    load_seconds: float
    error: str | None


@dataclass(frozen=True)
class Machine:
    """The machine of the run: platform and processor as it names itself, cores and memory (bytes) it could use."""

    platform: str
    processor: str
    cores: int
    memory: int


@dataclass(frozen=True)
class Manifest:
    """The content of run.json.

    `sentences` is the length budget of the systems, null where they were given none, as for outputs made elsewhere.
    `signatures` has the signature line of each score by its name. `started` is ISO 8601 with time zone, `seconds`
    the whole run's wall-clock time. `revision` is sumbench's git commit (with "-dirty" where files had changed),
    null outside a checkout. `packages` gives the version of every package that can change a figure.
    """

    schema: int
    suite: str
    sentences: int | None
    seed: int
    corpus: CorpusEntry
    systems: tuple[SystemEntry, ...]
    signatures: Mapping[str, str]
    started: str
    seconds: float
    version: str
    revision: str | None
    python: str
    packages: Mapping[str, str]
    machine: Machine

    def write(self, file: Path) -> None:
        """Write the manifest as indented JSON."""
        file.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")


def read(file: Path) -> Manifest:
    """Read a run.json; raise RunError for one that is missing, damaged, or of a newer schema."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise RunError(f"{file}: no such file: is {file.parent} the folder of a run?") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{file}: cannot be read: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("schema"), int):
        raise RunError(f"{file}: has no schema number: it is no run.json of sumbench")
    if content["schema"] > SCHEMA:
        raise RunError(
            f"{file}: schema {content['schema']} is newer than this sumbench reads ({SCHEMA}): update sumbench"
        )
    missing = sorted({field.name for field in fields(Manifest)} - content.keys())
    if missing:
        raise RunError(f"{file}: {missing[0]} is missing: the file is damaged")
    try:
        return Manifest(
            **{
                **{field.name: content[field.name] for field in fields(Manifest)},
                "corpus": CorpusEntry(**content["corpus"]),
                "systems": tuple(_system(entry) for entry in content["systems"]),
                "machine": Machine(**content["machine"]),
            }
        )
    except TypeError as error:
        raise RunError(f"{file}: {error}: the file is damaged") from None


def _system(entry: Mapping[str, Any]) -> SystemEntry:
    weights = entry["weights"]
    return SystemEntry(**{**entry, "weights": WeightsEntry(**weights) if weights else None})
