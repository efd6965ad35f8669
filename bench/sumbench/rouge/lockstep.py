"""Longest common subsequences of many pairs at once: the bit-parallel `lcs`, vectorized over pairs.

Every step reads one more system token of every pair. The pairs are sorted by the length of their system's text, so that
those still running are always the first ones. A reference longer than 64 tokens has several words, and a carry passes
from each to the next. Where pairs are too few or too long to be worth vectorizing, `lcs` computes them one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.blocks import Integers
from sumbench.rouge.lcs import lcs_length
from sumbench.rouge.lcs import position_masks
from sumbench.rouge.lcs import trace_lcs

Words = NDArray[np.uint64]

WORD_BITS: Final = 64

_FEW_PAIRS: Final = 16
_BATCH_PAIRS: Final = 1 << 12
_BATCH_WORDS: Final = 1 << 21
_TABLE_WORDS: Final = 1 << 22
_ALL_ONES: Final = np.uint64(2**64 - 1)
_SMEARS: Final = tuple(np.uint64(1 << step) for step in range(6))
_ONE: Final = np.uint64(1)


class Spans(NamedTuple):
    """Stretches of a block's tokens: sentences or whole texts, one for each array element."""

    starts: Integers
    lengths: Integers

    def at(self, index: NDArray[np.integer]) -> "Spans":
        """Return the spans at these indexes."""
        return Spans(self.starts[index], self.lengths[index])


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which reference span meets which system span.

    Attributes:
        groups: For each of the block's tokens, a number below its document's `vocabularies` entry; equal tokens of a
            document have equal numbers.
        vocabularies: For each reference span, how many such numbers its document has.
        references: The reference spans.
        reference_of: For each pair, the index of its reference span.
        systems: For each pair, the system span.
    """

    groups: Integers
    vocabularies: Integers
    references: Spans
    reference_of: Integers
    systems: Spans


class _Batch(NamedTuple):
    """Pairs that run together: their indexes, where their rows of the table start, and the table of match words."""

    pairs: Integers
    rows: Integers
    table: Words


def word_counts(lengths: Integers) -> Integers:
    """Return how many words hold spans of these lengths."""
    return -(-lengths // WORD_BITS)


def spread(lengths: Integers) -> tuple[Integers, Integers]:
    """Return, for every element of spans of these lengths, its span and its offset in it."""
    owners = np.repeat(np.arange(len(lengths)), lengths)
    return owners, np.arange(len(owners)) - (np.cumsum(lengths) - lengths)[owners]


def lcs_lengths(pairing: Pairing) -> Integers:
    """Return the length in tokens of the longest common subsequence of each pair."""
    lengths = np.zeros(len(pairing.reference_of), dtype=np.int64)
    batches, single = _plan(pairing)
    for pair in single:
        reference, system = _tokens(pairing, pair)
        lengths[pair] = lcs_length(reference, system)
    for batch in batches:
        row = _last_row(pairing, batch)
        lengths[batch.pairs] = WORD_BITS * len(row) - np.bitwise_count(row).sum(axis=0, dtype=np.int64)
    return lengths


def lcs_traces(pairing: Pairing, found: Words, offsets: Integers, strides: Integers) -> None:
    """Find the longest common subsequence of each pair that `lcs.trace_lcs` finds.

    Args:
        pairing: The pairs.
        found: Where to write the positions in the reference span, as set bits. It must hold zeros.
        offsets: For each pair, the index in `found` of its first word.
        strides: For each pair, how far apart its words go.
    """
    batches, single = _plan(pairing)
    for pair in single:
        reference, system = _tokens(pairing, pair)
        same = reference == system
        mask = (1 << len(reference)) - 1 if same else trace_lcs(position_masks(reference), len(reference), system)
        words = int(word_counts(np.array(len(reference))))
        split = np.frombuffer(mask.to_bytes(8 * words, "little"), dtype="<u8")
        found[offsets[pair] + strides[pair] * np.arange(words)] = split
    for batch in batches:
        traced = _trace(pairing, batch)
        widths = word_counts(pairing.references.lengths[pairing.reference_of[batch.pairs]])
        for word, part in enumerate(traced):
            has_word = word < widths
            pairs = batch.pairs[has_word]
            found[offsets[pairs] + word * strides[pairs]] = part[has_word]


def _tokens(pairing: Pairing, pair: int) -> tuple[list[int], list[int]]:
    """Return a pair's reference tokens and system tokens."""
    index = pairing.reference_of[pair]
    spans = (
        (pairing.references.starts[index], pairing.references.lengths[index]),
        (pairing.systems.starts[pair], pairing.systems.lengths[pair]),
    )
    reference, system = (pairing.groups[start : start + length].tolist() for start, length in spans)
    return reference, system


def _plan(pairing: Pairing) -> tuple[Iterator[_Batch], list[int]]:
    """Sort the pairs into batches that run in lockstep, and those that are better done one by one."""
    widths = _padded(word_counts(pairing.references.lengths))[pairing.reference_of]
    live = np.flatnonzero((widths > 0) & (pairing.systems.lengths > 0))
    live = live[np.argsort(-pairing.systems.lengths[live], kind="stable")]
    single: list[int] = []
    together: list[tuple[int, Integers]] = []
    for width in np.unique(widths[live]).tolist():
        pairs = live[widths[live] == width]
        alone = _alone(pairing.systems.lengths[pairs], width)
        single += pairs[:alone].tolist()
        if alone < len(pairs):
            together.append((width, pairs[alone:]))
    return (batch for width, pairs in together for batch in _batches(pairing, pairs, width)), single


