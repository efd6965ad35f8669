"""Examples at the end of a command's help, and what stands there before them."""

from collections.abc import Sequence
from typing import NamedTuple


class Example(NamedTuple):
    """A command line as it would be typed, and what it does."""

    what: str
    command: str


def epilog(examples: Sequence[Example], details: str = "") -> str:
    """Return the end of a help text: `details` (of short lines already), then each example under what it does."""
    lines = [line for what, command in examples for line in (f"  {what}:", f"    {command}")]
    parts = [details.strip("\n"), "\n".join(("examples:", *lines)) if lines else ""]
    return "\n\n".join(filter(None, parts))
