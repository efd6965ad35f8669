"""The table of what models and corpora leave in texts: a kind of mark a row, with its pattern and its remedy."""

import html.entities
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass

from sumbench.marks.announcements import AGREEMENT
from sumbench.marks.announcements import PREAMBLE
from sumbench.marks.separators import BREAK
from sumbench.marks.separators import SEPARATORS
from sumbench.marks.thoughts import split_thoughts
from sumbench.marks.tokens import SPECIAL
from sumbench.marks.wrappers import FENCE
from sumbench.marks.wrappers import JSON_START
from sumbench.marks.wrappers import has_closing

CLEAN = "--clean"

Finder = Callable[[str], str | None]
"""Returns the first mark of its kind in a text as it stands there, None where there is none."""


@dataclass(frozen=True)
class MarkKind:
    """A kind of mark: what it is called, how it is found, what takes it off, and whether documents are searched for it.

    `remedy` is what to give to `score` or in the system `outputs`; `elsewhere` what to do about it in references and
    documents, which nothing cleans.
    """

    name: str
    find: Finder
    remedy: str = CLEAN
    elsewhere: str = "take them out of the file"
    in_documents: bool = False


def _anywhere(pattern: "re.Pattern[str]") -> Finder:
    def find(text: str) -> str | None:
        found = pattern.search(text)
        return found[0] if found else None

    return find


def _at_start(pattern: "re.Pattern[str]") -> Finder:
    def find(text: str) -> str | None:
        found = pattern.match(text)
        return found[0] if found else None

    return find


def _containing(signs: Iterable[str], find: Finder) -> Finder:
    """Return a finder that looks only into texts with one of these signs or words, which is much faster."""
    return lambda text: find(text) if any(sign in text for sign in signs) else None


def _thought(text: str) -> str | None:
    spans = split_thoughts(text).spans
    if not spans:
        return None
    start, end = spans[0]
    # Without an opening tag, what is told by is the closing one.
    return text[start:end] if text[start] in "<[◁" else f"…{text[max(start, end - 12) : end]}"


ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[A-Za-z][A-Za-z0-9]{1,30}));")
"""A character reference of HTML; the named ones are those of `html.entities`."""


def entities(text: str) -> Iterator["re.Match[str]"]:
    """Yield the character references of HTML in a text, quoted ones left out."""
    for found in ENTITY.finditer(text):
        named = found["name"]
        quoted = text[found.start() - 1 : found.start()] in {"`", "'", '"', "“", "‘", "("} and found.start()
        if not quoted and (named is None or f"{named};" in html.entities.html5):
            yield found


def _entity(text: str) -> str | None:
    return next((found[0] for found in entities(text)), None)


def _preamble(text: str) -> str | None:
    found = PREAMBLE.match(text) or AGREEMENT.match(text)
    return found[0] if found else None


def _closing(text: str) -> str | None:
    return text.rstrip()[-60:] if has_closing(text) else None


def _list(text: str) -> str | None:
    found = INLINE_LIST.match(text) or (_LISTED.search(text) if "\n" in text else None)
    return found[0] if found else None


_FREE = r"(?<![`'\"“‘«(])"
TAGS = re.compile(
    rf"{_FREE}</?(?:br|hr|p|div|span|b|i|u|em|strong|h[1-6]|ul|ol|li|a|sup|sub|table|tr|td|th|font|blockquote)"
    rf"(?:\s[^<>]{{0,200}}|\s?/)?>",
    re.IGNORECASE,
)
TAGGED = re.compile(
    rf"{_FREE}<(?P<tag>p|div|span|b|i|u|em|strong|h[1-6]|ul|ol|li|a|sup|sub|td|tr|font|blockquote)"
    rf"(?:\s[^<>]{{0,200}})?>(?=\S)[^<>]{{0,400}}(?<=\S)</(?P=tag)>"
    rf"|{_FREE}<br\s?/?>|(?:\A|\n)\s?<(?:p|div|ul|ol|li|h[1-6])(?:\s[^<>]{{0,200}})?>",
    re.IGNORECASE,
)
BULLET = re.compile(r"^[^\S\n]{0,8}(?:[-*+•‣◦▪–—]|\(?\d{1,2}[.)])[^\S\n]+(?=\S)", re.MULTILINE)
_LISTED = re.compile(
    r"(?:^|\n)[^\S\n]{0,8}(?:[-*+•‣◦▪]|\(?1[.)])[^\S\n]+\S[^\n]*\n\s{0,8}(?:[-*+•‣◦▪]|\(?2[.)])[^\S\n]+\S"
)
INLINE_LIST = re.compile(r"\s*\(?1[.)]\s(?=[^\n]{1,2000}?[.!?;:,…。！？]\s\(?2[.)]\s)|\s*[•‣◦▪]\s")
HEADING = re.compile(r"^[^\S\n]{0,3}(?:#{2,6}[^\S\n]+(?=\S)|#[^\S\n]+(?=[^\n]{1,80}\n))", re.MULTILINE)
BOLD = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*\n]{1,300})(?<=\S)\*\*(?![\w*])")
CITED = re.compile(r"【\d{1,3}[†:][^】\n]{0,60}】|:contentReference\[oaicite:\d+\](?:\{index=\d+\})?")
BRACKETS = {"LRB": "(", "RRB": ")", "LSB": "[", "RSB": "]", "LCB": "{", "RCB": "}"}
BRACKET = re.compile(r"-(?P<name>[lr][rsc]b)-", re.IGNORECASE)
SUBWORD = re.compile(r"(?<=[a-z.,;:])Ġ(?=[A-Za-z])|Ċ(?=\w)|▁(?=\w)|(?<=\w) ##(?=[^\W\d_])|(?<=\w)@@ (?=\w)")
"""Marks of tokenizers that were joined without their decoder: byte-level, sentencepiece, WordPiece, subword-nmt."""

