"""Sentence conventions: a text's sentences are its lines, or separated by a mark that published outputs use."""

import re
from collections.abc import Callable
from collections.abc import Mapping
from types import MappingProxyType

from sumbench.marks.separators import BREAK
from sumbench.marks.separators import SEPARATORS
from sumbench.registry import unknown
from sumbench.sentences import split

Convention = Callable[[str, str], str]
"""Takes a text and its language; returns the text with one sentence a line."""

LINES = "lines"
SPLIT = "split"

_TAGGED = re.compile(r"\s*</?t>\s*")
_SEPARATED = re.compile(rf"\s*(?:{SEPARATORS})\s*")
_FULL_STOP = re.compile(r" \. (?=\S)")


def _lines(text: str, language: str) -> str:  # noqa: ARG001 - every convention takes both
    return text


def _split(text: str, language: str) -> str:
    return text if "\n" in text.strip("\n") else "\n".join(split(text, language))


def _tags(text: str, language: str) -> str:  # noqa: ARG001
    return "\n".join(filter(None, _TAGGED.split(text))) if "<t>" in text else text


def _mark(mark: str) -> Convention:
    parted = re.compile(rf"\s*{mark}\s*")
    return lambda text, _language: parted.sub("\n", text).strip("\n") if mark in text else text


def _separated(text: str, language: str) -> str:  # noqa: ARG001
    return _SEPARATED.sub("\n", text).strip("\n")


def _escaped(text: str, language: str) -> str:  # noqa: ARG001
    return BREAK.sub("\n", text).strip("\n") if "\\" in text else text


def _stops(text: str, language: str) -> str:  # noqa: ARG001
    return _FULL_STOP.sub(" .\n", text)


CONVENTIONS: Mapping[str, Convention] = MappingProxyType(
    {
        LINES: _lines,
        SPLIT: _split,
        "t": _tags,
        "n": _mark("<n>"),
        "q": _mark("<q>"),
        "stop": _stops,
        "sep": _separated,
        "escaped": _escaped,
    }
)
"""By name: a line is a sentence; running text is split; `<t>…</t>`; `<n>`; `<q>`; a full stop between blanks; marks
such as `[X_SEP]`, `<SEP>` and `|||||`; line breaks that were written as a backslash and an n.
"""


def convention(name: str) -> Convention:
    """Return the convention called `name`; raise UsageError for one that is none."""
    if name not in CONVENTIONS:
        raise unknown("convention of sentences", name, list(CONVENTIONS))
    return CONVENTIONS[name]
