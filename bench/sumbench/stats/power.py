"""Power of the paired test: the smallest difference that documents show, and how many documents show a given one.

Both take the spread of the differences at hand for the true one. Documents are drawn from them with replacement and
moved to the mean in question, tested by the sign flips that the tables use, at the level at which they are read, and
counted. The test shows a mean δ exactly when the lower end of the sample's interval, moved by δ, lies above 0: one
simulation therefore gives the power at every δ.
"""

import math
from functools import lru_cache
from math import ceil
from math import floor
from math import log10
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.scores import FloatArray
from sumbench.stats.sign_flips import smallest_p
from sumbench.stats.subsets import EXACT_UNITS
from sumbench.stats.subsets import every_subset
from sumbench.stats.subsets import random_subsets

POWER = 0.8

TRIALS = 400
"""So many samples are drawn: a power of 80 % then has a standard error of 2 points."""

SUBSETS_UP_TO = 60
"""Beyond so many units the ends of a sample's interval are taken by Student's t, to which sign flips come close."""

MOST_UNITS = 100_000

_MOST_SUBSETS = 20_000

_FORMULA_FROM = 1_000
"""From so many units on, the power is that of Student's t for the standard deviation at hand (Bloom 1995)."""

_BEYOND = 5
"""So many times the number that normal quantiles give are tried at most: lopsided differences take a few times more."""

_NEGLIGIBLE = 1e-18
"""Squares that are smaller than this share of the differences' own are rounding."""


class UnitDifferences(NamedTuple):
    """The differences of a pair by unit: their `sums` over the unit's documents, and the numbers of these."""

    sums: FloatArray
    counts: FloatArray

    @property
    def centred(self) -> "UnitDifferences":
        """The same with a mean difference of 0."""
        return UnitDifferences(self.sums - self.sums.sum() / self.counts.sum() * self.counts, self.counts)

    @property
    def turned(self) -> "UnitDifferences":
        """The differences the other way round."""
        return UnitDifferences(-self.sums, self.counts)

    @property
    def upward(self) -> "UnitDifferences":
        """The differences in the direction in which their mean is not below 0."""
        return self if self.sums.sum() >= 0 else self.turned

    @property
    def spread(self) -> float:
        """The standard deviation between units of what they add to the mean, in documents of the average unit."""
        residuals = self.centred.sums
        squares = float(np.sum(residuals**2))
        if squares <= _NEGLIGIBLE * float(np.sum(self.sums**2)):
            return 0.0
        return math.sqrt(squares / (len(residuals) - 1)) / float(self.counts.mean())


