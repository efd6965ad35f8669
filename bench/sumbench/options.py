"""Options of systems and metrics: dataclass fields, parsed from text by their annotated types."""

import math
import types
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import Field
from dataclasses import fields
from dataclasses import is_dataclass
from enum import Enum
from inspect import get_annotations
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import Literal
from typing import NamedTuple
from typing import Union
from typing import get_args
from typing import get_origin
from typing import get_type_hints

from sumbench.errors import UsageError
from sumbench.files import sha256
from sumbench.spec_text import items
from sumbench.spec_text import joined_items
from sumbench.spec_text import quoted
from sumbench.spec_text import unquoted

KNOWN = "int, float, str, bool, Path, Enum, Literal[…], tuples of these, and unions of these with one another or None"
"""The types that an option may have, for errors."""

DECORATOR = "@dataclass(frozen=True, kw_only=True)"

NONE = "none"


class OptionReader(NamedTuple):
    """How a text becomes a value: `read` raises ValueError for one that is not what is `wanted` ("a whole number")."""

    read: Callable[[str], Any]
    wanted: str


def options(cls: type) -> dict[str, Field[Any]]:
    """Return the options that a class takes on the command line, by name."""
    return {field.name: field for field in fields(cls) if field.name != "name" and field.init}


def needed(cls: type) -> list[str]:
    """Return the names of the options that have no default."""
    return [
        name for name, field in options(cls).items() if field.default is MISSING and field.default_factory is MISSING
    ]


def reader(cls: type, option: str) -> OptionReader:
    """Return how an option of a class is read; raise UsageError for one whose type cannot be read from text."""
    hint = _hints(cls)[option]
    found = _reader(hint)
    if found is None:
        raise UsageError(f"the option {option} has the type {_shown(hint)}, which no text can be read as: use {KNOWN}")
    return found


def read_option(what: str, cls: type, option: str, text: str) -> Any:  # noqa: ANN401 - as the field's annotation says
    """Read an option's value from text; raise UsageError, beginning with `what` it is an option of, for a wrong one."""
    found = reader(cls, option)
    try:
        return found.read(text)
    except ValueError:
        raise UsageError(f"{what}: {option}={text} is not {found.wanted}") from None


def misfit(cls: object, protocol: type) -> str:
    """Return what keeps an object from being a class of options that does what `protocol` says; "" for nothing.

    It must be a frozen dataclass with all members of the protocol, and every option of a type that can be read.
    """
    if not isinstance(cls, type):
        return f"is no class, but {_shown(type(cls))}"
    bare = [name for name, hint in get_annotations(cls).items() if not _is_class_variable(hint)]
    if not is_dataclass(cls) or (bare and "__dataclass_params__" not in cls.__dict__):
        return f"is no dataclass: write {DECORATOR} above the class {cls.__name__}"
    if not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined] # every dataclass has it
        return f"is no frozen dataclass: write {DECORATOR} above the class {cls.__name__}"
    if absent := lacking(cls, protocol):
        return absent
    try:
        for option in options(cls):
            reader(cls, option)
    except UsageError as error:
        return str(error)
    return ""


def lacking(cls: object, protocol: type) -> str:
    """Return which public members of `protocol` a class lacks, or only has without a body; "" for none."""
    known = {field.name for field in fields(cls)} if is_dataclass(cls) else set()
    members = [name for name in {**protocol.__dict__, **get_annotations(protocol)} if not name.startswith("_")]
    absent = [name for name in members if name not in known and not hasattr(cls, name)]
    absent += [name for name in dir(cls) if getattr(getattr(cls, name, None), "__isabstractmethod__", False)]
    return f"lacks {', '.join(absent)}" if absent else ""


def plain(value: Any) -> Any:  # noqa: ANN401 - any option's value, as JSON has it
    """Return an option's value as JSON can hold it; a path that is a file's with the SHA-256 of what is in it."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Path):
        return {"path": str(value), "sha256": sha256(value)} if value.is_file() else str(value)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


def _is_class_variable(hint: object) -> bool:
    return get_origin(hint) is ClassVar or hint is ClassVar or (isinstance(hint, str) and "ClassVar" in hint)


def _hints(cls: type) -> Mapping[str, Any]:
    try:
        return get_type_hints(cls)
    except (NameError, TypeError, SyntaxError, AttributeError) as error:
        raise UsageError(f"the types of its options cannot be told: {error}") from None


def _shown(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint).replace("typing.", "")


def _reader(hint: Any) -> OptionReader | None:  # noqa: ANN401 - any annotation
    """Return how a text becomes a value of the type `hint`; None for a type that none can become."""
    simple: dict[object, OptionReader] = {
        int: OptionReader(int, "a whole number"),
        float: OptionReader(_finite, "a number"),
        str: OptionReader(unquoted, "a text"),
        Path: OptionReader(lambda text: Path(unquoted(text)), "a path"),
        bool: _one_of({"true": True, "false": False}),
        types.NoneType: _one_of({NONE: None}),
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        # Named by their values, as they are in a fingerprint; by their names where these are not the values.
        return _one_of({written(member): member for member in hint}, {member.name: member for member in hint})
    arguments = get_args(hint)
    match get_origin(hint):
        case origin if origin is Literal:
            return _one_of({written(value): value for value in arguments})
        case origin if origin is Union or origin is types.UnionType:
            return _union(arguments)
        case origin if origin is tuple:
            return _tuple(arguments)
    return None


def written(value: object) -> str:
    """Return an option's value as it is written on a command line."""
    if value is None or isinstance(value, bool):
        return {None: NONE, True: "true", False: "false"}[value]
    if isinstance(value, tuple):
        return joined_items([unquoted(written(one)) for one in value])
    return written(value.value) if isinstance(value, Enum) else quoted(str(value))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _one_of(values: Mapping[str, Any], others: Mapping[str, Any] | None = None) -> OptionReader:
    """Return what reads one of the values by what is written for it; `others` is accepted, too."""
    known = {**(others or {}), **values}

    def read(text: str) -> Any:  # noqa: ANN401 - one of the values
        if text not in known:
            raise ValueError(text)
        return known[text]

    *first, last = values
    return OptionReader(read, f"{', '.join(first)} or {last}" if first else last)


def _union(hints: tuple[Any, ...]) -> OptionReader | None:
    """Return what reads the first type of a union that a text fits; any text is a text, so that comes last."""
    found = [_reader(hint) for hint in sorted(hints, key=lambda hint: (hint is str, hint is not types.NoneType))]
    readers = [one for one in found if one is not None]
    if len(readers) < len(hints):
        return None

    def read(text: str) -> Any:  # noqa: ANN401 - as one of the types says
        for one in readers:
            try:
                return one.read(text)
            except ValueError:
                pass
        raise ValueError(text)

    return OptionReader(read, " or ".join(one.wanted for one in readers))


def _tuple(hints: tuple[Any, ...]) -> OptionReader | None:
    """Return what reads items with + between them: any number of them for `tuple[X, ...]`."""
    endless = len(hints) == 2 and hints[1] is Ellipsis  # noqa: PLR2004 - the type and the dots
    found = [_reader(hint) for hint in (hints[:1] if endless else hints)]
    readers = [one for one in found if one is not None]
    if not readers or len(readers) < len(found):
        return None

    def read(text: str) -> tuple[Any, ...]:
        found = items(text)
        ways = readers * len(found) if endless else readers
        return tuple(way.read(quoted(item)) for way, item in zip(ways, found, strict=True))

    wanted = readers[0].wanted + ", or several" if endless else " and ".join(one.wanted for one in readers)
    return OptionReader(read, f"{wanted} with + between them")
