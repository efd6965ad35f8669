"""Keeps a key out of everything that is shown or kept, also where a server repeats a part of it."""

import re

_LONG = 12
"""Shorter keys are no secrets that a part could give away: `none`, `EMPTY`, `test`."""

_PART = 6
"""So many characters of a key in a row are a part of it, if they look drawn at random: with digits or both cases."""

_WORDS = 12
"""So many are, whatever they look like; fewer letters may be a word that the text and the key share (`project`)."""

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
    hidden = [False] * len(text)
    for size in (_PART, _WORDS):
        parts = {key[start : start + size] for start in range(len(key) - size + 1)}
        drawn = {part for part in parts if size == _WORDS or _looks_drawn(part)}
        for start in range(len(text) - size + 1):
            if text[start : start + size] in drawn:
                hidden[start : start + size] = [True] * size
    if any(hidden):
        marked = "".join("\0" if hide else character for hide, character in zip(hidden, text, strict=True))
        text = re.sub("\0+", HIDDEN, marked)
    first, last = re.escape(key[:_END]), re.escape(key[-_END:])
    return re.sub(rf"{first}(?={_MASK})|(?<=[*•.…xX_]{{3}}){last}", HIDDEN, text)


def _looks_drawn(part: str) -> bool:
    return any(map(str.isdigit, part)) or not (part.islower() or part.isupper())
