"""Cuts generated text to its length budget, without an incomplete sentence where possible."""

import re

from sumbench.length import Length
from sumbench.sentences import split

CLOSERS = "\"')]}»”’"
PAIRS = ("“”", "«»", "()", "[]")
END_MARKS = (".", "!", "?", "…", "。", "！", "？", "।", "۔")


def trim_to_budget(written: str, length: Length, *, cut: bool, language: str = "en") -> str:
    """Return the first sentences of what a model has written, one a line: as many as are within the budget.

    `cut` says that generation stopped before the model had ended: then an incomplete last sentence is dropped, unless
    it is the only one.
    """
    parts = split(written, language)
    kept = length.kept(parts)
    if cut and 1 < kept == len(parts) and not ends_sentence(parts[-1]):
        kept -= 1
    return "\n".join(parts[:kept])


def fills_budget(written: str, length: Length, language: str = "en") -> bool:
    """Tell whether a text holds all the sentences that the budget has room for, and further text cannot change them.

    That takes two words of a further sentence, since only what follows shows where a sentence ends; and no quotation or
    bracket may be open, since its end can still join its content to one sentence.
    """
    parts = split(written, language)
    rest = parts[length.kept(parts) :]
    return len("".join(rest).split()) > 1 and not _has_open_quotation(written)


def _has_open_quotation(text: str) -> bool:
    """Tell whether a quotation or a bracket is still open at the end of a text; apostrophes do not count."""
    single = len(re.findall(r"(?<!\S)['‘]", text)) > len(re.findall(r"\S['’](?!\w)", text))
    return single or text.count('"') % 2 == 1 or any(text.count(pair[0]) > text.count(pair[1]) for pair in PAIRS)


def ends_sentence(sentence: str) -> bool:
    """Tell whether a sentence ends with an end mark, ignoring closing quotation marks and brackets after it."""
    return sentence.rstrip(CLOSERS).endswith(END_MARKS)
