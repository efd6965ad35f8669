"""Data of a page in packed blocks: JSON, gzip, base64, unpacked by the page when it is looked at."""

import base64
import gzip
import json
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

BLOCK = 150_000
"""About so many characters of JSON stand in one block: it is unpacked in a few milliseconds."""


def packed(content: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return JSON content as base64 of gzip; half of a surrogate pair, which UTF-8 has not, becomes a question mark."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii")


def embedded(content: Any) -> Markup:  # noqa: ANN401 - whatever JSON holds
    """Return JSON to stand in a script element, which nothing in it can end."""
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no sign of HTML is left in it


def in_blocks(records: Iterable[tuple[str, int]], least: int = BLOCK) -> Iterator[list[str]]:
    """Group names with the sizes of their records, in order, to blocks of at least `least` characters (the last less).

    A large record ends its block.
    """
    names: list[str] = []
    size = 0
    for name, length in records:
        names.append(name)
        size += length
        if size >= least:
            yield names
            names, size = [], 0
    if names:
        yield names
