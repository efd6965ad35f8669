"""What stands among sentences and is none: list numbers, headings, rules, fences, bullets; and wrapped-up texts."""

import json
import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

END_MARKS: Final = (".", "!", "?", "…", "。", "！", "？", "।", "۔", "။", "។", "።", "։", "؟", "｡", "．")
"""Marks that end a sentence."""

CLOSERS: Final = "\"')]}»”’」』》）"
"""Marks that can follow an end mark and belong to its sentence."""

_NUMBER: Final = r"\d{1,3}(?:[.．]\d{1,3})*(?:[.)\]:．。、）］】〕]|\.\))?"
_ROMAN: Final = r"(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_COUNTED: Final = (
    rf"(?:(?=[IVXL]){_ROMAN}|(?=[ivxl]){_ROMAN.lower()}|[A-Za-zΑ-Ωα-ωА-Яа-яא-תء-ي]|[一二三四五六七八九十]{{1,3}})"
)
_MARKER: Final = rf"[*_]{{0,3}}[(\[（［【〔]?(?:{_NUMBER}|{_COUNTED}(?:[.)\]:．、）］】〕]|\.\))|[①-⓿❶-➓])[*_]{{0,3}}"

MARKER: Final = re.compile(_MARKER)
"""The number of an item in a list, all of it: "1.", "2)", "(a)", "iv.", "1.2", "一、"."""

_MARKER_LINE: Final = re.compile(rf"^({_MARKER})[ \t]*\n\s*", re.MULTILINE)
_SENTENCE_ENDS: Final = tuple(mark for mark in END_MARKS if mark not in "?？؟")
_HEADING: Final = re.compile(r"#{1,6}[ \t]+\S.*|(\*\*|__)(?!\s)(?:(?!\1).)+\1:?")
_DIGITS: Final = re.compile(r"\d+")
_LONGEST_MARKER: Final = 20
_LONGEST_LIST: Final = 20
_FENCE: Final = re.compile(r"(?:`{3,}|~{3,})[ \t]*[\w+.-]*")
_RULE: Final = re.compile(r"([-*_=~#+])(?:[ \t]*\1)*|[•‣◦▪▫■□●○⁃◆◇–—·►▸➤✓✔]|(?:\|[ \t]*:?-+:?[ \t]*)+\|?")
_STRINGS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)
_QUOTATIONS: Final = ('""', "“”", "„“", "«»", "»«", "‘’", "「」", "『』", "《》", "‹›", "''")
_APOSTROPHE: Final = re.compile(r"(?<!\w)'|'(?!\w)")


def is_heading(line: str) -> bool:
    """Tell whether a line, without blanks around it, is a Markdown heading, or bold as a whole, and no sentence."""
    return line[:1] in "#*_" and bool(_HEADING.fullmatch(line)) and not line.strip("*_# \t").endswith(_SENTENCE_ENDS)


def is_marker(piece: str) -> bool:
    """Tell whether a text is the number of an item in a list, and nothing else."""
    return len(piece) <= _LONGEST_MARKER and bool(MARKER.fullmatch(piece))


def is_no_sentence(piece: str, *, begins_line: bool = True) -> bool:
    """Tell whether a piece of text, without blanks around it, belongs to the sentence that follows it.

    It is a list number, a rule, a bullet, or the fence of a code block. A number above 20 is no list number unless it
    begins its line: it is the end of an amount, as in "$ 7. 42.".
    """
    if len(piece) <= _LONGEST_MARKER:
        return _is_short_fragment(piece, begins_line)
    return not piece[0].isalnum() and _is_fragment(piece)


@lru_cache(maxsize=4096)
def _is_short_fragment(piece: str, begins_line: bool) -> bool:  # noqa: FBT001 - caches are quicker by position
    if MARKER.fullmatch(piece):
        return begins_line or not (number := _DIGITS.search(piece)) or int(number[0]) <= _LONGEST_LIST
    return _is_fragment(piece)


def _is_fragment(piece: str) -> bool:
    return bool((piece[0] in "`~" and _FENCE.fullmatch(piece)) or _RULE.fullmatch(piece))


def with_markers_in_line(sentence: str) -> str:
    """Return a sentence without empty lines, and with a list number of its own line put before what follows it."""
    lines = [line.strip() for line in sentence.splitlines() if line.strip()]
    return _MARKER_LINE.sub(r"\1 ", "\n".join(lines)) if len(lines) > 1 else sentence


def without_last_marker(text: str) -> str:
    """Return a text without the list number at its very end, which announces a sentence that did not come."""
    head, _, last = text.rstrip().rpartition("\n")
    before, _, token = last.rstrip().rpartition(" ")
    if not is_marker(token) or not (before.strip() or head.strip()):
        return text
    begun = before.rstrip()
    return f"{head}\n{before}" if not begun or begun.rstrip(CLOSERS).endswith(END_MARKS) else text


def wrapped_parts(text: str) -> list[tuple[int, int]]:
    """Return the bounds of the texts within a text that is one quotation or JSON as a whole; none for other texts.

    A code fence around it does not count.
    """
    start, end = _core(text)
    if text[start : start + 1].isalnum():
        return []
    core = text[start:end]
    if core[:1] in ("{", "[") and core[-1:] in ("}", "]"):
        return [(start + first, start + last) for first, last in _json_strings(core)]
    for opener, closer in _QUOTATIONS:
        if core[:1] == opener and core[1:].endswith(closer):
            inner = core[1:-1]
            if _APOSTROPHE.search(inner) if opener == "'" else (opener in inner or closer in inner):
                return []
            return [(start + 1, end - 1)]
    return []


def unescaped(text: str) -> str:
    """Return the inside of a JSON string with blanks, line breaks and quotation marks for their escapes, as long."""
    return text.replace("\\n", "\n ").replace('\\"', ' "').replace("\\t", "\t ").replace("\\r", "\n ")


def _core(text: str) -> tuple[int, int]:
    """Return the bounds of a text without blanks and a code fence around it."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if text.startswith(("```", "~~~"), start) and text.endswith(("```", "~~~"), start, end) and "\n" in text[start:end]:
        start, end = text.index("\n", start, end) + 1, max(text.rindex("\n", start, end), start + 1)
        inner = text[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
    return start, max(start, end)


def _json_strings(text: str) -> list[tuple[int, int]]:
    """Return the bounds of the strings in a JSON text that are values and not keys; none where it is no JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [found.span(1) for found in _STRINGS.finditer(text) if not found[2] and found[1].strip()]


def gaps(parts: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return the bounds of what stands between parts of a text of this length, before the first and after the last."""
    edges = [0, *(edge for part in parts for edge in part), length]
    return [pair for pair in list(pairwise(edges))[::2] if pair[0] < pair[1]]
