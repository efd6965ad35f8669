"""Documents longer than a model can read: which part of them it is given, and how often it is asked.

Each strategy is a dialogue: it yields the texts that the model is to summarize, is sent their summaries, and returns
the last of them with what was seen of the document.
"""

from collections.abc import Callable
from collections.abc import Generator
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
"""What stands between the two parts that `head-tail` keeps."""


class InputWindow(Protocol):
    """A model's way of reading: its tokens, and what it has room for."""

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return each token's first and last character offset in a document's text."""

    def fits(self, text: str) -> bool:
        """Tell whether the model has room for a document's text, with all that stands around it."""


class ModelInput(InputWindow, Protocol):
    """The reading of a model that is at hand, and takes numbers."""

    def ids(self, text: str) -> list[int]:
        """Return the tokens of the model's whole input for a document's text."""


class DialogueResult(NamedTuple):
    """The summary of a document, the document's tokens, and how many of them the model saw."""

    summary: str
    input_tokens: int
    seen_tokens: int


Dialogue = Generator[list[str], list[str], DialogueResult]
Strategy = Callable[[InputWindow, str, int, str], Dialogue]


def start_dialogue(strategy: str, reader: InputWindow, text: str, limit: int, language: str = "en") -> Dialogue:
    """Return the dialogue about a document: of its `text`, at most `limit` tokens are given to the model at a time."""
    return STRATEGIES[strategy](reader, text, limit, language)


def check_strategy(strategy: str) -> None:
    """Raise UsageError for a name that is no strategy."""
    if strategy not in STRATEGIES:
        raise unknown("strategy for long documents (long=…)", strategy, list(STRATEGIES))


def _truncate(reader: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model the beginning."""
    fit = keep_head(text, reader.spans(text), limit, reader.fits)
    (summary,) = yield [fit.text]
    return DialogueResult(summary, fit.input_tokens, fit.seen_tokens)


def _head_tail(reader: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model the beginning and the end, half of its room each (Sun et al. 2019, "head+tail")."""
    fit = keep_head_and_tail(text, reader.spans(text), limit, reader.fits)
    (summary,) = yield [fit.text]
    return DialogueResult(summary, fit.input_tokens, fit.seen_tokens)


def _none(reader: InputWindow, text: str, limit: int, _language: str) -> Dialogue:
    """Give the model all of it, or fail."""
    tokens = len(reader.spans(text))
    if tokens > limit or not reader.fits(text):
        raise SummarizerError(f"the document has {tokens} tokens, the model reads {limit} (long=none)")
    (summary,) = yield [text]
    return DialogueResult(summary, tokens, tokens)


def _chunk(reader: InputWindow, text: str, limit: int, language: str) -> Dialogue:
    """Give the model one chunk after the other, then the joined summaries, again while they are too long."""
    whole = length = len(reader.spans(text))
    while True:
        parts = chunks(reader, text, limit, language)
        summaries = yield parts
        if len(parts) == 1:
            return DialogueResult(summaries[0], whole, whole)
        text = "\n".join(summaries)
        before, length = length, len(reader.spans(text))
        if length >= before:
            raise SummarizerError(
                f"the summaries of {len(parts)} chunks are no shorter than the chunks "
                f"({length} tokens of {before}): allow fewer new tokens"
            )


STRATEGIES: dict[str, Strategy] = {"truncate": _truncate, "head-tail": _head_tail, "chunk": _chunk, "none": _none}


def keep_head_and_tail(
    text: str, spans: Sequence[tuple[int, int]], limit: int, fits: Callable[[str], bool]
) -> FittedText:
    """Keep the beginning and the end of a text, together as many of its tokens as `limit` allows and `fits` confirms.

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


def chunks(reader: InputWindow, text: str, limit: int, language: str = "en") -> list[str]:
    """Cut a text at the ends of sentences into chunks of about the same size, none of more than `limit` tokens.

    They hold all of the text; a sentence that does not fit by itself is cut at the ends of tokens.
    """
    spans = reader.spans(text)
    if _within(reader, text, limit):
        return [text]
    share = ceil(len(spans) / ceil(len(spans) / limit))
    made: list[str] = []
    start = end = 0
    full = True
    for piece_start, piece_end in _pieces(reader, text, limit, language):
        if not full and not _within(reader, text[start:piece_end], limit):
            made.append(text[start:end])
            full = True
        if full:
            start = piece_start
        end = piece_end
        full = len(reader.spans(text[start:end])) >= share
        if full:
            made.append(text[start:end])
    return made if full else [*made, text[start:end]]


def _within(reader: InputWindow, text: str, limit: int) -> bool:
    return len(reader.spans(text)) <= limit and reader.fits(text)


def _pieces(reader: InputWindow, text: str, limit: int, language: str) -> list[tuple[int, int]]:
    """Return the bounds of a text's sentences; of one that does not fit, those of its parts."""
    bounds = []
    place = 0
    for sentence in split(text, language):
        start = text.find(sentence, place)
        if start < 0:
            continue
        place = start + len(sentence)
        if _within(reader, sentence, limit):
            bounds.append((start, place))
            continue
        rest = 0
        while rest < len(sentence):
            # A blank at the front can be a token less than none.
            rest += len(sentence[rest:]) - len(sentence[rest:].lstrip())
            fit = keep_head(sentence[rest:], reader.spans(sentence[rest:]), limit, reader.fits)
            # At least one character, or a text without tokens would never end.
            step = max(len(fit.text), 1)
            bounds.append((start + rest, start + rest + step))
            rest += step
    return bounds
