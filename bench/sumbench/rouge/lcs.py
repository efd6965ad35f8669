"""Longest common subsequences of one pair of texts; the reference implementation for `lockstep`.

Hyyrö, H. (2004), "Bit-parallel LCS-length computation revisited": a row of the dynamic-programming table is kept as
one integer. Bit i of a row is 0 where the LCS grows from reference[:i] to reference[:i + 1], for the system's tokens
read so far; reading a token updates all bits with four operations. A Python integer is as long as the reference.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import chain
from typing import Final

from sumbench.rouge.counts import Counts
from sumbench.rouge.ngrams import clipped_hits

_LONG: Final = 2000
"""From so many tokens on it pays to look for a shorter way."""

_SPARSE: Final = 8
"""Up to so many pairs of equal tokens a token they are gone through one by one."""


_MOST_EDITS: Final = 400
"""Up to so many tokens may be left out for two texts to count as close."""


def position_masks(tokens: Sequence[Hashable]) -> dict[Hashable, int]:
    """Return, for each different token, the integer whose set bits are its positions."""
    masks: dict[Hashable, int] = {}
    find = masks.get
    bit = 1
    for token in tokens:
        masks[token] = find(token, 0) | bit
        bit <<= 1
    return masks


def lcs_length(reference: Sequence[Hashable], system: Sequence[Hashable]) -> int:
    """Return the length in tokens of the longest common subsequence of two texts."""
    ends = 0
    if min(len(reference), len(system)) > _LONG:
        ends, reference, system = _without_common_ends(reference, system)
        for shorter_way in (_sparse_lcs_length, _close_lcs_length):
            if (found := shorter_way(reference, system)) is not None:
                return ends + found
    shorter, longer = sorted((reference, system), key=len)
    full = (1 << len(shorter)) - 1
    row = full
    find = position_masks(shorter).get
    for token in longer:
        if matches := find(token):
            extended = row & matches
            row = ((row + extended) | (row ^ extended)) & full
    return ends + len(shorter) - row.bit_count()


def _close_lcs_length(reference: Sequence[Hashable], system: Sequence[Hashable]) -> int | None:
    """Return the length of the LCS of texts of which few tokens differ, None for others.

    Myers, E. (1986), "An O(ND) difference algorithm and its variations": how far in the reference one gets on each
    diagonal with so many tokens left out.
    """
    longest, other = len(reference), len(system)
    furthest = {1: 0}
    steps = 0
    for edits in range(_MOST_EDITS):
        for diagonal in range(-edits, edits + 1, 2):
            left, right = furthest.get(diagonal - 1, -1), furthest.get(diagonal + 1, -1)
            at = begin = right if diagonal == -edits or (diagonal != edits and left < right) else left + 1
            while at < longest and at - diagonal < other and reference[at] == system[at - diagonal]:
                at += 1
            furthest[diagonal] = at
            steps += at - begin
            if at >= longest and at - diagonal >= other:
                return (longest + other - edits) // 2
        if steps > _SPARSE * (longest + other):
            return None
    return None


def _without_common_ends(
    reference: Sequence[Hashable], system: Sequence[Hashable]
) -> tuple[int, Sequence[Hashable], Sequence[Hashable]]:
    """Return how many tokens two texts have in common at both ends, and what lies between."""
    least = min(len(reference), len(system))
    start = next((at for at in range(least) if reference[at] != system[at]), least)
    reference, system = reference[start:], system[start:]
    least -= start
    end = next((at for at in range(least) if reference[-1 - at] != system[-1 - at]), least)
    return start + end, reference[: len(reference) - end], system[: len(system) - end]


def _sparse_lcs_length(reference: Sequence[Hashable], system: Sequence[Hashable]) -> int | None:
    """Return the length of the LCS of texts that have few pairs of equal tokens, None for others.

    Hunt, J. and Szymanski, T. (1977), "A fast algorithm for computing longest common subsequences": the first positions
    in the reference at which subsequences of each length end, for the system's tokens read so far.
    """
    mine, theirs = Counter(reference), Counter(system)
    if sum(count * theirs[token] for token, count in mine.items()) > _SPARSE * (len(reference) + len(system)):
        return None
    places: dict[Hashable, list[int]] = {}
    for position in range(len(reference) - 1, -1, -1):
        places.setdefault(reference[position], []).append(position)
    ends: list[int] = []
    for token in system:
        for position in places.get(token, ()):
            at = bisect_left(ends, position)
            ends[at : at + 1] = [position]
    return len(ends)


def trace_lcs(masks: Mapping[Hashable, int], length: int, system: Sequence[Hashable]) -> int:
    """Return one longest common subsequence of a reference sentence and a system sentence.

    Of several, it is the one that rouge_score and ROUGE-1.5.5 find. They walk back from the table's last corner and
    on a mismatch drop the reference's token, unless dropping the system's keeps a longer subsequence.

    Args:
        masks: Where each token occurs in the reference sentence, from `position_masks`.
        length: The number of the reference sentence's tokens.
        system: The tokens of the system sentence.

    Returns:
        An integer whose set bits are the positions in the reference sentence.
    """
    full = (1 << length) - 1
    row = full
    find = masks.get
    # Tokens without a match leave the row as it is; one entry stands for any run of them.
    rows: list[tuple[int, int]] = []
    after_match = False
    for token in system:
        if matches := find(token):
            extended = row & matches
            row = ((row + extended) | (row ^ extended)) & full
            rows.append((row, matches))
            after_match = True
        elif after_match:
            rows.append((row, 0))
            after_match = False
    found = 0
    open_bits = full
    for row, matches in reversed(rows):
        # Going down the reference, the walk stops at the first match, or where the row says that this reference
        # token is needed; there the system's token is dropped.
        stops = (full ^ row | matches) & open_bits
        if not stops:
            break
        top = 1 << (stops.bit_length() - 1)
        if top & matches:
            found |= top
            open_bits = top - 1
        else:
            open_bits = 2 * top - 1
    return found


def union_lcs(reference: Sequence[Hashable], system: Sequence[Sequence[Hashable]]) -> int:
    """Return the union of one longest common subsequence of a reference sentence with each system sentence.

    Args:
        reference: The tokens of a reference sentence.
        system: The tokens of each system sentence.

    Returns:
        An integer whose set bits are the positions in the reference sentence.
    """
    masks = position_masks(reference)
    union = 0
    for sentence in system:
        union |= trace_lcs(masks, len(reference), sentence)
    return union


def positions(mask: int) -> Iterator[int]:
    """Yield the positions of the set bits, in ascending order."""
    digits = f"{mask:b}"[::-1]
    position = digits.find("1")
    while position >= 0:
        yield position
        position = digits.find("1", position + 1)


def lcs_counts(reference: Sequence[Hashable], system: Sequence[Hashable]) -> Counts:
    """Return ROUGE-L's counts of two texts, blind to their sentences."""
    return Counts(lcs_length(reference, system), len(reference), len(system))


def summary_lcs_counts(reference: Sequence[Sequence[Hashable]], system: Sequence[Sequence[Hashable]]) -> Counts:
    """Return ROUGE-Lsum's counts of two texts, each given as its sentences' tokens.

    Every reference sentence's union with the system's sentences counts, but a token not more often than the system
    has it. Lin (2004), section 3.2, with the clipping that ROUGE-1.5.5 added.
    """
    if len(reference) == len(system) == 1:
        return lcs_counts(reference[0], system[0])
    matched: list[Hashable] = []
    for sentence in reference:
        matched += [sentence[position] for position in positions(union_lcs(sentence, system))]
    hits = clipped_hits(matched, chain.from_iterable(system))
    return Counts(hits, sum(map(len, reference)), sum(map(len, system)))
