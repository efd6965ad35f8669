"""What the documents of a table can show between its first two systems, and how many would show more."""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.direction import sign
from sumbench.stats.family import tested_at
from sumbench.stats.power import detectable
from sumbench.stats.power import units_needed
from sumbench.stats.power import units_of
from sumbench.stats.settings import Settings
from sumbench.stats.units import numbered


class Outlook(NamedTuple):
    """What could be shown between two systems at the level of the table's tests.

    `difference` is how far the `first` stands above the `second` (below 0: below it), on the metric's own scale;
    `detectable` the smallest difference that these documents show with the power of the settings, None where they show
    none of any size; `needed` about how many documents (or sources) show a difference of the size `asked`, which is
    that of `difference` where it can be read off the table, else one point; None for more than `power.MOST_UNITS`.
    """

    first: str
    second: str
    difference: float
    detectable: float | None
    asked: float
    needed: int | None


def look_out(  # noqa: PLR0913, PLR0917 - what the tests of a table rest on
    scores: Mapping[str, FloatArray],
    value: Value,
    seed: int,
    tests: int,
    clusters: Sequence[Hashable] | None,
    settings: Settings,
) -> Outlook | None:
    """Return what could be shown between the first two of ranked systems.

    None where there are no two, or where their differences have no spread to go by.

    Args:
        scores: One score a document by system, best system first; NaN where there is none.
        value: What the scores are of.
        seed: Where the draws come from.
        tests: The number of tests that are corrected together.
        clusters: One label a document; documents with the same label belong together.
        settings: The level and the power.
    """
    if len(scores) < 2:  # noqa: PLR2004 - a difference is between two
        return None
    (first, one), (second, other) = list(scores.items())[:2]
    apart = sign(value) * (one - other)
    if np.isnan(apart).all():
        return None
    units = units_of(apart, numbered(clusters, len(apart))).upward
    if len(units.sums) < 2 or not units.spread > 0:  # noqa: PLR2004 - two make a sample
        return None
    difference = float(np.nanmean(apart))
    readable = value.scale * abs(difference) >= 0.5 * 10**-value.decimals
    asked = abs(difference) if readable else 1 / value.scale
    alpha = tested_at(tests, settings)
    return Outlook(
        first,
        second,
        difference,
        detectable(units, stream(seed, "power"), alpha=alpha, power=settings.power),
        asked,
        units_needed(units, asked, stream(seed, "power"), alpha=alpha, power=settings.power),
    )
