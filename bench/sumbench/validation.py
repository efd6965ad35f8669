"""Checks what was read from files against the types of records; what does not fit is one line with file and field."""

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from typing import TypeVar

import msgspec
from msgspec import inspect

from sumbench.errors import BenchError
from sumbench.errors import one_line

Record = TypeVar("Record")

FAULTS = (ValueError, TypeError, OverflowError, RecursionError)
"""What decoding raises for content that is not what it should be."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "str": "a text",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "array": "a list",
        "object": "an object",
        "null": "null",
    }
)

_LACKING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_SURPLUS = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def parse_json(content: bytes, where: str, error: type[BenchError]) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON of any kind; raise `error`, beginning with `where`, for what is none."""
    try:
        return msgspec.json.decode(content)
    except FAULTS as fault:
        raise error(f"{where}: no valid JSON: {one_line(explain_fault(fault))}") from None


def read_toml(file: Path, error: type[BenchError]) -> dict[str, Any]:
    """Read a TOML file; raise `error`, naming it, for one that cannot be read."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as fault:
        raise error(f"{file}: cannot be read: {fault.strerror}") from None
    except FAULTS as fault:
        raise error(f"{file}: no valid TOML: {one_line(str(fault))}") from None


def checked(content: Any, kind: type[Record], where: str, error: type[BenchError]) -> Record:  # noqa: ANN401
    """Return parsed content as a record of this kind, every field of its type and none too many.

    Raises `error`: `where` (a file, perhaps with a line), the field's path, and what was expected.
    """
    try:
        for path in _unknown(content, inspect.type_info(kind), ""):
            raise error(f"{where}: {one_line(path)}: no such field")
        return msgspec.convert(content, kind, strict=True)
    except FAULTS as fault:
        raise error(f"{where}: {one_line(explain_fault(fault))}") from None


def explain_fault(fault: Exception) -> str:
    """Return what decoding found wrong as `field: expected a text, got null`, in words and without JSON's root."""
    what, _, path = str(fault).partition(" - at `$")
    field = path.removesuffix("`").removeprefix(".")
    if lacking := _LACKING.fullmatch(what):
        return f"{field}.{lacking[1]}: missing".removeprefix(".")
    if surplus := _SURPLUS.fullmatch(what):
        return f"{field}.{surplus[1]}: no such field".removeprefix(".")
    words = what.split("`")
    # Between backticks stand types and names, in turn with plain words.
    words[1::2] = (" or ".join(_KINDS.get(kind, kind) for kind in word.split(" | ")) for word in words[1::2])
    said = "".join(words)
    said = said if said.startswith("JSON") else f"{said[:1].lower()}{said[1:]}"
    return f"{field}: {said}" if field else said


def _unknown(content: Any, kind: inspect.Type, path: str) -> Iterator[str]:  # noqa: ANN401 - parsed JSON or TOML
    """Yield the path of every key that the dataclasses in `kind` do not have."""
    match kind:
        case inspect.DataclassType(fields=fields) if isinstance(content, Mapping):
            known = {field.encode_name: field.type for field in fields}
            for key, value in content.items():
                below = f"{path}.{key}".removeprefix(".")
                if key not in known:
                    yield below
                else:
                    yield from _unknown(value, known[key], below)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item) if isinstance(content, list):
            for place, value in enumerate(content):
                yield from _unknown(value, item, f"{path}[{place}]")
        case inspect.UnionType(types=kinds):
            for each in kinds:
                if isinstance(each, inspect.DataclassType):
                    yield from _unknown(content, each, path)
        case _:
            return
