"""Compares pairs of systems across runs, with the floors and ceilings of the first run."""

from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.analysis import CEILING
from sumbench.stats.analysis import FLOOR
from sumbench.stats.bootstrap import estimates
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import Difference
from sumbench.stats.comparison import compare_values
from sumbench.stats.direction import judged
from sumbench.stats.direction import sign
from sumbench.stats.intervals import Estimate
from sumbench.stats.movement import Movement
from sumbench.stats.movement import most_moved
from sumbench.stats.outlook import Outlook
from sumbench.stats.outlook import look_out
from sumbench.stats.scale import position
from sumbench.stats.settings import Settings


class Side(NamedTuple):
    """A system as one side of a comparison: its label in tables, and how many draws it has of each document."""

    label: str
    draws: int = 1


class Pair(NamedTuple):
    """The two sides of a comparison; differences are new minus base."""

    base: Side
    new: Side


class Change(NamedTuple):
    """How a pair differs under a value: the mean of each side on the documents that both have, and what follows.

    `wins` counts the documents on which the new side's score is better (under a property: higher), `losses` those on
    which the base's is, `ties` those on which they are the same.
    """

    pair: Pair
    before: float | None
    after: float | None
    difference: Difference
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True)
class Versus:
    """Pairs compared on the `documents` that all the runs share.

    `scores` holds for each value an array of shape (2 x pairs, documents), base before new; `comparisons` one result
    a value, its differences in the order of the pairs. `clusters` has the source of each document where documents
    share sources, None where each stands for itself. `landmarks` are the figures of floors and ceilings by value and
    system, on the same documents. Every draw comes from `seed`.
    """

    pairs: tuple[Pair, ...]
    documents: tuple[str, ...]
    values: Mapping[str, Value]
    scores: Mapping[str, FloatArray]
    comparisons: Mapping[str, Comparison]
    settings: Settings
    clusters: tuple[Hashable, ...] | None
    landmarks: Mapping[str, Mapping[str, Estimate]]
    seed: int = 0

    @property
    def sources(self) -> int | None:
        """The number of sources of the documents, None where each stands for itself."""
        return None if self.clusters is None else len(set(self.clusters))

    def changes(self, metric: str) -> Iterator[Change]:
        """Yield how each pair differs under a value."""
        for index, pair in enumerate(self.pairs):
            before, after = self.scores[metric][2 * index : 2 * index + 2]
            both = ~np.isnan(before) & ~np.isnan(after)
            one, other = (float(side[both].mean()) if both.any() else None for side in (before, after))
            lower = self.values[metric].direction == Direction.LOWER
            gained = (before - after if lower else after - before)[both]
            counts = (int(np.sum(each)) for each in (gained > 0, gained == 0, gained < 0))
            yield Change(pair, one, other, self.comparisons[metric].differences[index], *counts)

    def outlook(self, metric: str, index: int) -> Outlook | None:
        """Return what could be shown between the sides of a pair, by its index; None where nothing is known of it."""
        pair = self.pairs[index]
        before, after = self.scores[metric][2 * index : 2 * index + 2]
        tests = len(self.comparisons[metric].differences)
        sides = {pair.new.label: after, pair.base.label: before}
        if len(sides) < 2:  # noqa: PLR2004 - both sides have one label
            sides = {f"new {pair.new.label}": after, pair.base.label: before}
        return look_out(sides, self.values[metric], self.seed, tests, self.clusters, self.settings)

    def moved(self, metric: str, limit: int) -> Iterator[tuple[int, Movement]]:
        """Yield, pair by pair with its number, the documents whose score moved most, for better or worse."""
        for index in range(len(self.pairs)):
            before, after = self.scores[metric][2 * index : 2 * index + 2]
            for movement in most_moved(before, after, limit):
                yield index, movement

    def position(self, score: float | None, metric: str) -> float | None:
        """Return where a score lies between `random` (0) and reference agreement (100), None without both."""
        if not judged(self.values[metric]):
            return None
        turned = sign(self.values[metric])
        marks = {system: figure.value for system, figure in self.landmarks.get(metric, {}).items()}
        wanted = (score, marks.get(FLOOR), marks.get(CEILING))
        return position(*(None if one is None else turned * one for one in wanted))


def versus(  # noqa: PLR0913 - what a comparison is made of
    pairs: Sequence[Pair],
    documents: Sequence[str],
    values: Mapping[str, Value],
    scores: Mapping[str, FloatArray],
    seed: int,
    *,
    landmarks: Mapping[str, Mapping[str, FloatArray]] | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
) -> Versus:
    """Compare each pair of sides under each value; p-values are corrected over the pairs within a value.

    Args:
        pairs: The sides that meet.
        documents: The ids of the documents, in order.
        values: What the scores are of: direction, unit and scale, by the names in `scores`.
        scores: For each value an array of shape (2 x pairs, documents): base and new of the first pair, of the second,
            and so on; NaN where a side failed.
        seed: Where every draw comes from.
        landmarks: For each value the scores of floors and ceilings by system, one a document.
        clusters: One label a document; documents with the same label belong together.
        settings: Tests, levels and numbers of draws.
    """
    settings = settings or Settings()
    compared = compare_values(
        scores,
        values,
        seed,
        pairs=[(2 * index + 1, 2 * index) for index in range(len(pairs))],
        clusters=clusters,
        settings=settings,
    )
    figures = {
        metric: _figures(of_metric, stream(seed, "bootstrap"), clusters, settings)
        for metric, of_metric in (landmarks or {}).items()
        if of_metric
    }
    sources = None if clusters is None else tuple(clusters)
    return Versus(tuple(pairs), tuple(documents), values, scores, compared, settings, sources, figures, seed)


def _figures(
    scores: Mapping[str, FloatArray],
    rng: np.random.Generator,
    clusters: Sequence[Hashable] | None,
    settings: Settings,
) -> dict[str, Estimate]:
    found = estimates(
        np.stack(list(scores.values())),
        rng,
        clusters=clusters,
        level=settings.level,
        resamples=settings.resamples,
    )
    return dict(zip(scores, found, strict=True))