_MOJIBAKE = re.compile("â€™|â€œ|â€“|â€”|â€¦|Ã©|Ã¨|Ã¼|Ã¶|Ã¤|Ã±|Ã³|Ã¡|Ã§|ï¿½|Ð°Ð|Ñ‚Ð")

KINDS: tuple[MarkKind, ...] = (
    MarkKind("thoughts", _containing("<[◁", _thought)),
    MarkKind("special tokens of a model", _containing("<[_", _anywhere(SPECIAL)), in_documents=True),
    MarkKind("marks of a tokenizer", _containing("ĠĊ▁#@", _anywhere(SUBWORD)), in_documents=True),
    *(
        MarkKind(
            f"sentence marks {shown}",
            _containing((shown, shown.replace("<", "</")), _anywhere(re.compile(rf"{_FREE}{pattern}"))),
            f"--sentences {name}",
            f"--sentences {name}",
            in_documents=True,
        )
        for shown, pattern, name in (("<n>", "<n>", "n"), ("<q>", "<q>", "q"), ("<t>", "</?t>", "t"))
    ),
    MarkKind(
        "marks between sentences",
        _containing("[<|#_", _anywhere(re.compile(rf"{_FREE}(?:{SEPARATORS})"))),
        "--sentences sep",
        "--sentences sep",
        in_documents=True,
    ),
    MarkKind(
        "line breaks written as \\n",
        _containing("\\", _anywhere(BREAK)),
        "--clean, or --sentences escaped",
        "--sentences escaped",
        in_documents=True,
    ),
    MarkKind("a code fence", _at_start(re.compile(rf"(?!\s*\Z){FENCE.pattern}"))),
    MarkKind("a JSON object around the text", _containing("{[", _at_start(JSON_START))),
    MarkKind("an announcement", _preamble),
    MarkKind("a word to the reader", _closing),
    MarkKind("HTML character references", _containing("&", _entity), in_documents=True),
    MarkKind("HTML tags", _containing(">", _anywhere(TAGGED)), in_documents=True),
    MarkKind("brackets as the Penn Treebank writes them", _containing("-", _anywhere(BRACKET)), in_documents=True),
    MarkKind("Markdown headings", _containing("#", _anywhere(HEADING))),
    MarkKind("Markdown bold", _containing("*", _anywhere(BOLD))),
    MarkKind("lists", _list),
    MarkKind("citation marks", _containing("【[", _anywhere(CITED))),
    MarkKind(
        "wrongly decoded letters",
        _containing("âÃÐÑï", _anywhere(_MOJIBAKE)),
        "save the file anew as UTF-8",
        "save the file anew as UTF-8",
        in_documents=True,
    ),
)
"""All kinds, in the order in which notes name them."""


def marks_in(text: str, *, document: bool = False) -> dict[str, str]:
    """Return the first mark of each kind that a text holds, by the kind's name; in a document, of fewer kinds."""
    kinds = KINDS if not document else DOCUMENT_KINDS
    return {kind.name: found for kind in kinds if (found := kind.find(text)) is not None}


DOCUMENT_KINDS = tuple(kind for kind in KINDS if kind.in_documents)
BY_NAME = {kind.name: kind for kind in KINDS}
