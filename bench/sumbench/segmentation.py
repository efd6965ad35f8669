"""Sentence segmentation within a line, in time that grows no faster than the text.

The segmenter looks back over all that it has read at every end mark that no blank precedes, scans to the end of the
text for every quotation that is never closed, and compares every end mark with every quotation. On texts where that
adds up it gets one window of the line after the other; any other line it gets as a whole.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType
from typing import Final

import regex
from sentencex import segment

SHORT: Final = 1000
"""Lines of at most so many characters are segmented as a whole, whatever they hold."""

ALLOWED: Final = 600
"""Nanoseconds a character that a longer line may take as a whole, by estimate."""

SMALLEST: Final = 600
"""Fewest characters of a window."""

AHEAD: Final = 100
"""How far before the end of a window the last boundary may be: more than the segmenter looks ahead."""

# What the segmenter's steps take at most, in nanoseconds, as measured on the texts of tests/speed/adversarial.py.
_LOOK_BACK: Final = 2.0
_SCAN: Final = 0.5
_SLOW_SCAN: Final = 10.0
_COUNT: Final = 3.0
_COMPARE: Final = 1.0

_LOOKS_BACK_TO_THE_START: Final = frozenset(
    (
        *("aae", "co", "egl", "eml", "fur", "it", "lij", "lld", "lmo", "nap", "pms", "rgn", "roa-tara", "scn", "sdc"),
        *("sro", "vec", "kk", "kk-arab", "kk-cn", "kk-cyrl", "kk-kz", "kk-latn", "kk-tr"),
    )
)
"""Languages for which the segmenter reads all that stands before an end mark, blanks or not."""

_STAND_INS: Final = MappingProxyType(
    {
        **dict.fromkeys(("da", "jut", "kl"), ("de", 2000)),
        **dict.fromkeys(("ca", "oc"), ("es", 2000)),
        "it": ("es", 10_000),
    }
)
"""Languages whose rules are prepared anew for every end mark, each with the relative that stands in for it, and the
number of end marks from which on it does."""

_END_MARKS: Final = regex.compile(r"[\p{Sentence_Break=STerm}\p{Sentence_Break=ATerm};:·՜]")
_ASCII_END_MARKS: Final = ".!?;:"
_PAIRS: Final = ("‘’", "“”", "«»", "»«", "„“", "‹›", "《》", "「」")
_OPENERS: Final = ("‘", "“", "«", "„", "‹", "《", "「", "‚", "‛", "‟", "(", "（", "<", "{", "[")
_SLOW_MARKS: Final = re.compile(r"['`\u3000-\u3fff]")
_LIST_MARKS: Final = re.compile(r"[)•◦▪▫■□●○⁃⁌⁍◆◇★☆➤➢➣▶▸►]")
_SINGLE: Final = re.compile(r"(?<!\w)['`]|['`](?!\w)")
_BALANCE: Final = (*_PAIRS[:3], *_PAIRS[5:], "()", "（）", "[]", "{}")
_GUARDED_OPENERS: Final = MappingProxyType({mark: re.compile(rf"(?<!\w){mark}(?=\w)") for mark in "'`"})
_GUARDED_CLOSERS: Final = MappingProxyType({mark: re.compile(rf"(?<=[^\s'`]){mark}(?!\w)") for mark in "'`"})


def affordable_language(text: str, language: str) -> str:
    """Return the language whose rules segment `text`: that given, or its relative on a text of very many end marks."""
    stand_in, most = _STAND_INS.get(language, (language, 0))
    return stand_in if most and _end_marks(text) > most else language


def segments(line: str, language: str) -> list[str]:
    """Return the segments of a line, which joined are the line."""
    size = window_size(line, language)
    if size >= len(line):
        parts: list[str] = segment(language, line)
        return parts
    return list(in_windows(line, language, size))


def window_size(line: str, language: str) -> int:
    """Return how many characters of a line can be segmented at a time, its length where all of them can."""
    length = len(line)
    if length <= SHORT:
        return length
    estimate = _nanoseconds(line, language)
    if estimate <= ALLOWED * length:
        return length
    return max(SMALLEST, int(ALLOWED * length * length / estimate))


def in_windows(line: str, language: str, size: int) -> Iterator[str]:
    """Yield the segments of a line that is segmented in windows of `size` characters.

    A window ends where a segment ends and no quotation or bracket is open; where none does, its last segment goes on
    in the next.
    """
    start = 0
    waiting: list[str] = []
    while start + size < len(line):
        window = line[start : start + size]
        parts: list[str] = segment(language, window)
        ends = list(accumulate(map(len, parts)))
        kept = _last_boundary(window, ends, size // 2, size - AHEAD)
        whole = kept > 0
        kept = kept or sum(end <= size - AHEAD for end in ends)
        taken = parts[:kept]
        if whole and not _is_balanced(window):
            # What is left open at the end of the window can change the sentences before it.
            taken = segment(language, window[: ends[kept - 1]])
        for part in taken:
            yield "".join([*waiting, part])
            waiting = []
        reached = ends[kept - 1] if kept else 0
        if not whole:
            waiting.append(window[reached : size - AHEAD])
            reached = size - AHEAD
        start += reached
    begun, *rest = segment(language, line[start:])
    yield "".join([*waiting, begun])
    yield from rest


def _last_boundary(window: str, ends: list[int], first: int, last: int) -> int:
    """Return how many segments to take so that they end between two offsets, best with nothing open; 0 if none do."""
    fitting = [number for number, end in enumerate(ends, 1) if first <= end <= last]
    for number in fitting[:-8:-1]:
        if _is_balanced(window[: ends[number - 1]]):
            return number
    return fitting[-1] if fitting else 0


def _is_balanced(text: str) -> bool:
    return text.count('"') % 2 == 0 and all(text.count(pair[0]) == text.count(pair[1]) for pair in _BALANCE)


def _nanoseconds(line: str, language: str) -> float:
    """Estimate the time of the segmenter's steps that are repeated for a whole line, at worst."""
    ends = _end_marks(line)
    doubled = line.count('"') // 2
    slow = _SLOW_MARKS.search(line) and not line.isascii()
    guarded = {mark: _positions(_GUARDED_OPENERS[mark], line) if mark in line else [] for mark in "'`"}
    single = len(_SINGLE.findall(line)) if "'" in line or "`" in line else 0
    opened = doubled + single + sum(map(line.count, _OPENERS)) + len(_LIST_MARKS.findall(line))
    return (
        _LOOK_BACK * _looked_back(line, language, ends)
        + (_SLOW_SCAN if slow else _SCAN) * len(line) * _never_closed(line, guarded)
        + _COUNT * len(line) * _alternations(line, [doubled, *map(len, guarded.values())])
        + _COMPARE * opened * (ends + single)
    )


