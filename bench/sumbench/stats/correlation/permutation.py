"""Permutation tests of the difference between two metrics' correlations with the same ratings.

Deutsch, Dror & Roth 2021, "A Statistical Analysis of Summarization Evaluation Metrics using Resampling Methods",
section 4: under the null that two metrics follow people equally well, their standardized scores may be exchanged. Whole
documents are exchanged (PERM-INPUTS), whole systems (PERM-SYSTEMS), or single summaries (PERM-BOTH).
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final
from typing import Literal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.correlation.accuracy import right_pairs
from sumbench.stats.correlation.cells import Cells
from sumbench.stats.correlation.cells import on_grid
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.coefficients import pair_weights
from sumbench.stats.correlation.coefficients import ranks
from sumbench.stats.correlation.coefficients import signs
from sumbench.stats.correlation.coefficients import tau_b
from sumbench.stats.correlation.levels import Correlator

CorrelationUnits: TypeAlias = Literal["documents", "systems", "both"]

FEWEST: Final = 1_000

_CELLS_AT_ONCE: Final = 2_000_000
_ROUNDING: Final = 1e-10

UNTESTED: Final = frozenset({("pooled", "kendall"), ("pooled", "accuracy"), ("system", "soft")})
"""Coefficients whose differences are not tested: a permutation would compare all pairs of summaries, or test anew."""


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Which summaries' scores are exchanged: whole documents (or sources: `numbers`, one a document), systems, or each.

    `patterns` random ones, or every one where there are no more than that.
    """

    units: CorrelationUnits
    numbers: IntArray
    systems: int
    patterns: int

    @property
    def size(self) -> int:
        """How many units are exchanged."""
        documents = int(self.numbers.max()) + 1
        sizes = {"documents": documents, "systems": self.systems, "both": documents * self.systems}
        return sizes[self.units]

    @property
    def exact(self) -> bool:
        """Whether every pattern is taken."""
        return self.size < self.patterns.bit_length()

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that a test may have."""
        return 2 / 2**self.size if self.exact else 1 / (1 + self.patterns)

    def masks(self, rng: np.random.Generator) -> Iterator[FloatArray]:
        """Yield patterns as arrays of shape (some, documents, systems): 1 for a summary whose scores stay."""
        documents = len(self.numbers)
        some = max(1, _CELLS_AT_ONCE // (documents * self.systems))
        total = 2**self.size if self.exact else self.patterns
        for start in range(0, total, some):
            count = min(some, total - start)
            if self.exact:
                drawn = (np.arange(start, start + count)[:, None] >> np.arange(self.size)) & 1
            else:
                drawn = rng.integers(0, 2, (count, self.size), dtype=np.int8)
            kept = drawn.astype(np.float64)
            if self.units == "documents":
                kept = np.broadcast_to(kept[:, self.numbers, None], (count, documents, self.systems))
            elif self.units == "systems":
                kept = np.broadcast_to(kept[:, None, :], (count, documents, self.systems))
            else:
                kept = kept.reshape(count, -1, self.systems)[:, self.numbers]
            yield kept


def permutations_for(tests: int, alpha: float) -> int:
    """Return how many permutations a family of so many tests takes: its smallest corrected p is then half of alpha."""
    return max(FEWEST, ceil(2 * tests / alpha))


def differences_p(made: Correlator, pairs: Pairs, exchanges: Exchanges, rng: np.random.Generator) -> FloatArray:
    """Return for each pair of metrics the two-sided p-value that they follow the ratings equally well.

    NaN for what is not tested. A random test counts the data as a pattern of its own (Phipson & Smyth 2010).
    """
    found = np.full(len(pairs), np.nan)
    if not pairs or (made.level, made.coefficient) in UNTESTED or made.chosen is not None:
        return found
    if made.level == "summary" and exchanges.units == "documents":
        return _flipped(made, pairs, exchanges, rng)
    if made.coefficient == "accuracy" and made.level == "summary":
        return found
    x = _standardized(made)
    observed = np.array([_difference(made, x, pair) for pair in pairs])
    extreme, total = np.zeros(len(pairs)), 0
    for kept in exchanges.masks(rng):
        total += len(kept)
        moved = _moved_sums(x, pairs, kept) if made.level == "system" else None
        for index, (left, right) in enumerate(pairs):
            if moved is None:
                one, other = (_mixed(made, x[a], x[b], kept) for a, b in ((left, right), (right, left)))
            else:
                sums = moved[:, :, index].T
                one, other = _of_sums(made, sums + x[right].sum(axis=0)), _of_sums(made, x[left].sum(axis=0) - sums)
            apart = np.abs(np.nan_to_num(one - other))
            extreme[index] += np.count_nonzero(apart >= abs(observed[index]) - _ROUNDING)
    return _share(extreme, total, exchanges)


def _share(extreme: FloatArray, total: int, exchanges: Exchanges) -> FloatArray:
    return extreme / total if exchanges.exact else (1 + extreme) / (1 + total)


def _flipped(made: Correlator, pairs: Pairs, exchanges: Exchanges, rng: np.random.Generator) -> FloatArray:
    """Exchange whole documents where each has a coefficient of its own: that flips the sign of its difference."""
    within = made.per_document
    apart = np.stack([np.nan_to_num(within[left] - within[right]) for left, right in pairs], axis=1)
    sums = np.zeros((exchanges.size, len(pairs)))
    np.add.at(sums, exchanges.numbers, apart)
    observed = np.abs(sums.sum(axis=0))
    close = _ROUNDING * (1 + np.abs(sums).sum(axis=0))
    firsts = np.unique(exchanges.numbers, return_index=True)[1]
    extreme, total = np.zeros(len(pairs)), 0
    for kept in exchanges.masks(rng):
        flips = 2 * kept[:, firsts, 0] - 1
        extreme += (np.abs(flips @ sums) >= observed - close).sum(axis=0)
        total += len(kept)
    return _share(extreme, total, exchanges)


def _standardized(made: Correlator) -> FloatArray:
    """Return scores with mean 0 and standard deviation 1 over all summaries; ranks where these are correlated."""
    cells = made.cells
    x = cells.x
    if made.coefficient == "spearman" and made.level == "summary":
        x = ranks(x, cells.weights)
    elif made.coefficient == "spearman" and made.level == "pooled":
        x = ranks(x.reshape(len(x), -1), cells.weights.reshape(-1)).reshape(x.shape)
    inside = x[:, cells.there]
    spread = inside.std(axis=1)
    scaled = (x - inside.mean(axis=1)[:, None, None]) / np.where(spread > 0, spread, 1.0)[:, None, None]
    return np.where(cells.there, scaled, 0.0)


def _difference(made: Correlator, x: FloatArray, pair: tuple[int, int]) -> float:
    whole = np.ones((1, *made.cells.y.shape))
    one, other = (_mixed(made, x[left], x[right], whole)[0] for left, right in (pair, pair[::-1]))
    return float(np.nan_to_num(one - other))


def _mixed(made: Correlator, one: FloatArray, other: FloatArray, kept: FloatArray) -> FloatArray:
    """Return the coefficient of `one` with the scores of `other` where they are not kept, a pattern each."""
    if made.level == "system":
        return _of_sums(made, _moved_sums(np.stack([one, other]), [(0, 1)], kept)[:, :, 0].T + other.sum(axis=0))
    cells = made.cells
    if made.coefficient == "kendall":
        within = _tau_of_mixed(cells, one, other, kept)
    else:
        y = cells.y
        if made.coefficient == "spearman":
            y = ranks(y, cells.weights) if made.level == "summary" else _pooled_ranks(cells)
        within = _r_of_mixed(one, other, np.where(cells.there, y, 0.0), cells.weights, kept, made.level)
    if made.level == "pooled":
        return within
    there = ~np.isnan(within)
    means: FloatArray = np.where(there, within, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return means


def _pooled_ranks(cells: Cells) -> FloatArray:
    return ranks(cells.y.reshape(-1), cells.weights.reshape(-1)).reshape(cells.y.shape)


def _moved_sums(x: FloatArray, pairs: Pairs, kept: FloatArray) -> FloatArray:
    """Return how far the sums of the systems' scores move in each pattern, of shape (systems, patterns, pairs)."""
    apart = np.stack([x[left] - x[right] for left, right in pairs], axis=-1)
    found: FloatArray = np.ascontiguousarray(kept.transpose(2, 0, 1)) @ apart.transpose(1, 0, 2)
    return found


