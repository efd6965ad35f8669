"""Parts of a text by their offsets: sentences, paragraphs, and chunks that fit into a model's window."""

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from typing import NamedTuple

from sumbench import sentences

Size = Callable[[str], int]
"""Counts the tokens (or words) of a text."""

_BLANK_LINE: Final = re.compile(r"\n[^\S\n]*\n\s*")
_BREAK: Final = re.compile(r"\n")
_WORD: Final = re.compile(r"\S+")


class Part(NamedTuple):
    """A part of a text: its first character and the one behind its last."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the part of `text`."""
        return text[self.start : self.end]


def sentence_parts(text: str, language: str) -> list[Part]:
    """Return the sentences of a text, as `sumbench.sentences.split` finds them."""
    found, end = [], 0
    for sentence in sentences.split(text, language or "en"):
        start = text.index(sentence, end)
        end = start + len(sentence)
        found.append(Part(start, end))
    return found


def paragraph_parts(text: str) -> list[Part]:
    """Return what blank lines separate in a text, or its lines where it has no blank line (as SummaC does)."""
    begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
    breaks = _BLANK_LINE if _BLANK_LINE.search(text, begin, end) else _BREAK
    edges = [begin, *(edge for match in breaks.finditer(text, begin, end) for edge in match.span()), end]
    parts = (trimmed(text, Part(start, stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True))
    return [part for part in parts if part.start < part.end]


def fitted(text: str, parts: Iterable[Part], room: int, size: Size) -> Iterator[Part]:
    """Yield the parts of a text, each that is larger than `room` cut into pieces that are not.

    A piece ends between words if it holds more than one, else between characters; a single character is never cut.
    """
    for part in parts:
        if part.end - part.start < 2 or size(part.of(text)) <= room:  # noqa: PLR2004 - one character
            yield part
        else:
            yield from fitted(text, _halves(text, part), room, size)


def packed(text: str, parts: Sequence[Part], target: int, size: Size) -> list[Part]:
    """Join neighbouring parts to chunks of at most `target` (one that is larger stays alone), as many as fit in each.

    A chunk is the text from its first part to its last; parts are added up as in MiniCheck's chunks of sentences, and a
    chunk whose text as a whole is larger than that is divided.
    """
    chunks: list[Part] = []
    begun: list[Part] = []
    total = 0
    for part in parts:
        added = size(part.of(text))
        if begun and total + added > target:
            chunks += _joined(text, begun, target, size)
            begun, total = [], 0
        begun.append(part)
        total += added
    return chunks + (_joined(text, begun, target, size) if begun else [])


def trimmed(text: str, part: Part) -> Part:
    """Return a part of a text without the blanks at its ends."""
    inner = part.of(text)
    start = part.start + len(inner) - len(inner.lstrip())
    return Part(start, max(start, part.start + len(inner.rstrip())))


def _joined(text: str, parts: Sequence[Part], target: int, size: Size) -> list[Part]:
    whole = Part(parts[0].start, parts[-1].end)
    if len(parts) == 1 or size(whole.of(text)) <= target:
        return [whole]
    middle = len(parts) // 2
    return _joined(text, parts[:middle], target, size) + _joined(text, parts[middle:], target, size)


def _halves(text: str, part: Part) -> tuple[Part, Part]:
    """Cut a part at the gap between words that is nearest to its middle, or in the middle of its only word."""
    middle = (part.start + part.end) // 2
    words = [match.span() for match in _WORD.finditer(text, part.start, part.end)]
    if len(words) < 2:  # noqa: PLR2004 - nothing between words to cut at
        return Part(part.start, middle), Part(middle, part.end)
    end, start = min(((before[1], after[0]) for before, after in pairwise(words)), key=lambda gap: abs(gap[0] - middle))
    return Part(part.start, end), Part(start, part.end)
