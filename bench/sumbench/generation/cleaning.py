"""Reads what a model has written: its thoughts apart, what is wrapped around the summary taken off."""

from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

from sumbench.marks.thoughts import Thoughts
from sumbench.marks.thoughts import split_thoughts
from sumbench.marks.wrappers import unwrapped

UNFINISHED = "the model was still thinking when its tokens were used up: give more max_new_tokens="
"""Why a thought that never ended is no summary."""


class Written(NamedTuple):
    """What a model has written: all of it (`raw`), the summary in it (`text`), and where the `thoughts` stand in it.

    `stopped` tells whether the stop string came; `unwrapped` whether something was taken off around the summary.
    """

    raw: str
    text: str
    thoughts: Thoughts
    stopped: bool
    unwrapped: bool

    @property
    def kept(self) -> str | None:
        """The raw text, where thoughts or wrappers were taken off it; None where it is the summary."""
        return self.raw if self.thoughts.spans or self.unwrapped else None

    @property
    def thought(self) -> str:
        """The thoughts, one block after the other, with their tags."""
        return "".join(self.raw[start:end] for start, end in self.thoughts.spans)

    @property
    def nothing(self) -> str:
        """Why there is no summary in it; "" where there is one."""
        if self.thoughts.unfinished:
            return UNFINISHED
        if self.text.strip():
            return ""
        if self.thoughts.spans:
            return "the model wrote its thoughts and no summary: give more max_new_tokens="
        return "the model wrote nothing but a preamble" if self.raw.strip() else "the model wrote nothing"


def read_written(raw: str, *, clean: bool, stop: str = "") -> Written:
    """Read what a model has written, up to the first `stop` string behind its thoughts.

    Thoughts are never summary. With `clean`, what is wrapped around the summary is taken off, too: an announcement
    ("Here is a summary:"), a code fence, a JSON object, quotation marks, a word to the reader at the end.
    """
    thoughts = split_thoughts(raw)
    summary = cut_at_stop(thoughts.text, stop)
    text = unwrapped(summary) if clean and not thoughts.unfinished else summary
    return Written(raw, text, thoughts, bool(stop) and stop in thoughts.text, text.strip() != summary.strip())


def cut_at_stop(written: str, stop: str) -> str:
    """Return a text up to the first `stop` string in it; all of it where `stop` is empty or absent."""
    return written.partition(stop)[0] if stop else written


def count_thought_tokens(
    thoughts: Thoughts, tokens: Sequence[int], decode: Callable[[list[int]], str], begun: int = 0
) -> int:
    """Return how many of the `tokens` of a text are thoughts; the prompt has written the first `begun` characters."""
    sizes = range(len(tokens) + 1)

    def length(size: int) -> int:
        return begun + len(decode(list(tokens[:size])))

    def inside(start: int, end: int) -> int:
        before = 0 if start <= begun else bisect_right(sizes, start, key=length) - 1
        return min(bisect_left(sizes, end, key=length), len(tokens)) - before

    if thoughts.unfinished and len(thoughts.spans) == 1 and not thoughts.text:
        return len(tokens)
    return sum(inside(start, end) for start, end in thoughts.spans)
