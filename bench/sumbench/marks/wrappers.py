"""Takes off what models wrap around a summary: preambles, fences, JSON objects, answer tags, quotation marks."""

import ast
import json
import re

from sumbench.marks.announcements import AGREEMENT
from sumbench.marks.announcements import CLOSING
from sumbench.marks.announcements import PREAMBLE
from sumbench.marks.tokens import without_edges

_ROUNDS = 6
"""How many wrappers may be around one another: a preamble, a fence, a JSON object, quotation marks."""

_ANSWER = re.compile(
    r"\s*<(?:\|\s?)?(?:(?:begin_of_|START_)?(?P<name>summary|answer|final_answer|output|response|result|solution|text|abstract))(?:\s?\|)?>",
    re.IGNORECASE,
)
_ANSWER_END = re.compile(
    r"<(?:/|\|?\s?(?:end_of_|END_))(?:summary|answer|final_answer|output|response|result|solution|text|abstract)(?:\s?\|)?>",
    re.IGNORECASE,
)

FENCE = re.compile(
    r"\s*(?P<mark>```+|~~~+)(?P<info>[^\n`]{0,40}\n|(?:text|txt|plain|plaintext|markdown|md|json|html|xml|yaml|summary|output)(?=\s)|)"
)
"""A code fence at the beginning of a text, with the name of its language."""

_KEYS = re.compile(
    r"(?:\w+[ _-])?(?:summary|summaries|abstract|tl;?dr|text|output|response|answer|result|content|headline|sentences?"
    r"|highlights|(?:key|main|bullet)[ _-]?points|points|zusammenfassung|résumé|resume|resumen|riassunto|resumo"
    r"|samenvatting|резюме|摘要|总结|要約|요약)(?:[ _-]?(?:text|\d+))?",
    re.IGNORECASE,
)
"""Keys of JSON objects whose value is the text."""

_SURE_KEYS = re.compile(
    r"summ|abstract|tl;?dr|fassung|r[ée]sum|riassunto|samenvatting|резюме|摘要|总结|要約|요약", re.IGNORECASE
)

JSON_START = re.compile(r"\s*(?:\[\s*)?\{\s*[\"'](?P<key>[^\"'\n]{1,40})[\"']\s*:\s*|\s*\[\s*\"")
"""How a JSON object, or a list of texts, begins."""

_PARTIAL = re.compile(r"\s*\{\s*\"(?P<key>[^\"\n]{1,40})\"\s*:\s*(?P<list>\[\s*)?\"")
_STRING_END = re.compile(r"(?:[^\"\\]|\\.)*+", re.DOTALL)
_PAIRS = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "'": "'", "‘": "’"}
_BOLD = re.compile(r"\s*(\*\*|__)(?=\S)([^*_]+)\1\s*")
_TAIL = 600
_SENTENCE_START = re.compile(r"(?<=[.!?。！？…\"”)])\s+|(?<=[。！？])|\n+")


def unwrapped(text: str) -> str:
    """Return what a model has written without what it has put around a summary; a text without that as it is.

    These are special tokens at its edges, an announcement in front ("Here is a summary:", "## Summary", "TL;DR:", in
    many languages), a code fence, a JSON object or list around the text, tags such as `<summary>`, quotation marks or
    bold around the whole, and what is said to the reader after it ("Let me know if …"). Marks within are left alone.
    """
    for _ in range(_ROUNDS):
        before = text
        for step in (without_edges, _without_tags, _without_fence, _without_json, _without_preamble, _without_closing):
            text = step(text)
        text = _without_bold(_without_quotes(text))
        if text == before:
            break
    return text


def _without_tags(text: str) -> str:
    found = _ANSWER.match(text)
    if found is None:
        return text
    end = _ANSWER_END.search(text, found.end())
    return (
        text[found.end() :]
        if end is None
        else f"{text[found.end() : end.start()].strip()}\n{text[end.end() :]}".strip()
    )


