"""Compares the numbers and names of a summary with those of its source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from typing import NamedTuple

from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.names import Name
from sumbench.metrics.support.names import is_title_cased
from sumbench.metrics.support.names import names
from sumbench.metrics.support.numerals import SPELLED
from sumbench.metrics.support.quantities import is_year
from sumbench.metrics.support.quantities import quantities
from sumbench.metrics.support.source import SourceIndex

_WORD: Final = re.compile(r"\W*\w*")

MOST_COUNTED: Final = 12
"""Whole numbers up to this may be what a writer counted, where the source counts nothing of the kind."""

_MOST_SPELLED: Final = 100
"""Numbers up to this may be spelled out in the source, where its language's number words are not read."""


class Unsupported(NamedTuple):
    """An unsupported piece of a summary at the offsets `start` to `end`, and the nearest thing in the `source`."""

    start: int
    end: int
    kind: str
    reason: str
    source: tuple[int, int] | None = None


@dataclass(frozen=True)
class LookUp:
    """What was looked up, `numbers` and `names`, and what was not found."""

    numbers: int
    names: int
    unsupported: tuple[Unsupported, ...]


def findings(text: str, source: SourceIndex, language: str) -> LookUp:
    """Look up the numbers and names of a summary in its source, both in a language (a base code)."""
    read = quantities(text, language)
    judged = [mention for mention in read.mentions if mention.judged]
    named = names(text, read.tokens, language)
    found = [
        *(each for mention in judged if (each := _number(text, mention, source, language))),
        *(each for name in named if (each := _name(text, name, source))),
    ]
    if found:
        copied = _copied_lines(text, source)
        found = [each for each in found if not any(start <= each.start < end for start, end in copied)]
    return LookUp(len(judged), len(named), tuple(sorted(found)))


def _copied_lines(text: str, source: SourceIndex) -> list[tuple[int, int]]:
    """Return the bounds of the lines that stand in the source as they are."""
    bounds, start = [], 0
    for line in text.splitlines(keepends=True):
        if source.has_line(line):
            bounds.append((start, start + len(line)))
        start += len(line)
    return bounds


def _number(text: str, mention: Mention, source: SourceIndex, language: str) -> Unsupported | None:
    conflicts = source.conflicts(mention)
    # A bare number is the same words only with the word that it counts.
    word = _WORD.match(text, mention.end) if conflicts and mention.unit is None else None
    end = word.end() if word else mention.end
    if conflicts is None or source.has_words(text[mention.start : end]):
        return None
    if not (conflicts and mention.unit) and _is_beyond_judgement(mention, source, language):
        return None
    nearest = next((each for each in conflicts if each.end <= source.length), None) or source.nearest(mention)
    place = (nearest.start, nearest.end) if nearest else None
    said = text[mention.start : mention.end]
    if conflicts:
        other = f" only {_written(nearest, source)!r}" if nearest else " the number with another unit"
        return Unsupported(mention.start, mention.end, "unit", f"The source has{other}, not {said!r}.", place)
    kind = "date" if mention.kind in {"weekday", "time"} else mention.kind
    closest = f"; the nearest is {_written(nearest, source)!r}" if nearest else ""
    what = {"time": "time", "weekday": "weekday", "percent": "percentage"}.get(mention.kind, mention.kind)
    return Unsupported(mention.start, mention.end, kind, f"The source has no {what} {said!r}{closest}.", place)


def _written(mention: Mention, source: SourceIndex) -> str:
    return source.text[mention.start : mention.end]


def _is_beyond_judgement(mention: Mention, source: SourceIndex, language: str) -> bool:
    """Tell whether the source may well support a number that it does not have: counted, or spelled out there."""
    value = mention.values[0] if mention.values else 0.0
    if mention.dates or mention.kind in {"weekday", "time"}:
        return False
    if language not in SPELLED and (value <= _MOST_SPELLED or len(f"{value:.0f}".rstrip("0")) == 1):
        return True
    counted = mention.unit is None and value.is_integer() and value <= MOST_COUNTED and not is_year(value)
    return counted and not source.counts_otherwise(mention)


def _name(text: str, name: Name, source: SourceIndex) -> Unsupported | None:
    missing = source.names.unsupported(name)
    if not missing or source.has_words(text[name.start : name.end]) or is_title_cased(_line(text, name.start).split()):
        return None
    nearest = source.names.nearest(missing, name)
    said = _listed([word.text for word in missing])
    inside = nearest is not None and nearest.end <= source.length
    closest = f"; the nearest is {nearest.text!r}" if nearest and inside else ""
    place = (nearest.start, nearest.end) if nearest and inside else None
    return Unsupported(name.start, name.end, "name", f"The source has no name {said}{closest}.", place)


def _line(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : end if end >= 0 else len(text)]


def _listed(words: Sequence[str]) -> str:
    return " or ".join(map(repr, words))