def units_of(apart: FloatArray, numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> UnitDifferences:
    """Return differences, one a document and NaN where there is none, by unit; `numbers` says each document's."""
    there = ~np.isnan(apart)
    sums: FloatArray = np.bincount(numbers[there], weights=apart[there], minlength=1).astype(np.float64)
    counts = np.bincount(numbers[there], minlength=1).astype(np.float64)
    return UnitDifferences(sums[counts > 0], counts[counts > 0])


def fewest_units(alpha: float) -> int:
    """Return the fewest units whose test can reach the level `alpha` at all."""
    units = 1
    while smallest_p(units) > alpha and units <= EXACT_UNITS:
        units += 1
    return units


def detectable(apart: UnitDifferences, rng: np.random.Generator, *, alpha: float, power: float = POWER) -> float | None:
    """Return the smallest true mean difference, above 0, that a test at `alpha` shows with `power` on as many units.

    On the scale of the differences; of lopsided ones it is another the other way round. None where no difference of any
    size could be shown: too few units for the level, or no spread to go by.
    """
    size = len(apart.sums)
    if size < fewest_units(alpha) or not apart.spread > 0:
        return None
    if size >= _FORMULA_FROM:
        from scipy.special import stdtrit

        errors = float(stdtrit(size - 1, 1 - alpha / 2) + stdtrit(size - 1, power))
        return errors * apart.spread / math.sqrt(size)
    lower = _lower_ends(apart, _drawn(rng, size, size), size, alpha)
    return float(np.quantile(-lower, power, method="higher"))


def power_at(apart: UnitDifferences, units: int, difference: float, rng: np.random.Generator, *, alpha: float) -> float:
    """Return the share of samples of so many units in which a true mean `difference` (above 0) is shown at `alpha`."""
    if units < fewest_units(alpha):
        return 0.0
    return float(np.mean(_lower_ends(apart, _drawn(rng, len(apart.sums), units), units, alpha) > -difference))


def units_needed(
    apart: UnitDifferences, difference: float, rng: np.random.Generator, *, alpha: float, power: float = POWER
) -> int | None:
    """Return about how many units show a true mean `difference` (above 0) with `power`, in two significant digits.

    None for more than `MOST_UNITS`, or where the differences have no spread to go by.
    """
    if len(apart.sums) < 2 or not apart.spread > 0 or not difference > 0:  # noqa: PLR2004 - two make a sample
        return None
    guess = _by_formula(apart, difference, alpha, power)
    if guess is None or guess > _FORMULA_FROM:
        return None if guess is None else two_digits(guess)
    # The same draws for every size: a larger sample holds the smaller ones.
    draws = _drawn(rng, len(apart.sums), _BEYOND * max(guess, fewest_units(alpha)))

    def shown(units: int) -> bool:
        return float(np.mean(_lower_ends(apart, draws[:, :units], units, alpha) > -difference)) >= power

    low, high = fewest_units(alpha), draws.shape[1]
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if shown(middle) else (middle + 1, high)
    return two_digits(high)


def _drawn(rng: np.random.Generator, size: int, units: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return rng.integers(0, size, (TRIALS, units))


def _lower_ends(
    apart: UnitDifferences, draws: np.ndarray[tuple[int, int], np.dtype[np.int64]], units: int, alpha: float
) -> FloatArray:
    """Return the lower end of the interval at 1 - alpha in each sample of the centred differences."""
    centred = apart.centred
    sums, counts = centred.sums[draws], centred.counts[draws]
    if units > SUBSETS_UP_TO or (units > EXACT_UNITS and alpha < 1 / _MOST_SUBSETS):
        return _student_ends(sums, counts, alpha)
    members, given, patterns = _subsets(units, alpha)
    rank = floor((alpha * patterns - given) / 2) + 1
    single = bool((apart.counts == 1).all())
    sizes = members.sum(axis=0) if single else counts.astype(np.float32) @ members
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (sums.astype(np.float32) @ members) / sizes
    ends = np.partition(np.nan_to_num(means, copy=False, nan=-np.inf), rank - 1, axis=1)[:, rank - 1]
    return ends.astype(np.float64)


@lru_cache(maxsize=8)
def _subsets(units: int, alpha: float) -> tuple[NDArray[np.float32], int, int]:
    """Return subsets, a column each, how many patterns are extreme in any case, and the number of patterns.

    Single precision is enough for a simulation, and takes half of the time.
    """
    if units <= EXACT_UNITS:
        return np.ascontiguousarray(every_subset(units)[1:-1].T, np.float32), 2, 2**units
    # Enough draws that the level does not fall on the last few of them.
    half = min(_MOST_SUBSETS, max(1_000, ceil(5 / alpha)))
    (drawn,) = random_subsets(np.random.default_rng(units), half, units, half)
    return np.ascontiguousarray(np.concatenate([drawn, 1 - drawn]).T, np.float32), 1, 2 * half + 1


def _student_ends(sums: FloatArray, counts: FloatArray, alpha: float) -> FloatArray:
    from scipy.special import stdtrit

    units = sums.shape[1]
    total, documents = sums.sum(axis=1), counts.sum(axis=1)
    means = total / documents
    residuals = sums - means[:, None] * counts
    errors = np.sqrt(units / (units - 1) * (residuals**2).sum(axis=1)) / documents
    ends: FloatArray = means - stdtrit(units - 1, 1 - alpha / 2) * errors
    return ends


def _by_formula(apart: UnitDifferences, difference: float, alpha: float, power: float) -> int | None:
    """Return the units by normal quantiles: ((z(1 - alpha/2) + z(power)) s / difference)²; None above MOST_UNITS."""
    from scipy.special import ndtri

    units = (float(ndtri(1 - alpha / 2) + ndtri(power)) * apart.spread / difference) ** 2
    return None if units > MOST_UNITS else max(2, ceil(units))


def two_digits(number: int) -> int:
    """Return a number rounded up to two significant digits."""
    step = 10 ** max(0, floor(log10(number)) - 1)
    return int(ceil(number / step) * step)
