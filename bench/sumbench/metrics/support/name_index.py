"""The names of a source text, and what they support."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final

from sumbench.metrics.support.names import INFLECTS_NAMES
from sumbench.metrics.support.names import Name
from sumbench.metrics.support.tokens import Token
from sumbench.metrics.support.tokens import fold
from sumbench.metrics.support.words import NAME_ENDINGS
from sumbench.metrics.support.words import SAME

_LEAST_STEM: Final = 4
_LEAST_SHORT_FORM: Final = 3
_LEAST_ACRONYM: Final = 2
_LEAST_PART: Final = 5
_SKIPPED: Final = frozenset({"of", "the", "and", "for", "in", "on", "to", "de", "a"})


class NameIndex:
    """The words of a source, and the names among them, for looking up those of summaries."""

    def __init__(self, text: str, tokens: Sequence[Token], language: str) -> None:
        """Take the source's text and tokens; all else is prepared when it is first needed."""
        self._text = text
        self._tokens = tokens
        self._inflects = language in INFLECTS_NAMES
        self.words = {token.folded for token in tokens}

    @cached_property
    def capitalised(self) -> dict[str, Token]:
        """The capitalised words by their folded forms, each with where it first stands."""
        found: dict[str, Token] = {}
        for token in self._tokens:
            if token.text != token.text.lower():
                found.setdefault(token.folded, token)
        return found

    @cached_property
    def _acronyms(self) -> set[str]:
        """The words in capitals alone, without their full stops."""
        return {token.folded.replace(".", "") for token in self._tokens if token.text.isupper() and len(token.text) > 1}

    @cached_property
    def _lower(self) -> str:
        return fold(self._text)

    @cached_property
    def _joined(self) -> set[str]:
        """The words, and every two neighbours as one: face book, auto-encoder."""
        folded = [token.folded for token in self._tokens]
        return {*folded, *(first + second for first, second in pairwise(folded))}

    @cached_property
    def _initials(self) -> tuple[str, str]:
        """The first letters of the capitalised words, with a blank where others stand between, and of all words."""
        kept = [token for token in self._tokens if token.folded not in _SKIPPED and token.text[0].isalpha()]
        capital = "".join(token.folded[0] if token.text[0].isupper() else " " for token in kept)
        return capital, "".join(token.folded[0] for token in kept)

    def unsupported(self, name: Name) -> list[Token]:
        """Return the words of a name that the source does not have in any form."""
        missing = [word for word in name.words if word.folded not in self.words]
        if not missing:
            return []
        if len(name.words) > 1:
            letters = [word.folded for word in name.words]
            if "".join(word[0] for word in letters) in self._acronyms or "".join(letters) in self._joined:
                return []
        return [word for word in missing if not self._has(word, uncertain=name.uncertain)]

    def _has(self, token: Token, *, uncertain: bool) -> bool:
        word = token.folded.replace(".", "")
        if word in self.words or word in self._joined or any(self._is_of(word, part) for part in self._pieces(word)):
            return True
        if len(word) >= _LEAST_PART and word in self._lower:
            return True
        if token.text[:-1].isupper() or "." in token.text:
            capital, every = self._initials
            dotted = "".join(f"{letter}." for letter in word)
            if dotted in self.words or word in capital or (len(word) > _LEAST_ACRONYM and word in every):
                return True
            if len(word) > _LEAST_ACRONYM and word[-1] == "s" and self._has_acronym(word[:-1]):
                return True
        if any(_related(word, other, inflects=self._inflects) for other in self.capitalised):
            return True
        return uncertain and any(_has_ending(word, other) for other in self.words)

    def _has_acronym(self, word: str) -> bool:
        return word in self.words or word in self._initials[0]

    def _pieces(self, word: str) -> list[frozenset[str]]:
        return [group for group in SAME if word in group]

    def _is_of(self, word: str, group: frozenset[str]) -> bool:
        return word in group and not self.words.isdisjoint(group)

    def nearest(self, words: Sequence[Token], name: Name) -> Token | None:
        """Return the source's name most like these words of a name: one that stands beside the others, or is alike."""
        from difflib import SequenceMatcher

        wanted = words[0].folded
        best, closest = 0.6, None
        for folded, token in self.capitalised.items():
            matcher = SequenceMatcher(None, wanted, folded, autojunk=False)
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and matcher.ratio() > best:
                best, closest = matcher.ratio(), token
        if closest is not None or len(name.words) == 1:
            return closest
        known = next((word for word in name.words if word.folded in self.capitalised), None)
        return self.capitalised[known.folded] if known else None


def _related(word: str, other: str, *, inflects: bool) -> bool:
    """Tell whether two words are forms of one name: its short form, what is made of it, or another ending of it."""
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= _LEAST_SHORT_FORM and longer.startswith(shorter):
        return True
    if not inflects:
        return _has_ending(word, other)
    shared = _shared(word, other)
    return shared >= _LEAST_SHORT_FORM and len(longer) - shared <= _LEAST_SHORT_FORM


def _has_ending(word: str, other: str) -> bool:
    """Tell whether two words differ only by endings as names and common words have them."""
    if word[0] != other[0]:
        return False
    shared = _shared(word, other)
    return shared >= _LEAST_STEM and word[shared:] in NAME_ENDINGS and other[shared:] in NAME_ENDINGS


def _shared(word: str, other: str) -> int:
    """Return how many letters two words begin with in common."""
    return next(
        (index for index, (own, its) in enumerate(zip(word, other, strict=False)) if own != its),
        min(len(word), len(other)),
    )
