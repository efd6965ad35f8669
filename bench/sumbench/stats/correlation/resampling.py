"""Percentile intervals of correlations: resamples of documents, of systems, or of both."""

from typing import Final

import numpy as np

from sumbench.seeds import stream
from sumbench.stats.arrays import IntArray
from sumbench.stats.correlation.levels import Correlator
from sumbench.stats.correlation.levels import Resamples
from sumbench.stats.correlation.permutation import CorrelationUnits
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.intervals import Interval
from sumbench.stats.settings import Settings

FEWEST_SYSTEMS: Final = 5
"""Fewer systems are not resampled: in too many resamples none would be left to compare."""

_DEFINED: Final = 0.9
"""In so large a share of resamples a coefficient must be defined for its interval."""


def resampled_units(units: CorrelationUnits, documents: int, systems: int) -> CorrelationUnits | None:
    """Return what is resampled for intervals: what was asked for, where there is enough of it."""
    wanted = {"documents"} if units == "documents" else {"systems"} if units == "systems" else {"documents", "systems"}
    if ("documents" in wanted and documents < FEWEST_UNITS) or ("systems" in wanted and systems < FEWEST_SYSTEMS):
        return None
    return units


def percentile_intervals(
    made: Correlator, units: CorrelationUnits | None, numbers: IntArray, settings: Settings, seed: int
) -> list[Interval | None]:
    """Return percentile intervals (Deutsch et al. 2021, section 3: Boot-Inputs, Boot-Systems and Boot-Both)."""
    if units is None:
        return [None] * len(made.cells.x)
    drawn = draw(units, numbers, made.cells.y.shape[1], settings.resamples, seed)
    found = made.resampled(drawn)
    intervals: list[Interval | None] = []
    for column in found.T:
        defined = column[~np.isnan(column)]
        if len(defined) < _DEFINED * len(column):
            intervals.append(None)
            continue
        low, high = np.quantile(defined, [(1 - settings.level) / 2, (1 + settings.level) / 2])
        intervals.append(Interval(float(low), float(high), settings.level))
    return intervals


def draw(units: CorrelationUnits, numbers: IntArray, systems: int, resamples: int, seed: int) -> Resamples:
    """Draw resamples of documents (whole sources, by their `numbers`), of systems, or of both."""
    sources = int(numbers.max()) + 1
    documents = np.ones((resamples, len(numbers)))
    if units != "systems":
        rng = stream(seed, "correlate", "documents")
        documents = rng.multinomial(sources, np.full(sources, 1 / sources), resamples)[:, numbers].astype(np.float64)
    if units == "documents":
        return Resamples(documents)
    rng = stream(seed, "correlate", "systems")
    return Resamples(documents, rng.multinomial(systems, np.full(systems, 1 / systems), resamples).astype(np.float64))
