"""Which sentences of two texts are the same, and which have a token in common: for texts of very many sentences."""

from typing import Final
from typing import NamedTuple

import numpy as np

from sumbench.rouge.blocks import Integers
from sumbench.rouge.lockstep import WORD_BITS
from sumbench.rouge.lockstep import Spans
from sumbench.rouge.lockstep import Words
from sumbench.rouge.lockstep import spread
from sumbench.rouge.lockstep import word_counts

_MOST_SHARED: Final = 1 << 24
"""More tokens in common than this are not listed: they would fill the memory."""


class Different(NamedTuple):
    """The different ones of some sentences.

    Attributes:
        numbers: The number of each, by its tokens' bytes, in ascending order.
        firsts: For each, the first sentence that it is.
        of_each: For each of the given sentences, the number of what it is.
    """

    numbers: dict[bytes, int]
    firsts: Integers
    of_each: Integers


def different(groups: Integers, starts: Integers, sentences: Integers) -> Different:
    """Return the different ones among `sentences`, which begin at the tokens `starts` of the row `groups`."""
    numbers: dict[bytes, int] = {}
    content, size = groups.tobytes(), groups.itemsize
    begins, ends = (starts[sentences] * size).tolist(), (starts[sentences + 1] * size).tolist()
    of_each = np.array(
        [numbers.setdefault(content[begin:end], len(numbers)) for begin, end in zip(begins, ends, strict=True)]
    )
    _, first = np.unique(of_each, return_index=True)
    return Different(numbers, sentences[first], of_each)


def full_words(lengths: Integers) -> Words:
    """Return for spans of these lengths the words in which all their positions are set, in a row."""
    widths = word_counts(lengths)
    owners, offsets = spread(widths)
    free = WORD_BITS - np.minimum(lengths[owners] - WORD_BITS * offsets, WORD_BITS)
    words: Words = np.uint64(2**64 - 1) >> free.astype(np.uint64)
    return words


def sharing(
    groups: Integers, starts: Integers, references: Integers, systems: Integers
) -> tuple[Integers, Integers] | None:
    """Return the pairs of sentences that have a token in common, None if there are too many to list.

    Args:
        groups: Numbers of tokens in a row, equal where tokens are.
        starts: Where each sentence begins in it.
        references: Some sentences.
        systems: Others.

    Returns:
        For each pair the index in `references`, ascending, and the sentence of `systems`.
    """
    mine, mine_tokens = _tokens(groups, starts, references)
    theirs, their_tokens = _tokens(groups, starts, systems)
    order = np.argsort(their_tokens, kind="stable")
    bounds = [np.searchsorted(their_tokens[order], mine_tokens, side=side) for side in ("left", "right")]
    shared = bounds[1] - bounds[0]
    if shared.sum() > _MOST_SHARED:
        return None
    occurrences, offsets = spread(shared)
    partners = theirs[order[bounds[0][occurrences] + offsets]]
    pairs = np.unique(mine[occurrences] * len(systems) + partners)
    return pairs // max(len(systems), 1), systems[pairs % max(len(systems), 1)]


def _tokens(groups: Integers, starts: Integers, sentences: Integers) -> tuple[Integers, Integers]:
    """Return the different tokens of each sentence: the index of the sentence, and the token."""
    spans = Spans(starts[sentences], starts[sentences + 1] - starts[sentences])
    owners, offsets = spread(spans.lengths)
    size = int(groups.max(initial=0)) + 1
    keys = np.unique(owners * size + groups[spans.starts[owners] + offsets])
    return keys // size, keys % size
