"""A family of tests: its corrected p-values, the level of a single test, and what its documents can show at all."""

from collections.abc import Sequence
from math import ceil

from sumbench.scores import FloatArray
from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.settings import Settings
from sumbench.stats.sign_flips import smallest_p


def corrected(p: Sequence[float] | FloatArray, settings: Settings) -> list[float]:
    """Return the p-values of one family, corrected as the settings say."""
    return [float(each) for each in CORRECTIONS[settings.correction](p)]


def tested_at(tests: int, settings: Settings) -> float:
    """Return the level at which a single test of a family must be passed, whatever the others show."""
    return settings.alpha if settings.correction == "none" or tests < 1 else settings.alpha / tests


def can_show(units: int, tests: int, settings: Settings) -> bool:
    """Tell whether any outcome on so many units could tell two systems apart in a family of so many tests."""
    # Benjamini & Hochberg reject at alpha itself where all tests are passed together.
    level = tested_at(tests, settings) if settings.correction == "holm" else settings.alpha
    return smallest_p(units, permutations(tests, settings)) <= level


def permutations(tests: int, settings: Settings) -> int:
    """Return how many sign patterns are drawn: enough that the smallest p, corrected, lies well below alpha."""
    return max(settings.permutations, ceil(2 * tests / settings.alpha))
