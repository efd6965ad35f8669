"""Tells whether a text ends in the middle of a sentence."""

import unicodedata
from functools import lru_cache

import regex

from sumbench.languages import base

WITHOUT_MARKS = frozenset({"th", "lo", "bo", "dz"})
"""Languages that set no mark, or one that Unicode does not count as such, at the end of a sentence."""

_END = regex.compile(r"[\p{Sentence_Break=STerm}\p{Sentence_Break=ATerm}…]")
_EMPHASIS = "*_`~\"'"
_BEHIND = frozenset({"Pe", "Pf", "Pi", "So", "Mn", "Cf", "Zs", "Zl", "Zp", "Cc"})
"""Categories of characters that may stand behind a mark: brackets and quotation marks that close, emoji, blanks."""


def is_cut_off(text: str, language: str) -> bool | None:
    """Tell whether a text lacks the mark that ends its last sentence (.!?… and their like); None where none is set.

    Closing quotation marks, brackets, emphasis and emoji may stand behind the mark.
    """
    if base(language) in WITHOUT_MARKS:
        return None
    for character in reversed(text):
        if _ends(character):
            return False
        if not _may_follow(character):
            return True
    return True


@lru_cache(maxsize=4096)
def _ends(character: str) -> bool:
    return _END.match(character) is not None


@lru_cache(maxsize=4096)
def _may_follow(character: str) -> bool:
    return character in _EMPHASIS or unicodedata.category(character) in _BEHIND