def _end_marks(text: str) -> int:
    return sum(map(text.count, _ASCII_END_MARKS)) if text.isascii() else len(_END_MARKS.findall(text))


def _positions(pattern: re.Pattern[str], line: str) -> list[int]:
    return [found.start() for found in pattern.finditer(line)]


def _looked_back(line: str, language: str, ends: int) -> int:
    """Return how many characters are read, at worst, to find the word before each end mark."""
    if language in _LOOKS_BACK_TO_THE_START:
        return len(line) * ends
    longest = max(map(len, line.split()), default=0)
    if longest <= SHORT:
        return 0
    return sum(len(run) * _end_marks(run) for run in line.split() if len(run) > SHORT)


def _never_closed(line: str, guarded: Mapping[str, list[int]]) -> int:
    """Return how many quotations are opened and not closed in the rest of the line.

    `guarded` are the offsets of apostrophes and backquotes that can open one.
    """
    opened = line.count("``", line.rfind("''") + 1)
    opened += sum(line.count(pair[0], line.rfind(pair[1]) + 1) for pair in _PAIRS)
    last = {mark: max(_positions(_GUARDED_CLOSERS[mark], line), default=0) if mark in line else 0 for mark in "'`"}
    return opened + sum(
        len(guarded[opener]) - bisect_left(guarded[opener], last[closer]) for opener, closer in ("`'", "``", "''")
    )


def _alternations(line: str, kinds: list[int]) -> int:
    """Return how often, at worst, one kind of quotation with equal marks at both ends follows another."""
    kinds = [*kinds, line.count("''"), line.count("``")]
    return 2 * (sum(kinds) - max(kinds))
