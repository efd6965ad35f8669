"""Cleans summaries made elsewhere of what models leave in them: all that `--clean` does."""

import html
import re

from sumbench.marks.kinds import BOLD
from sumbench.marks.kinds import BRACKET
from sumbench.marks.kinds import BRACKETS
from sumbench.marks.kinds import BULLET
from sumbench.marks.kinds import CITED
from sumbench.marks.kinds import HEADING
from sumbench.marks.kinds import INLINE_LIST
from sumbench.marks.kinds import SUBWORD
from sumbench.marks.kinds import TAGGED
from sumbench.marks.kinds import TAGS
from sumbench.marks.kinds import entities
from sumbench.marks.separators import BREAK
from sumbench.marks.thoughts import split_thoughts
from sumbench.marks.tokens import SPECIAL
from sumbench.marks.wrappers import unwrapped

_LINE_TAG = re.compile(r"</?(?:br|p|div|li|h[1-6]|tr|blockquote)\b", re.IGNORECASE)
_FENCE_LINE = re.compile(r"^[^\S\n]{0,3}(?:```+|~~~+)[^\n`]{0,40}$\n?", re.MULTILINE)
_ITEM = re.compile(r"(?:^|(?<=\s))\(?(?P<number>\d{1,2})[.)]\s(?=\S)")


def cleaned(text: str) -> str:
    r"""Return a summary without thoughts, special tokens, wrappers and marks; "" for a thought that never ended.

    Announcements, code fences and JSON objects around it go, and so do special tokens of models, marks of tokenizers,
    list marks, Markdown's signs of headings and bold, and HTML tags; HTML character references, brackets as the Penn
    Treebank writes them and line breaks written as `\\n` become what they stand for. A text without any is not touched.
    Sentence marks (`<q>`, `<n>`, `<t>`) stay: a sentence convention reads them.
    """
    thoughts = split_thoughts(text)
    if thoughts.unfinished:
        return ""
    bare = BREAK.sub("\n", thoughts.text) if "\\" in thoughts.text else thoughts.text
    bare = unwrapped(SPECIAL.sub(" ", bare) if SPECIAL.search(bare) else bare)
    for step in (_without_tags, _without_entities, _without_markdown, _without_lists, _without_leftovers):
        bare = step(bare)
    return text if bare.strip() == text.strip() else bare.strip()


def _without_tags(text: str) -> str:
    # A text that speaks of tags has no words between them.
    held = "<" in text and TAGGED.search(text)
    return TAGS.sub(lambda tag: "\n" if _LINE_TAG.match(tag[0]) else "", text) if held else text


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    pieces, end = [], 0
    for found in entities(text):
        pieces += [text[end : found.start()], html.unescape(found[0])]
        end = found.end()
    return "".join([*pieces, text[end:]]).replace("\xa0", " ") if pieces else text


def _without_markdown(text: str) -> str:
    text = _FENCE_LINE.sub("", text) if "```" in text or "~~~" in text else text
    return BOLD.sub(r"\1", HEADING.sub("", text))


def _without_lists(text: str) -> str:
    if INLINE_LIST.match(text) and "\n" not in text.strip():
        return _without_numbers(text)
    return BULLET.sub("", text) if len(BULLET.findall(text)) > 1 else text


def _without_numbers(text: str) -> str:
    """Break a list in one line into lines without their numbers or bullets; only 1, 2, 3 … are numbers."""
    if not text.lstrip()[0].isdigit() and not text.lstrip().startswith("("):
        return "\n".join(filter(None, (part.strip() for part in re.split(r"[•‣◦▪]\s", text))))
    pieces, end, wanted = [], 0, 1
    for found in _ITEM.finditer(text):
        if int(found["number"]) == wanted:
            pieces.append(text[end : found.start()].strip())
            end, wanted = found.end(), wanted + 1
    return "\n".join(filter(None, [*pieces, text[end:].strip()]))


def _without_leftovers(text: str) -> str:
    text = CITED.sub("", text)
    if "-" in text:
        text = BRACKET.sub(lambda found: BRACKETS[found["name"].upper()], text)
    return SUBWORD.sub(lambda mark: " " if mark[0].strip() in {"Ġ", "Ċ", "▁"} else "", text)
