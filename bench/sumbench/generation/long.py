"""Strategies for documents longer than a model's context: truncate, head-tail, chunk, none.

Each strategy is a generator, a dialogue with the model: it yields the texts to summarize, is sent their summaries, and
returns the final summary with the token counts.
"""

from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple
from typing import Protocol

from sumbench.errors import SummarizerError
from sumbench.generation.limits import FittedText
from sumbench.generation.limits import keep_head
from sumbench.registry import unknown
from sumbench.sentences import split

HEAD_TAIL_SEPARATOR = "\n\n"
"""The separator of the two parts that `head-tail` keeps."""

AHEAD = 64
"""So many tokens more than a part of a sentence can have are read for it: where a text ends changes its last ones."""


class InputWindow(Protocol):
    """A model's input limit: splits text into tokens and tells what fits."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""

    def fits(self, text: str) -> bool:
        """Tell whether a document's text fits into the model's input, prompt included."""


class ModelInput(InputWindow, Protocol):
    """The input of a local model: a window that also encodes texts to token ids."""

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the model's whole input for a document's text."""


class DialogueResult(NamedTuple):
    """The final summary of a document, the document's tokens, and how many of them the model saw."""

    summary: str
    input_tokens: int
    seen_tokens: int


Dialogue = Generator[list[str], list[str], DialogueResult]
Strategy = Callable[[InputWindow, str, int, str], Dialogue]


def start_dialogue(strategy: str, window: InputWindow, text: str, limit: int, language: str = "en") -> Dialogue:
    """Return the dialogue about a document's `text`, of which the model gets at most `limit` tokens at a time."""
    return STRATEGIES[strategy](window, text, limit, language)


def check_strategy(strategy: str) -> None:
    """Raise UsageError for an unknown strategy."""
    if strategy not in STRATEGIES:
        raise unknown("strategy for long documents (long=…)", strategy, list(STRATEGIES))


def _truncate(window: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model the beginning."""
    fit = keep_head(text, window.spans(text), limit, window.fits)
    (summary,) = yield [fit.text]
    return DialogueResult(summary, fit.input_tokens, fit.seen_tokens)


def _head_tail(window: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model the beginning and the end, half of its room each (Sun et al. 2019, "head+tail")."""
    fit = keep_head_and_tail(text, window.spans(text), limit, window.fits)
    (summary,) = yield [fit.text]
    return DialogueResult(summary, fit.input_tokens, fit.seen_tokens)


def _none(window: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model all of it, or fail."""
    tokens = len(window.spans(text))
    if tokens > limit or not window.fits(text):
        raise SummarizerError(f"the document has {tokens} tokens, the model reads {limit} (long=none)")
    (summary,) = yield [text]
    return DialogueResult(summary, tokens, tokens)


def _chunk(window: InputWindow, text: str, limit: int, language: str) -> Dialogue:
    """Give the model one chunk after the other, then the joined summaries, again while they are too long."""
    whole = length = len(window.spans(text))
    while True:
        parts = chunks(window, text, limit, language)
        summaries = yield parts
        if len(parts) == 1:
            return DialogueResult(summaries[0], whole, whole)
        text = "\n".join(summaries)
        before, length = length, len(window.spans(text))
        if length >= before:
            raise SummarizerError(
                f"the summaries of {len(parts)} chunks are no shorter than the chunks "
                f"({length} tokens of {before}): allow fewer new tokens"
            )


STRATEGIES: dict[str, Strategy] = {"truncate": _truncate, "head-tail": _head_tail, "chunk": _chunk, "none": _none}


def keep_head_and_tail(
    text: str, spans: Sequence[tuple[int, int]], limit: int, fits: Callable[[str], bool]
) -> FittedText:
    """Keep the beginning and the end of a text: together as many of its tokens as `limit` allows and `fits` confirms.

    A text that fits is kept whole.
    """
    if len(spans) <= limit and fits(text):
        return FittedText(text, len(spans), len(spans))
    seen = min(limit, len(spans) - 1)
    while True:
        first, last = seen - seen // 2, seen // 2
        kept = text[: spans[first - 1][1]]
        if last:
            kept += HEAD_TAIL_SEPARATOR + text[spans[len(spans) - last][0] :].lstrip()
        if seen <= 1 or fits(kept):
            return FittedText(kept, len(spans), seen)
        seen -= 1


def chunks(window: InputWindow, text: str, limit: int, language: str = "en") -> list[str]:
    """Cut a text at sentence boundaries into chunks of about the same size, none of more than `limit` tokens.

    Together they hold all of the text; a sentence that does not fit alone is cut at token boundaries.
    """
    spans = window.spans(text)
    if _within(window, text, limit):
        return [text]
    share = ceil(len(spans) / ceil(len(spans) / limit))
    pieces = _pieces(window, text, limit, language)
    made: list[str] = []
    first = 0
    while first < len(pieces):
        start = pieces[first][0]

        def full(last: int, start: int = start) -> bool:
            """Tell whether a chunk has its share of the tokens with this last piece, or does not fit."""
            chunk = text[start : pieces[last][1]]
            return len(window.spans(chunk)) >= share or not window.fits(chunk)

        last = _first(full, first, len(pieces))
        if last == len(pieces) or (last > first and not _within(window, text[start : pieces[last][1]], limit)):
            last -= 1
        made.append(text[start : pieces[last][1]])
        first = last + 1
    return made


def _first(holds: Callable[[int], bool], start: int, end: int) -> int:
    """Return the first number from `start` on for which something `holds` that holds for all after it, too, else `end`.

    It looks near the start first: asking takes as long as the text up to there.
    """
    low = high = start
    step = 1
    while high < end and not holds(high):
        low, high, step = high + 1, high + step, 2 * step
    return bisect_left(range(end), True, low, min(high, end), key=holds)  # noqa: FBT003 - what is looked for


def _within(window: InputWindow, text: str, limit: int) -> bool:
    return len(window.spans(text)) <= limit and window.fits(text)


def _pieces(window: InputWindow, text: str, limit: int, language: str) -> list[tuple[int, int]]:
    """Return the character bounds of a text's sentences; for one that does not fit, those of its parts."""
    bounds = []
    position = 0
    for sentence in split(text, language):
        start = text.find(sentence, position)
        if start < 0:
            continue
        position = start + len(sentence)
        if _within(window, sentence, limit):
            bounds.append((start, position))
        else:
            bounds += [(start + first, start + last) for first, last in _parts(window, sentence, limit)]
    return bounds


def _parts(window: InputWindow, sentence: str, limit: int) -> Iterator[tuple[int, int]]:
    """Yield the character bounds of the parts of a sentence that does not fit."""
    ends = [end for _, end in window.spans(sentence)]
    first = 0
    while first < len(sentence):
        # Leading white space can change the number of tokens, so it is left out.
        first += len(sentence[first:]) - len(sentence[first:].lstrip())
        # What lies far behind the part need not be read for it.
        ahead = bisect_left(ends, first) + 2 * limit + AHEAD
        rest = sentence[first : ends[ahead] if ahead < len(ends) else None]
        fit = keep_head(rest, window.spans(rest), limit, window.fits)
        # At least one character, or the loop would never end on a text without tokens.
        last = first + max(len(fit.text), 1)
        yield first, last
        first = last
