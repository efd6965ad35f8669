"""Keeps a key out of everything that is shown or kept, also where a server repeats a part of it."""

import re

_LONG = 12
"""Shorter keys are no secrets that a part could give away: `none`, `EMPTY`, `test`."""

_PART = 6
"""So many characters of a key in a row are a part of it."""

_END = 4
"""So many of its first or last are, beside a mask (`sk-p****wxyz`)."""

_MASK = r"[*•.…xX_]{3,}"

HIDDEN = "[key]"


def redacted(text: str, key: str) -> str:
    """Return a text without the key, and without any part of a long one."""
    if not key:
        return text
    text = text.replace(key, HIDDEN)
    if len(key) < _LONG:
        return text
    parts = {key[start : start + _PART] for start in range(len(key) - _PART + 1)}
    hidden = [False] * len(text)
    for start in range(len(text) - _PART + 1):
        if text[start : start + _PART] in parts:
            hidden[start : start + _PART] = [True] * _PART
    if any(hidden):
        marked = "".join("\0" if hide else character for hide, character in zip(hidden, text, strict=True))
        text = re.sub("\0+", HIDDEN, marked)
    first, last = re.escape(key[:_END]), re.escape(key[-_END:])
    return re.sub(rf"{first}(?={_MASK})|(?<=[*•.…xX_]{{3}}){last}", HIDDEN, text)