def _of_sums(made: Correlator, sums: FloatArray) -> FloatArray:
    """Return the coefficient of systems' means in each pattern from the sums of their scores (patterns, systems)."""
    cells = made.cells
    number = cells.weights.sum(axis=0)
    rated = (number > 0).astype(np.float64)
    x = on_grid(sums / np.maximum(number, 1))
    y = on_grid(cells.y.sum(axis=0) / np.maximum(number, 1))
    if made.coefficient in {"pearson", "spearman"}:
        return COEFFICIENTS[made.coefficient](x, y, rated)
    pairs = pair_weights(rated)
    found: FloatArray
    if made.coefficient == "accuracy":
        found = right_pairs(x, y, 0.0) @ pairs / max(pairs.sum(), 1.0)
        return found
    of_x, of_y = signs(x, rated), signs(y, rated)
    return tau_b(of_x @ of_y, np.abs(of_x).sum(axis=1), np.abs(of_y).sum())


def _r_of_mixed(  # noqa: PLR0913, PLR0917 - what r is made of
    one: FloatArray, other: FloatArray, y: FloatArray, weights: FloatArray, kept: FloatArray, level: str
) -> FloatArray:
    """Return Pearson's r of mixed scores within each document, of shape (patterns, documents), or of all together."""
    axes, axis = ("cds,ds->c", (0, 1)) if level == "pooled" else ("cds,ds->cd", (1,))

    def total(from_one: FloatArray, from_other: FloatArray) -> FloatArray:
        mixed: FloatArray = np.einsum(axes, kept, from_one - from_other, optimize=True) + from_other.sum(axis=axis)
        return mixed

    number = weights.sum(axis=axis)
    x_sum, x_square, products = total(one, other), total(one**2, other**2), total(one * y, other * y)
    y_sum, y_square = y.sum(axis=axis), (y**2).sum(axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        x_spread, y_spread = x_square - x_sum**2 / number, y_square - y_sum**2 / number
        r: FloatArray = (products - x_sum * y_sum / number) / np.sqrt(x_spread * y_spread)
    return np.where((x_spread > _ROUNDING) & (y_spread > _ROUNDING), r, np.nan)


def _tau_of_mixed(cells: Cells, one: FloatArray, other: FloatArray, kept: FloatArray) -> FloatArray:
    """Return Kendall's tau-b of mixed scores within each document, of shape (patterns, documents).

    The sum over pairs is a quadratic form in which scores are kept, so that no pattern compares pairs anew.
    """
    there = cells.weights[:, :, None] * cells.weights[:, None, :] * (1 - np.eye(cells.y.shape[1]))
    of_y = np.sign(cells.y[:, :, None] - cells.y[:, None, :]) * there
    compared = [np.sign(a[:, :, None] - b[:, None, :]) for a in (one, other) for b in (one, other)]
    # Counts of pairs are whole numbers, which single precision holds.
    by_document = np.ascontiguousarray(kept.transpose(1, 0, 2), dtype=np.float32)
    agreeing = _form_of(compared, of_y, by_document)
    untied = _form_of([np.abs(each) for each in compared], there, by_document)
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = agreeing / np.sqrt(untied * np.abs(of_y).sum(axis=(1, 2))[:, None])
    found: FloatArray = np.where(np.isfinite(tau), tau, np.nan).T
    return found


def _form_of(compared: Sequence[FloatArray], weights: FloatArray, kept: NDArray[np.float32]) -> FloatArray:
    """Return Σ_ij weights_ij × how i and j compare, each with the score that is kept: (documents, patterns)."""
    both, first, second, none = ((weights * each).astype(np.float32) for each in compared)
    linear = (first - none).sum(axis=2) + (second - none).sum(axis=1)
    square = (kept @ (both - first - second + none) * kept).sum(axis=2)
    whole = square + (kept @ linear[:, :, None])[:, :, 0] + none.sum(axis=(1, 2))[:, None]
    found: FloatArray = whole.astype(np.float64)
    return found
