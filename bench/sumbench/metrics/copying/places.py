"""Where in a text words stand that a tokenizer found in it."""

import re
from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from sumbench.rouge import WordTokenizer
from sumbench.rouge.tokens import ASCII

# A narrow blank joins the digits of a number to one word.
_RUN = re.compile("(?:\\S|\u202f)+")
_ASCII_WORD = re.compile("[a-z0-9]+")


@dataclass(frozen=True)
class Places:
    """The places of a text's words, as a tokenizer finds them; none of them holds a blank."""

    text: str
    tokenizer: WordTokenizer

    @property
    def tokenize(self) -> Callable[[str], Sequence[str]]:
        """Find the words of a text."""
        return self.tokenizer.tokenize

    def span(self, first: int, number: int) -> tuple[int, int]:
        """Return the characters (start, end) in which so many words stand, from the word `first` on."""
        if self._ascii:
            return self._ascii[first][0], self._ascii[first + number - 1][1]
        return self._place(first + 1)[0], self._place(first + number)[1]

    @cached_property
    def _ascii(self) -> list[tuple[int, int]]:
        """The places of words that are runs of a-z and 0-9, which are found at once; else empty."""
        small = self.text.lower()
        if self.tokenizer.words != ASCII or len(small) != len(self.text):
            return []
        return [word.span() for word in _ASCII_WORD.finditer(small)]

    @cached_property
    def _runs(self) -> list[tuple[int, str]]:
        return [(run.start(), run[0]) for run in _RUN.finditer(self.text)]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(self.tokenize(run)) for _, run in self._runs))

    def _place(self, number: int) -> tuple[int, int]:
        """Return the characters in which the word of this number (from 1) stands."""
        at = min(bisect_left(self._ends, number), len(self._runs) - 1)
        offset, run = self._runs[at]
        inside = number - (self._ends[at - 1] if at else 0)
        sizes = range(len(run) + 1)

        def count(size: int) -> int:
            return len(self.tokenize(run[:size]))

        # The word begins with the letter that makes one word more, and ends before the letter that makes another.
        start = bisect_left(sizes, inside, key=count) - 1
        end = min(bisect_left(sizes, inside + 1, key=count), len(run) + 1) - 1
        while end > start and not run[end - 1].isalnum() and self.tokenize(run[: end - 1]) == self.tokenize(run[:end]):
            end -= 1
        return offset + max(0, start), offset + end
