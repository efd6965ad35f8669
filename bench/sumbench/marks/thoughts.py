"""Finds the thoughts that reasoning models write before and between the parts of an answer.

What is a thought: a block between tags (`<think>…</think>`, `[THINK]…[/THINK]` and their kin) that begins the text,
begins a line, follows the end of a sentence, or follows another thought; everything before a closing tag that has no
opening one, since chat templates open the first block; and every channel of a harmony answer but the final one. What a
sentence says about such a tag is no thought: "models write <think> before they answer".
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from sumbench.marks.tokens import EDGE
from sumbench.marks.tokens import ROLE

_TAG = re.compile(
    r"""
    <\|? \s{0,4} (?P<shut>/|end_(?:of_)?)? \s{0,4} (?:begin_(?:of_)?|start_(?:of_)?)? (?:[a-z]{1,10}:)?
    (?P<name>think(?:ing)?|thoughts?|ant_?thinking|internal_thoughts?|chain_of_thought|reasoning|reflection
      |scratch_?pad|analysis|(?:inner_)?monologue)
    (?:_(?:start|begin|(?P<shut_behind>end)))? (?P<rest>\s[^<>]{0,200}|/)? \|?>
  | \[ \s? (?P<shut_square>/)? \s? think \s? \]
  | ◁ \s? (?P<shut_triangle>/)? \s? think \s? ▷
  | <(?: unused94>(?:thought\b)? | (?P<shut_unused>unused95) > )
  | <(?: \|channel> \s{0,4} thought\b | (?P<shut_channel>channel\|) > )
  | <details \b [^<>]{0,80} type=["']?reasoning [^<>]{0,200} > | (?P<shut_details></details>)
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""An opening or closing tag of thoughts."""

_HEADER = re.compile(
    r"(?:<\|start\|>\s{0,4}\w{0,20}\s{0,4})?<\|channel\|>\s{0,4}(?P<channel>\w{1,20})[^<]{0,60}"
    r"(?:<\|constrain\|>[^<]{0,40})?<\|message\|>",
    re.IGNORECASE,
)
_MESSAGE_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_FINAL = "final"

_BARE_CHANNEL = re.compile(r"\s*analysis(?=\S)")
_BARE_FINAL = "assistantfinal"
"""How a channel's marks look once the special tokens around the words are lost."""

_SPOKEN = (
    re.compile(r"\s*Here(?: is|['’]s) my thought process:", re.IGNORECASE),
    re.compile(r"Here(?: is|['’]s) my response:", re.IGNORECASE),
)
"""How Granite opens its thoughts, and its answer."""

CHANNEL = "<|channel|>"
MARK_TOKENS = frozenset(
    {"<|channel|>", "<|message|>", "<|constrain|>", "<|start|>", "<|end|>", "<|return|>", "<|call|>"}
)
"""The special tokens of harmony; `<|end|>` and its like mean something else without channels."""

_SPOKEN_OF = re.compile(
    r"\s{1,4}(?:is|are|was|were|and|or|opens?|begins?|starts?|marks?|means?|tags?|tokens?|blocks?|elements?)\b"
)
_JOINED = frozenset({"and", "or", "/", "&", ",", "…", "...", "und", "et", "y", "e", "и", "和"})
"""How a sentence goes on behind a tag that it begins with, and what stands between two tags that it names."""

_ENDS = ".!?…。！？।\"'”’)]}»*`"
_QUOTES = "`'\"“‘«(„"
_FEWEST_WORDS = 3
_LONGEST_OPENING = 400


class Thoughts(NamedTuple):
    """A text without its thoughts; their `spans` in the text as it was; and whether the last one never ended."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    unfinished: bool = False


class _Tag(NamedTuple):
    start: int
    end: int
    stem: str
    closing: bool
    empty: bool


def split_thoughts(text: str) -> Thoughts:
    """Take the thoughts out of what a model has written (see the module); time is linear in the text's length."""
    found = _channels(text) or _spoken(text)
    if found is not None:
        return found
    tags = [_tag(match) for match in _TAG.finditer(text)]
    return _Scan(text, tags).run() if tags else Thoughts(text)


def opened_thought(prompt: str) -> str:
    """Return the opening tag of thoughts that a prompt ends with, "" for none: a model then writes no such tag."""
    ended = prompt.rstrip()
    for match in _TAG.finditer(ended, max(0, len(ended) - 300)):
        tag = _tag(match)
        if tag.end == len(ended) and not tag.closing and not tag.empty:
            return match[0]
    return ""


def is_mark(token: str, *, channels: bool) -> bool:
    """Tell whether a special token of a tokenizer (one with `channels` or not) shows where thoughts begin or end."""
    return bool(_TAG.fullmatch(token)) or (channels and token in MARK_TOKENS)


def _tag(match: "re.Match[str]") -> _Tag:
    groups = match.groupdict()
    closing = any(value for name, value in groups.items() if name.startswith("shut"))
    name = (groups["name"] or "think").lower()
    if match[0].lower().startswith(("<details", "</details")):
        name = "details"
    stem = "think" if "th" in name[:3] or name.startswith(("ant", "internal")) else name
    empty = not closing and (groups["rest"] or "").endswith("/")
    return _Tag(match.start(), match.end(), stem, closing, empty)


class _Scan:
    """One pass over the tags of a text."""

    def __init__(self, text: str, tags: Sequence[_Tag]) -> None:
        self._text = text
        self._tags = tags
        self._pieces: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._cursor = 0

    def run(self) -> Thoughts:
        number = 0
        following = self._next_closings()
        while number < len(self._tags):
            tag = self._tags[number]
            if tag.closing:
                if tag.stem != "details" and self._ends_thought(tag):
                    self._forget(tag.end)
                number += 1
                continue
            paired = following[number]
            if not (tag.empty or self._begins_thought(tag, paired)):
                # The sentence speaks of the tag, and of the closing one after it.
                number = number + 1 if paired is None else paired + 1
                continue
            end = number if tag.empty else self._end_of_block(number)
            if end is None:
                self._take(tag.start, len(self._text))
                return self._result(unfinished=True)
            self._take(tag.start, self._tags[end].end)
            number = end + 1
        return self._result(unfinished=False)

    def _next_closings(self) -> list[int | None]:
        """Return for each tag the number of the next closing tag of its kind."""
        found: list[int | None] = []
        nearest: dict[str, int] = {}
        for number in range(len(self._tags) - 1, -1, -1):
            tag = self._tags[number]
            found.append(nearest.get(tag.stem))
            if tag.closing:
                nearest[tag.stem] = number
        return found[::-1]

    def _end_of_block(self, number: int) -> int | None:
        """Return the number of the tag that closes a block: one of its kind, or one whose kind was not opened in it."""
        stem, inside = self._tags[number].stem, set()
        for other in range(number + 1, len(self._tags)):
            tag = self._tags[other]
            if not tag.closing:
                inside.add(tag.stem)
            elif tag.stem == stem or (tag.stem not in inside and tag.stem != "details"):
                return other
        return None

    def _take(self, start: int, end: int) -> None:
        """Count a span as thought."""
        self._pieces.append(self._text[self._cursor : start])
        self._spans.append((start, end))
        self._cursor = end

    def _forget(self, end: int) -> None:
        """Count everything up to here as thought."""
        self._pieces.clear()
        self._spans[:] = [(0, end)]
        self._cursor = end

    def _result(self, *, unfinished: bool) -> Thoughts:
        if not self._spans:
            return Thoughts(self._text)
        pieces = [piece.strip() for piece in (*self._pieces, self._text[self._cursor :])]
        if len(pieces[0]) <= _LONGEST_OPENING and _is_opening(pieces[0], 0, len(pieces[0])):
            pieces[0] = ""
        return Thoughts("\n".join(filter(None, pieces)), tuple(self._spans), unfinished)

    def _begins_thought(self, tag: _Tag, paired: int | None) -> bool:
        """Tell whether an opening tag begins a thought: by its place, and by what stands behind it."""
        if not self._spans and self._is_spoken_of(tag, paired):
            return False
        before = tag.start
        while before > self._cursor and self._text[before - 1].isspace():
            before -= 1
            if self._text[before] == "\n":
                return True
        if before == self._cursor:
            return True
        opens = not self._spans and before <= _LONGEST_OPENING and _is_opening(self._text, 0, before)
        if opens or self._text[before - 1] not in ".!?…。！？:：)*":
            return opens
        return bool(self._spans) if paired is None else self._says_something(tag.end, self._tags[paired].start)

    def _is_spoken_of(self, tag: _Tag, paired: int | None) -> bool:
        if paired is None:
            return _SPOKEN_OF.match(self._text, tag.end) is not None
        end = self._tags[paired].start
        return end - tag.end < _LONGEST_OPENING and self._text[tag.end : end].strip().lower() in _JOINED

    def _says_something(self, start: int, end: int) -> bool:
        inside = self._text[start : min(end, start + 400)].split()
        return len(inside) >= _FEWEST_WORDS or sum(map(len, inside)) > 20  # noqa: PLR2004 - text without blanks

    def _ends_thought(self, tag: _Tag) -> bool:
        """Tell whether a closing tag without an opening one ends thoughts, and is not spoken of."""
        text, before = self._text, tag.start
        while before > self._cursor and text[before - 1].isspace():
            before -= 1
            if text[before] == "\n":
                return True
        if before == self._cursor:
            return True
        behind = text[tag.end : tag.end + 2]
        if text[tag.start - 1] in _QUOTES and behind[:1] in {"`", "'", '"', "”", "’", "»", ")"}:
            return False
        if before == tag.start or text[before - 1] in _ENDS:
            return True
        return not (behind.lstrip()[:1].islower() or behind[:1] in set(".,;:)?!"))


def _is_opening(text: str, start: int, end: int) -> bool:
    """Tell whether there is nothing but special tokens, and the name of a role, between two places."""
    while start < end:
        found = EDGE.match(text, start, end) or ROLE.match(text, start, end)
        if found is None or found.end() == start:
            if not text[start].isspace():
                return False
            start += 1
        else:
            start = found.end()
    return True


def _channels(text: str) -> Thoughts | None:
    """Split an answer in channels (harmony); None for any other text."""
    if CHANNEL not in text:
        bare = text.find(_BARE_FINAL) if _BARE_CHANNEL.match(text) else -1
        return None if bare < 0 else _behind(text, bare + len(_BARE_FINAL))
    headers = list(_HEADER.finditer(text))
    finals = [header for header in headers if header["channel"].lower() == _FINAL]
    if not finals:
        if not headers or not _is_opening(text, 0, headers[0].start()):
            return None
        return Thoughts("", ((0, len(text)),), unfinished=True)
    spans, pieces, cursor = [], [], 0
    for header in finals:
        end = _MESSAGE_END.search(text, header.end())
        spans.append((cursor, header.end()))
        cursor = end.start() if end else len(text)
        pieces.append(text[header.end() : cursor].strip())
    rest = text[cursor:].strip()
    if rest and not EDGE.fullmatch(rest):
        spans.append((cursor, len(text)))
    only_final = len(headers) == len(finals) and _is_opening(text, 0, finals[0].start())
    return Thoughts("\n".join(filter(None, pieces)), () if only_final and len(spans) == len(finals) else tuple(spans))


def _spoken(text: str) -> Thoughts | None:
    """Split an answer that announces its thoughts and itself in words; None for any other text."""
    opening, answer = _SPOKEN
    if not opening.match(text):
        return None
    found = answer.search(text)
    return Thoughts("", ((0, len(text)),), unfinished=True) if found is None else _behind(text, found.end())


def _behind(text: str, end: int) -> Thoughts:
    return Thoughts(text[end:].strip(), ((0, end),))
