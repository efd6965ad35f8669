"""Makes text safe to show: what a terminal would obey, or a reader could not see, is written as an escape."""

import re

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f"  # control characters of ASCII, but for the tab and the line feed
    "\x80-\x9f"  # the C1 controls, which some terminals obey
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction, which can reorder what is read
    "\u2028\u2029\ufeff"  # line ends that are none, and the byte-order mark
    "\ud800-\udfff"  # halves of surrogate pairs, which cannot be written at all
    "]"
)

SCREEN = 1_000
"""The most characters of an error's line: it must not push everything else off the screen."""


def visible(text: str) -> str:
    r"""Return a text with control characters, marks of direction and lone surrogates written as escapes.

    Tabs and line feeds stay.

    >>> visible("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return _UNSEEN.sub(lambda found: _escape(found[0]), text) if _UNSEEN.search(text) else text


def screen_line(text: str) -> str:
    """Return a text as one visible line, cut in its middle where it has more than SCREEN characters."""
    line = " ".join(visible(text).split())
    half = (SCREEN - 3) // 2
    return line if len(line) <= SCREEN else f"{line[:half]} … {line[-half:]}"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - where two digits do not do