def _without_fence(text: str) -> str:
    found = FENCE.match(text)
    if found is None:
        return text
    end = text.find(found["mark"], found.end())
    if end < 0:
        return text[found.end() :]
    rest = text[end:].lstrip(found["mark"][0])
    return f"{text[found.end() : end].strip()}\n{rest.strip()}".strip()


def _without_preamble(text: str) -> str:
    shorter = PREAMBLE.sub("", text, count=1)
    return AGREEMENT.sub("", text, count=1) if shorter == text else shorter


def _without_closing(text: str) -> str:
    """Take off what is said to the reader at the end, but never the whole text."""
    text = text.rstrip()
    edge = max(0, len(text) - _TAIL)
    for start in _SENTENCE_START.finditer(text, edge):
        if CLOSING.match(text, start.end()):
            return text[: start.start()].rstrip()
    return text


def has_closing(text: str) -> bool:
    """Tell whether a text ends with something said to the reader."""
    return _without_closing(text) != text.rstrip()


def _without_quotes(text: str) -> str:
    inside = text.strip()
    closing = _PAIRS.get(inside[:1])
    if closing is None or len(inside) < 3 or not inside.endswith(closing):  # noqa: PLR2004 - two marks and a sign
        return text
    kept = inside[1:-1]
    if inside[0] in kept or (closing in kept and closing not in "'’"):
        return text
    # An apostrophe may be within single quotation marks, a quotation that ends and one that begins may not.
    return text if closing in "'’" and re.search(r"['’]\s", kept) else kept


def _without_bold(text: str) -> str:
    found = _BOLD.fullmatch(text)
    return found[2] if found else text


def _without_json(text: str) -> str:
    if JSON_START.match(text) is None:
        return text
    found = _parsed(text)
    texts = None if found is None else _texts(found[0])
    if texts is None:
        return _without_partial(text)
    rest = (found or ("", ""))[1].strip()
    return "\n".join([*texts, rest] if rest else texts)


def _parsed(text: str) -> tuple[object, str] | None:
    """Return the JSON value that a text begins with, and what follows it; None where there is none."""
    start = len(text) - len(text.lstrip())
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return _literal(text)
    return value, text[end:]


def _literal(text: str) -> tuple[object, str] | None:
    """Return the value of a text that is a literal of Python."""
    try:
        return (ast.literal_eval(text.strip()), "") if len(text) < 100_000 and "'" in text else None  # noqa: PLR2004
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _texts(value: object, depth: int = 0) -> list[str] | None:
    """Return the texts of a JSON value that is obviously a summary in a wrapper; None for any other."""
    if isinstance(value, str):
        return [value]
    if depth > 3:  # noqa: PLR2004 - nobody nests a summary deeper
        return None
    if isinstance(value, list):
        parts = [_texts(each, depth + 1) for each in value]
        return None if not parts or None in parts else [text for part in parts if part for text in part]
    if not isinstance(value, dict) or not value:
        return None
    named = [key for key in value if _KEYS.fullmatch(str(key))]
    others = [key for key, each in value.items() if isinstance(each, str | list | dict)]
    best = [key for key in named if _SURE_KEYS.search(str(key))] or named or (others if len(others) == 1 else [])
    return _texts(value[best[0]], depth + 1) if best else None


def _without_partial(text: str) -> str:
    """Return the text of a JSON object that broke off, or is not well formed, as far as it was written."""
    found = _PARTIAL.match(text)
    if found is None or not _KEYS.fullmatch(found["key"]):
        return text
    strings, position = [], found.end()
    while True:
        content = _STRING_END.match(text, position)
        written = "" if content is None else content[0]
        strings.append(_unescaped(written))
        position += len(written) + 1
        further = re.compile(r"\s*,\s*\"").match(text, position) if found["list"] else None
        if further is None:
            return "\n".join(strings)
        position = further.end()


def _unescaped(content: str) -> str:
    try:
        return str(json.loads(f'"{content}"', strict=False))
    except ValueError:
        return content.replace('\\"', '"').replace("\\n", "\n").rstrip("\\")
