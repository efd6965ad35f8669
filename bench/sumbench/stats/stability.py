"""How stable a ranking is, over resamples of the documents and over the choice of the reference: no test."""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import combinations
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.bootstrap import RESAMPLES
from sumbench.stats.bootstrap import Bootstrap
from sumbench.stats.direction import sign
from sumbench.stats.intervals import FEWEST_UNITS

PLACES_WITHIN = 0.9
"""The share of resamples in which a system's place lies within the range that is given for it."""


class Place(NamedTuple):
    """A ranked system's places, 1 being the best: `low` to `high` in 90 % of the resamples of the documents.

    `kept` is the share (0 to 1) of resamples in which it has the place of the table, `above_next` the share in which it
    stands above the next system of the table (ties count half); None for the last one.
    """

    low: int
    high: int
    kept: float
    above_next: float | None


class Stability(NamedTuple):
    """The places of the ranked systems, by name, best first."""

    places: Mapping[str, Place]

    @property
    def closest(self) -> tuple[str, str, float] | None:
        """The two neighbours that change places most often, and the share of resamples in which they do."""
        neighbours = [
            (one, other, 1 - above)
            for one, other in pairwise(self.places)
            if (above := self.places[one].above_next) is not None
        ]
        return max(neighbours, key=lambda pair: pair[2], default=None)


def places(
    scores: Mapping[str, FloatArray],
    value: Value,
    seed: int,
    *,
    clusters: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> Stability | None:
    """Return how the places of ranked systems hold over resamples of documents.

    None for fewer than two systems, and for so few documents that a mean has no interval.

    Args:
        scores: One score a document by system, best system first; NaN where there is none.
        value: What the scores are of.
        seed: Where the draws come from: they are those of the intervals.
        clusters: One label a document; documents with the same label are drawn together.
        resamples: How many resamples to draw.
    """
    documents = min((int(np.count_nonzero(~np.isnan(row))) for row in scores.values()), default=0)
    units = documents if clusters is None else len(set(clusters))
    if len(scores) < 2 or min(units, documents) < FEWEST_UNITS:  # noqa: PLR2004 - one has no place to lose
        return None
    bootstrap = Bootstrap(stream(seed, "bootstrap"), resamples)
    bootstrap.add(dict(scores), clusters)
    means = sign(value) * np.stack([bootstrap.means(system) for system in scores])
    means = means[:, ~np.isnan(means).any(axis=0)]
    if not means.size:
        return None
    # A place counts the systems above; of two that tie, the one that stands first in the table is above.
    above = (means[:, None, :] > means[None, :, :]).sum(axis=0)
    ties = np.stack([(means[:row] == means[row]).sum(axis=0) for row in range(len(means))])
    found = 1 + above + ties
    tails = np.array([(1 - PLACES_WITHIN) / 2, (1 + PLACES_WITHIN) / 2])
    nexts = [_above(one, other) for one, other in pairwise(means)]
    made = {}
    for at, (system, row) in enumerate(zip(scores, found, strict=True)):
        low, high = np.quantile(row, tails, method="inverted_cdf")
        made[system] = Place(int(low), int(high), float(np.mean(row == at + 1)), (*nexts, None)[at])
    return Stability(made)


def _above(one: FloatArray, other: FloatArray) -> float:
    return float(np.mean(one > other) + np.mean(one == other) / 2)


class ByReference(NamedTuple):
    """How a ranking holds when one reference alone is scored against.

    Of the `pairs` of ranked systems, `kept` have the order of the table under every one of the `references`; `best`
    has the best system under each reference.
    """

    references: int
    pairs: int
    kept: int
    best: tuple[str, ...]


def by_reference(means: Mapping[str, Sequence[float]], value: Value) -> ByReference | None:
    """Compare the rankings by each reference alone with that of the table.

    `means` has each ranked system's mean under each reference alone, best system of the table first. None where there
    are fewer than two references or systems.
    """
    turned = sign(value)
    rows = {name: [turned * each for each in of_system] for name, of_system in means.items()}
    sizes = {len(row) for row in rows.values()}
    references = min(sizes, default=0)
    if len(rows) < 2 or len(sizes) > 1 or references < 2:  # noqa: PLR2004 - one has nothing to be compared with
        return None
    pairs = list(combinations(rows.values(), 2))
    kept = sum(all(one > other for one, other in zip(*pair, strict=True)) for pair in pairs)
    best = tuple(max(rows, key=lambda name: rows[name][at]) for at in range(references))
    return ByReference(references, len(pairs), kept, best)
