"""The text of specs: `NAME[,key=value…]`, where a piece with a comma is a path that exists or stands in double quotes.

A quote within quotes is doubled, as in a CSV file: `table.csv,document="body, cleaned"`. Of several texts with plus
signs between them (`reference=gold+"a+b"`) each may be quoted.
"""

import os
import re
from collections.abc import Iterator
from glob import has_magic
from glob import iglob

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ITEM = rf'(?:{_QUOTED.pattern}|[^,"+][^,+]*|)'
_VALUE = re.compile(rf"\s*{_ITEM}(?:\+{_ITEM})*\s*(?=,|\Z)")
_LONGEST_PATH, _LONGEST_NAME = 4096, 255
_KEY = re.compile(r"\s*\w+=")


def names_a_path(text: str) -> bool:
    """Tell whether a text is the path of something that exists, or a pattern for paths of which one does."""
    path = os.path.expanduser(text)  # noqa: PTH111 - it raises for no text
    if os.path.exists(path):  # noqa: PTH110 - it raises for no text, however long
        return True
    return has_magic(path) and next(iglob(path, recursive=True), None) is not None  # noqa: PTH207 - may be absolute


def longest_path(text: str, start: int = 0, least: int = 0, prefix: str = "") -> int | None:
    """Return where the longest path that exists ends, of those from `start` to a comma or the end of the text.

    Only ends behind `least` count; a `prefix` at `start` is no part of the path. None where nothing exists.
    """
    start += len(prefix) if text.startswith(prefix, start) else 0
    # No system has longer paths, nor longer names in them.
    last = min(len(text), start + _LONGEST_PATH)
    if "/" not in text[start:last] and os.sep not in text[start:last]:
        last = min(last, start + _LONGEST_NAME)
    ends = (at for at in range(last, least, -1) if at == len(text) or text[at] == ",")
    return next((end for end in ends if names_a_path(text[start:end])), None)


def piece_end(text: str, start: int = 0) -> int:
    """Return where the piece that begins at `start`, a name or `key=value`, ends: at a comma or the end of the text."""
    key = _KEY.match(text, start)
    begin = key.end() if key else start
    found = _VALUE.match(text, begin)
    end = found.end() if found else text.find(",", begin)
    end = len(text) if end < 0 else end
    if key is None or is_quoted(text[begin:end]):
        return end
    return longest_path(text, begin, end) or end


def pieces(text: str) -> Iterator[str]:
    """Yield what commas separate in a text, as it is written there."""
    start = 0
    while start <= len(text):
        end = piece_end(text, start)
        yield text[start:end]
        start = end + 1


def is_quoted(text: str) -> bool:
    """Tell whether a text stands in double quotes as a whole."""
    return _QUOTED.fullmatch(text.strip()) is not None


def quoted_beginning(text: str) -> str:
    """Return the text in quotes that a spec begins with, quotes included; "" where it begins with none."""
    found = re.match(rf"\s*{_QUOTED.pattern}\s*(?=,|\Z)", text)
    return found[0] if found else ""


def unquoted(text: str) -> str:
    """Return what a text means: that between its double quotes, or the text itself where it has none."""
    return text.strip()[1:-1].replace('""', '"') if is_quoted(text) else text


def quoted(text: str, marks: str = ",") -> str:
    """Return a text as a spec has it: in double quotes where one of the `marks` would cut it, or it would not last."""
    lasts = not any(mark in text for mark in marks) and not text.startswith('"') and text == text.strip()
    return text if lasts else '"{}"'.format(text.replace('"', '""'))


def written_piece(piece: str) -> str:
    """Return a piece so that its commas need no file to exist: its value, or the whole name, in quotes if need be."""
    key = _KEY.match(piece)
    begin = key.end() if key else 0
    value = piece[begin:].strip()
    cut = _VALUE.fullmatch(value) is None
    return piece[:begin].strip() + (quoted(value) if cut else value)


def items(text: str) -> list[str]:
    """Return the texts that plus signs separate, without their quotes; none of an empty text."""
    if not text:
        return []
    if _VALUE.fullmatch(text) is None:
        return text.split("+")
    return [unquoted(found[1]) for found in re.finditer(rf"(?:\A|\+)({_ITEM})(?=\+|\Z)", text.strip())]


def joined_items(texts: list[str] | tuple[str, ...]) -> str:
    """Return several texts as `items` reads them."""
    return "+".join(quoted(text, ",+") for text in texts)
