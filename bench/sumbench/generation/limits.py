"""Truncates documents to a model's context."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

from sumbench.errors import SummarizerError


class FittedText(NamedTuple):
    """A document cut to fit: the text that is left, the document's tokens, and how many of them are in the text."""

    text: str
    input_tokens: int
    seen_tokens: int


def document_token_limit(name: str, context: int, prompt_tokens: int, max_new_tokens: int) -> int:
    """Return how many tokens of a document fit into the context beside the prompt and the output.

    Raises SummarizerError when none do.
    """
    left = context - prompt_tokens - max_new_tokens
    if left < 1:
        msg = (
            f"{name}: its context of {context} tokens has no room for a document beside the prompt "
            f"({prompt_tokens}) and the summary (max_new_tokens={max_new_tokens})"
        )
        raise SummarizerError(msg)
    return left


def keep_head(text: str, spans: Sequence[tuple[int, int]], limit: int, fits: Callable[[str], bool]) -> FittedText:
    """Keep the beginning of a text: as many of its tokens as the `limit` allows and `fits` confirms.

    `spans` has each token's first and last character offset. Cutting a text can change how its last word is tokenized,
    and the prompt around it how its first is; therefore `fits` checks the result.
    """
    seen = min(limit, len(spans))
    kept = text if seen == len(spans) else text[: spans[seen - 1][1]]
    while not fits(kept) and seen > 1:
        seen -= 1
        kept = text[: spans[seen - 1][1]]
    return FittedText(kept, len(spans), seen)
