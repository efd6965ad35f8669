"""Compact letter display: systems that share a letter cannot be told apart."""

from collections import Counter
from collections.abc import Collection
from collections.abc import Sequence
from itertools import chain
from itertools import combinations
from string import ascii_letters

Different = Collection[frozenset[int]]
"""The pairs of systems, by number, that differ at the corrected level."""


def letters(means: Sequence[float], differing: Different) -> list[str]:
    """Return the letters of each system: two systems share one exactly when no test told them apart.

    Piepho (2004), "An algorithm for a letter-based representation of all-pairwise comparisons": columns of letters are
    split at each differing pair (insert), those within others dropped (absorb), and letters without a use left out
    (sweep). The best system has the first letter. After z come A to Z, then the same with a prime.

    Args:
        means: The score of each system, higher is better; ties keep their order.
        differing: The pairs that differ.

    Returns:
        A string a system, such as "ab", in the order of `means`.
    """
    ranks = _ranks(means)
    columns = [frozenset(range(len(means)))] if means else []
    for pair in sorted(differing, key=lambda pair: sorted(ranks[system] for system in pair)):
        whole = [column for column in columns if not pair <= column]
        split = [column - {system} for column in columns if pair <= column for system in pair]
        # No whole column lies within a new one: it would have lain within the one that was split.
        columns = whole + _absorbed(split, whole)
    columns = _swept(columns)
    columns.sort(key=lambda column: sorted(ranks[system] for system in column))
    named = [(letter(column_index), column) for column_index, column in enumerate(columns)]
    return ["".join(name for name, column in named if system in column) for system in range(len(means))]


def letter(column_index: int) -> str:
    """Return the letter of a column: a to z, A to Z, then a′, b′ and so on."""
    primes, at = divmod(column_index, len(ascii_letters))
    return ascii_letters[at] + "′" * primes


def _ranks(means: Sequence[float]) -> list[int]:
    ranks = [0] * len(means)
    for rank, system in enumerate(sorted(range(len(means)), key=lambda system: -means[system])):
        ranks[system] = rank
    return ranks


def _absorbed(columns: Collection[frozenset[int]], whole: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out columns that lie within another one, or within one of those that stay `whole`."""
    kept: list[frozenset[int]] = []
    for column in sorted(set(columns), key=len, reverse=True):
        if not any(column <= other for other in chain(kept, whole)):
            kept.append(column)
    return kept


def _swept(columns: list[frozenset[int]]) -> list[frozenset[int]]:
    """Leave out columns all of whose pairs share another column; whole ones, so that a letter spans its systems."""
    uses = Counter(frozenset(pair) for column in columns for pair in combinations(column, 2))
    kept = []
    for column in sorted(columns, key=lambda column: (len(column), sorted(column))):
        pairs = [frozenset(pair) for pair in combinations(column, 2)]
        if pairs and all(uses[pair] > 1 for pair in pairs):
            uses.subtract(pairs)
        else:
            kept.append(column)
    return kept
