"""Cuts generated text to its length budget, without an incomplete sentence where possible."""

import re

from sumbench.fragments import CLOSERS
from sumbench.fragments import END_MARKS
from sumbench.fragments import without_last_marker
from sumbench.fragments import wrapped_parts
from sumbench.length import Length
from sumbench.sentences import one_a_line
from sumbench.sentences import split
from sumbench.sentences import words

PAIRS = ("“”", "«»", "()", "[]", "「」", "『』", "《》")
_LOOKS = 512
_OPENS = re.compile(r"(?<!\S)['‘]")
_CLOSES = re.compile(r"\S['’](?!\w)")


def trim_to_budget(written: str, length: Length, *, cut: bool, language: str = "en") -> str:
    """Return the first sentences of what a model has written, one a line: as many as are within the budget.

    `cut` says that generation stopped before the model had ended: then an incomplete last sentence is dropped, unless
    it is the only one, and so is the number of a list's next item.
    """
    parts = split(without_last_marker(written) if cut else written, language)
    kept = length.kept(parts)
    if cut and 1 < kept == len(parts) and not ends_sentence(parts[-1]):
        kept -= 1
    return one_a_line(parts[:kept])


def fills_budget(written: str, length: Length, language: str = "en") -> bool:
    """Tell whether a text holds all the sentences that the budget has room for, and further text cannot change them.

    That takes two words of a further sentence, since only what follows shows where a sentence ends; and no quotation or
    bracket may be open, since its end can still join its content to one sentence. Nor may all of it be one quotation,
    which is one sentence again if something follows it.
    """
    parts = split(without_last_marker(written), language)
    rest = parts[length.kept(parts) :]
    return words("".join(rest)) > 1 and not _has_open_quotation(written) and not wrapped_parts(written)


def is_due(tokens: int) -> bool:
    """Tell whether what a model has written is to be looked at after so many tokens, to see whether it is enough.

    It is after each of the first thousand, and then after every 512th part of them: looking takes as long as the text,
    and a text looked at after each of its tokens would take time in the square of its length.
    """
    return tokens % max(tokens // _LOOKS, 1) == 0


def _has_open_quotation(text: str) -> bool:
    """Tell whether a quotation or a bracket is still open at the end of a text; apostrophes do not count."""
    single = len(_OPENS.findall(text)) > len(_CLOSES.findall(text))
    return single or text.count('"') % 2 == 1 or any(text.count(pair[0]) > text.count(pair[1]) for pair in PAIRS)


def ends_sentence(sentence: str) -> bool:
    """Tell whether a sentence ends with an end mark, ignoring closing quotation marks and brackets after it."""
    return sentence.rstrip(CLOSERS).endswith(END_MARKS)
