"""Fractions in words: half of the members, a third, two thirds, half a million."""

from collections.abc import Sequence
from typing import Final

from sumbench.metrics.support.mentions import Mention
from sumbench.metrics.support.numerals import LINKS
from sumbench.metrics.support.numerals import Numeral
from sumbench.metrics.support.tokens import Token
from sumbench.metrics.support.units import PERCENT
from sumbench.metrics.support.units import units
from sumbench.metrics.support.words import DETERMINERS
from sumbench.metrics.support.words import HEDGES
from sumbench.metrics.support.words import PARTS
from sumbench.metrics.support.words import SCALES

_ARTICLES: Final = frozenset({"a", "an"})
_BEFORE_A_PART: Final = _ARTICLES | {"about", "almost", "nearly", "over"}
_MANY_MEANINGS: Final = 4
"""Halves and quarters are also those of a match or a year."""
_HEDGED_WITHIN: Final = 4


class FractionFinder:
    """Finds the fractions among the tokens of a text; the numbers that belong to them are added to `taken`."""

    def __init__(self, text: str, tokens: Sequence[Token], numbers: Sequence[Numeral], taken: set[int]) -> None:
        """Take the text as it was cut up, and the first tokens of numbers that are something else."""
        self._text = text
        self._tokens = tokens
        self._by_last = {number.last: number for number in numbers}
        self._taken = taken

    def find(self, marked: Sequence[int]) -> list[Mention]:
        """Return the fractions at some of the tokens; those that may be something else only support others."""
        return [
            self._scaled(index) or self._fraction(index)
            for index in marked
            if self._tokens[index].folded in PARTS and index not in self._taken
        ]

    def _word(self, index: int) -> str:
        return self._tokens[index].folded if 0 <= index < len(self._tokens) else ""

    def _scaled(self, index: int) -> Mention | None:
        """Return the number that half a million is."""
        scale = SCALES.get(self._word(index + 2), 0.0)
        if self._word(index) != "half" or self._word(index + 1) not in _ARTICLES or not scale:
            return None
        self._taken.add(index + 2)
        return Mention(self._tokens[index].start, self._tokens[index + 2].end, "number", (scale / 2,), step=scale / 2)

    def _fraction(self, index: int) -> Mention:
        token = self._tokens[index]
        part, plural, behind = PARTS[token.folded], token.folded.endswith("s"), self._word(index + 1)
        start, count = token.start, 1.0
        judged = behind == "of" and self._word(index - 1) in _BEFORE_A_PART
        before = self._by_last.get(index - 1)
        counted = (
            before is not None
            and before.first not in self._taken
            and self._text[self._tokens[index - 1].end : start] in LINKS
            and (plural or before.values == (1.0,))
            and not before.ordinal
        )
        if before is not None and counted:
            start, count = self._tokens[before.first].start, before.values[0]
            judged = part > _MANY_MEANINGS or plural or behind in DETERMINERS
            self._taken.add(before.first)
        if judged or behind == "of":
            # A third of them is no ordinal.
            self._taken.add(index)
        hedged = any(self._word(place) in HEDGES for place in range(index - _HEDGED_WITHIN, index))
        share = count / part
        return Mention(
            start,
            token.end,
            "percent",
            (100 * share, share),
            units()[0][PERCENT],
            fraction=True,
            judged=judged,
            hedged=hedged,
        )
