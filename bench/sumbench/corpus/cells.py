"""Cells of tables: missing values, scalars as text, and lists or objects that were written into a cell as text."""

import json
import re
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sumbench.errors import CorpusError

_MISSING_TYPES = {"NAType", "NaTType"}
"""What pandas calls the types of its missing values."""

_LARGEST_WHOLE = 10**30

_ITEM = re.compile(
    r"""\s*(?P<item>(?:np\.str_\()?(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\)?|None|nan|\.\.\.)"""
    r"""\s*(?P<separator>[,:]?)""",
    re.DOTALL,
)
_ARRAY = re.compile(r"\s*array\((\[.*\])(?:,\s*dtype=[^\[\]]*)?\)\s*", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}
_BRACKETS = {"[": "]", "(": ")", "{": "}"}


def is_missing(value: object) -> bool:
    """Tell whether a value says that there is none: None, a NaN of any float type, pandas' NA and NaT."""
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    number = isinstance(value, float | Decimal) or (_kind(value) == "f" and getattr(value, "ndim", 1) == 0)
    return number and bool(value != value)  # noqa: PLR0124 - only a NaN differs from itself


def scalar_text(value: object) -> str | None:
    """Return a scalar as text, the same text for the same value from any format; None for what is no scalar.

    A whole number has no fraction, whether it is an integer, a decimal or a float, as data frames make of a column of
    integers in which one is missing; true and false are written as in JSON, dates as in ISO 8601, a time of day behind
    them only where it is not midnight.
    """
    if isinstance(value, str):
        return value
    value = _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        whole = -_LARGEST_WHOLE < value < _LARGEST_WHOLE and value == int(value)
        return str(int(value)) if whole else str(value)
    if isinstance(value, datetime):
        midnight = value.time() == time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, bytes):
        return _decoded(value)
    return str(value) if isinstance(value, str | int | date | time | UUID) else None


def listed(text: str) -> Sequence[Any] | None:
    """Return the list that a text writes out as JSON, Python or NumPy does; None for a text that is none.

    A list of JSON that holds neither texts nor objects, such as the mark [1], is text. Raises CorpusError for an array
    that was cut off when it was written.
    """
    array = _ARRAY.fullmatch(text)
    inside = (array[1] if array else text).strip()
    if len(inside) < 2 or _BRACKETS.get(inside[0]) != inside[-1] or inside[0] == "{":  # noqa: PLR2004
        return None
    if not inside[1:-1].strip():
        return [] if inside[0] == "[" else None
    if inside[0] == "[" and isinstance(found := _json(inside), list):
        return found if any(isinstance(item, str | Mapping | list) for item in found) else None
    items = _items(inside)
    if items is None:
        return None
    texts, separators = zip(*items, strict=True)
    inner = set(separators[:-1])
    if ":" in separators or len(inner) > 1 or (inside[0] == "(" and "," not in separators):
        return None
    if Ellipsis in texts:
        raise CorpusError("holds an array that was cut off when it was written (…): write it again as JSON")
    return texts


def mapped(text: str) -> Mapping[str, Any] | None:
    """Return the object that a text writes out as JSON or Python does; None for a text that is none."""
    inside = text.strip()
    if len(inside) < 2 or inside[0] != "{" or inside[-1] != "}":  # noqa: PLR2004
        return None
    if isinstance(found := _json(inside), dict):
        return found
    items = _items(inside) or []
    keys, values = items[::2], items[1::2]
    if len(keys) != len(values) or any(separator != ":" for _, separator in keys):
        return None
    if any(separator != "," for _, separator in values[:-1]) or not all(isinstance(key, str) for key, _ in keys):
        return None
    return {str(key): value for (key, _), (value, _) in zip(keys, values, strict=True)} or None


def looks_listed(text: str) -> bool:
    """Tell whether a text begins and ends as a list of texts does."""
    inside = text.strip()
    return inside[:1] == "[" and inside[1:].lstrip()[:1] in {"'", '"'} and inside[-1:] == "]"


def _plain(value: Any) -> object:  # noqa: ANN401
    """Return a scalar of NumPy as one of Python."""
    if not _kind(value) or value.ndim:
        return value
    plain: object = value.item()
    # NumPy's dates of nanoseconds are integers as Python objects.
    return str(value) if isinstance(plain, int) and _kind(value) in "mM" else plain


def _kind(value: object) -> str:
    """Return NumPy's letter for the type of a value of NumPy's, "" for any other value."""
    return str(getattr(getattr(value, "dtype", None), "kind", ""))


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _items(inside: str) -> list[tuple[Any, str]] | None:
    """Return the texts between brackets, each with the comma, colon or nothing behind it; None for anything else."""
    found: list[tuple[Any, str]] = []
    at, end = 1, len(inside) - 1
    while at < end:
        match = _ITEM.match(inside, at, end)
        if match is None:
            return None
        body = match["single"] if match["single"] is not None else match["double"]
        item = {"...": Ellipsis}.get(match["item"]) if body is None else _ESCAPE.sub(_unescaped, body)
        separator = match["separator"]
        if not separator and match.end() < end and not inside[match.end() - 1].isspace():
            return None
        found.append((item, separator))
        at = match.end() if inside[match.end() : end].strip() else end
    return found or None


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else match[0]  # noqa: PLR2004
    return _SHORT_ESCAPES.get(code, code)