def _padded(words: Integers) -> Integers:
    """Round widths up to one of few, so that references of nearly the same length run together."""
    exponents = np.frexp(words.astype(np.float64))[1].astype(np.int64)
    steps = 1 << np.maximum(exponents - 2, 0)
    padded: Integers = -(-words // steps) * steps
    return padded


def _alone(lengths: Integers, width: int) -> int:
    """Return how many of these system lengths, in descending order, are better done one by one."""
    if len(lengths) < _FEW_PAIRS:
        return len(lengths)
    # Past this length a step would serve too few pairs to be worth it.
    limit = min(2 * int(lengths[_FEW_PAIRS - 1]) + WORD_BITS, _BATCH_WORDS // (width * _FEW_PAIRS))
    return int(np.count_nonzero(lengths > limit))


def _batches(pairing: Pairing, pairs: Integers, width: int) -> Iterator[_Batch]:
    """Yield batches of pairs whose references have `width` words; `pairs` are in order of descending length."""
    references = np.unique(pairing.reference_of[pairs])
    sizes = pairing.vocabularies[references]
    ends = np.cumsum(sizes)
    chunks = (ends - sizes) * width // _TABLE_WORDS
    chunk_of = np.zeros(len(pairing.vocabularies), dtype=np.int64)
    chunk_of[references] = chunks
    row_of = np.zeros(len(pairing.vocabularies), dtype=np.int64)
    for chunk in np.unique(chunks).tolist():
        members = chunks == chunk
        row_of[references[members]] = np.cumsum(sizes[members]) - sizes[members]
        table = _match_table(pairing, references[members], row_of, width)
        mine = pairs[chunk_of[pairing.reference_of[pairs]] == chunk]
        first = 0
        while first < len(mine):
            longest = int(pairing.systems.lengths[mine[first]])
            size = min(_BATCH_PAIRS, _BATCH_WORDS // (width * longest))
            batch = mine[first : first + size]
            yield _Batch(batch, row_of[pairing.reference_of[batch]], table)
            first += size


def _match_table(pairing: Pairing, references: Integers, row_of: Integers, width: int) -> Words:
    """Return for each reference and token the positions where it occurs, as set bits, of shape (words, rows)."""
    spans = pairing.references.at(references)
    rows = int(pairing.vocabularies[references].sum())
    owners, offsets = spread(spans.lengths)
    columns = row_of[references][owners] + pairing.groups[spans.starts[owners] + offsets]
    table = np.zeros(width * rows, dtype=np.uint64)
    bits = _ONE << (offsets % WORD_BITS).astype(np.uint64)
    np.add.at(table, offsets // WORD_BITS * rows + columns, bits)
    return table.reshape(width, rows)


def _matches(pairing: Pairing, batch: _Batch) -> Iterator[Words]:
    """Yield for each step the match words of the pairs still running: arrays of shape (words, pairs)."""
    lengths = pairing.systems.lengths[batch.pairs]
    starts = pairing.systems.starts[batch.pairs]
    running = np.searchsorted(-lengths, -np.arange(lengths[0]))
    for step, pairs in enumerate(running.tolist()):
        index = pairing.groups.take(starts[:pairs] + step)
        index += batch.rows[:pairs]
        yield batch.table.take(index, axis=1)


def _read(row: Words, matches: Words) -> None:
    """Update the rows for one more system token, in place."""
    extended = row & matches
    carry: Words | None = None
    for word in range(len(row)):
        total = row[word] + extended[word]
        if len(row) > 1:
            overflow = total < row[word]
            if carry is not None:
                total += carry
                overflow |= total < carry
            carry = overflow.astype(np.uint64)
        row[word] ^= extended[word]
        row[word] |= total


def _last_row(pairing: Pairing, batch: _Batch) -> Words:
    """Return the rows when all system tokens are read: an array of shape (words, pairs)."""
    row = np.full((len(batch.table), len(batch.pairs)), _ALL_ONES)
    for matches in _matches(pairing, batch):
        _read(row[:, : matches.shape[1]], matches)
    return row


def _trace(pairing: Pairing, batch: _Batch) -> Words:
    """Return the positions of each pair's longest common subsequence: an array of shape (words, pairs).

    `lcs.trace_lcs` explains the walk; here the highest set bit is found by smearing it downwards.
    """
    row = np.full((len(batch.table), len(batch.pairs)), _ALL_ONES)
    steps: list[tuple[Words, Words]] = []
    for matches in _matches(pairing, batch):
        running = row[:, : matches.shape[1]]
        _read(running, matches)
        steps.append((~running | matches, matches))
    found = np.zeros_like(row)
    still_open = np.full_like(row, _ALL_ONES)
    while steps:
        stops, matches = steps.pop()
        pairs = stops.shape[1]
        stops &= still_open[:, :pairs]
        stopped: Words | None = None
        for word in range(len(row) - 1, -1, -1):
            below = _smear(stops[word])
            hit = below & ~(below >> _ONE) & matches[word]
            if stopped is not None:
                hit &= ~stopped
            found[word, :pairs] |= hit
            still_open[word, :pairs] = below ^ hit if stopped is None else below ^ hit | stopped
            if word:
                here = np.where(below, _ALL_ONES, np.uint64(0))
                stopped = here if stopped is None else stopped | here
    return found


def _smear(words: Words) -> Words:
    """Return the words with all bits below their highest set bit set, too."""
    smeared = words.copy()
    for shift in _SMEARS:
        smeared |= smeared >> shift
    return smeared
