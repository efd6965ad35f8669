"""Compares systems: means, differences, tests, corrections and letters, from arrays of scores."""

from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import differences
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import Bootstrap
from sumbench.stats.direction import SIGNS
from sumbench.stats.effects import Effect
from sumbench.stats.effects import standardized
from sumbench.stats.family import can_show
from sumbench.stats.family import corrected
from sumbench.stats.family import permutations
from sumbench.stats.family import tested_at
from sumbench.stats.intervals import Estimate
from sumbench.stats.intervals import Interval
from sumbench.stats.letters import letters
from sumbench.stats.power import detectable
from sumbench.stats.power import units_of
from sumbench.stats.settings import Settings
from sumbench.stats.sign_flips import SignFlips
from sumbench.stats.sign_flips import paired_flips
from sumbench.stats.units import numbered


class Difference(NamedTuple):
    """A pair of systems under one metric: the effect, its p-value alone and in its family, and what follows.

    `draws` counts the sign patterns behind `p`; `exact` tells whether they were all possible ones. Under a property
    nothing is tested: both p-values are None.
    """

    effect: Effect
    p: float | None
    corrected: float | None
    different: bool
    draws: int
    exact: bool


class Comparison(NamedTuple):
    """All systems under one metric.

    `estimates` has one figure a system. `letters` cover the systems compared pair by pair (the others have no letter);
    they are None when not every pair of them was tested, under a property, and where the documents are too few for
    any outcome to tell two systems apart, which `showable` says.
    """

    metric: str
    estimates: tuple[Estimate, ...]
    differences: tuple[Difference, ...]
    letters: tuple[str, ...] | None
    showable: bool = True

    @property
    def exact(self) -> bool:
        """Whether every test went through all sign patterns."""
        return all(each.exact for each in self.differences if each.draws)


def turned(difference: Difference) -> Difference:
    """Return a difference the other way round: right minus left."""
    effect, interval = difference.effect, difference.effect.interval
    return difference._replace(
        effect=effect._replace(
            left=effect.right,
            right=effect.left,
            difference=None if effect.difference is None else 0.0 - effect.difference,
            interval=interval and Interval(0.0 - interval.high, 0.0 - interval.low, interval.level),
            standardized=None if effect.standardized is None else 0.0 - effect.standardized,
        )
    )


def compare_systems(  # noqa: PLR0913 - what a comparison is made of
    scores: Mapping[str, FloatArray],
    seed: int,
    *,
    directions: Mapping[str, Direction] | None = None,
    pairs: Pairs | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
    with_effects: bool = True,
) -> tuple[Comparison, ...]:
    """Compare systems under every metric, on the same resamples and sign flips.

    p-values are corrected over the pairs of a metric. Differences are left minus right whatever the direction.

    Args:
        scores: For each metric an array of shape (systems, documents), NaN where a system has no score; all alike.
        seed: Where every draw comes from: the same seed gives a figure the same interval in every table.
        directions: Which scores are better, by metric; higher ones where nothing is said. A property is not tested.
        pairs: The systems to compare, by row; without them every pair.
        clusters: One label a document; documents with the same label belong together.
        settings: Tests, levels and numbers of draws.
        with_effects: Whether differences have intervals, effect sizes and the detectable difference, which take most
            of the time; otherwise they are differences of means with tests.

    Returns:
        One comparison a metric, in order.

    Raises:
        ValueError: If the arrays differ in shape.
    """
    if not scores:
        return ()
    settings = settings or Settings()
    if len({array.shape for array in scores.values()}) > 1:
        raise ValueError("the arrays of all metrics have one shape: the same systems and documents")
    known = [(directions or {}).get(metric, Direction.HIGHER) for metric in scores]
    systems = len(next(iter(scores.values())))
    compared = list(every_pair(systems) if pairs is None else pairs)
    figures = _estimates(scores, seed, clusters, settings)
    rows = np.concatenate(list(scores.values()))
    stacked = [(at * systems + one, at * systems + other) for at in range(len(scores)) for one, other in compared]
    found = _differences(rows, stacked, len(compared), seed, clusters, settings, with_effects=with_effects)
    return tuple(
        _of_metric(metric, direction, figures[metric], compared, found, settings)
        for metric, direction in zip(scores, known, strict=True)
    )


def _estimates(
    scores: Mapping[str, FloatArray], seed: int, clusters: Sequence[Hashable] | None, settings: Settings
) -> dict[str, list[Estimate]]:
    bootstrap = Bootstrap(stream(seed, "bootstrap"), settings.resamples)
    bootstrap.add({(metric, row): one for metric, array in scores.items() for row, one in enumerate(array)}, clusters)
    return {
        metric: [bootstrap.estimate((metric, row), settings.level) for row in range(len(array))]
        for metric, array in scores.items()
    }


class _Tested(NamedTuple):
    """A pair before correction: the effect (rows counted over all metrics), its p-value, and how that was made."""

    effect: Effect
    p: float
    draws: int
    exact: bool


def _differences(  # noqa: PLR0913, PLR0917 - what a family of tests is made of
    rows: FloatArray,
    pairs: Pairs,
    family: int,
    seed: int,
    clusters: Sequence[Hashable] | None,
    settings: Settings,
    *,
    with_effects: bool,
) -> Iterator[_Tested]:
    """Yield every pair's effect and p-value."""
    if not pairs:
        return
    numbers = numbered(clusters, rows.shape[1])
    alpha = tested_at(family, settings)
    flips = paired_flips(
        rows, pairs, stream(seed, "sign flips"), clusters=clusters, permutations=permutations(family, settings)
    )
    for (left, right), apart, each in zip(pairs, differences(rows, pairs), flips, strict=True):
        least = (
            detectable(units_of(apart, numbers).upward, stream(seed, "power"), alpha=alpha, power=settings.power)
            if with_effects and each.units
            else None
        )
        effect = Effect(
            left,
            right,
            None if each.mean is None else float(np.nanmean(apart)),
            each.interval(settings.level) if with_effects else None,
            standardized(apart) if with_effects else None,
            least,
            each.documents,
            each.units,
        )
        yield _Tested(effect, each.p(), _drawn(each), each.exact)


def _drawn(flips: SignFlips) -> int:
    """Return how many sign patterns a p-value rests on: all, or those that were drawn."""
    return flips.patterns if flips.exact else flips.patterns - 1


def _of_metric(  # noqa: PLR0913, PLR0917 - one metric's part of all
    metric: str,
    direction: Direction,
    figures: Sequence[Estimate],
    pairs: Pairs,
    tests: Iterator[_Tested],
    settings: Settings,
) -> Comparison:
    mine = [next(tests) for _ in pairs]
    judged = direction in SIGNS
    adjusted = corrected([test.p for test in mine], settings) if judged else [None] * len(mine)
    found = tuple(
        Difference(
            test.effect._replace(left=one, right=other),
            test.p if judged else None,
            raised,
            raised is not None and raised <= settings.alpha,
            test.draws if judged else 0,
            test.exact and judged,
        )
        for (one, other), test, raised in zip(pairs, mine, adjusted, strict=True)
    )
    showable = can_show(max((each.effect.units for each in found), default=0), len(found), settings)
    shown = _letters(direction, figures, found) if judged and (showable or not found) else None
    return Comparison(metric, tuple(figures), found, shown, showable or not found)


def _letters(direction: Direction, figures: Sequence[Estimate], found: Sequence[Difference]) -> tuple[str, ...] | None:
    """Return the letters of all systems, None when not every pair of those compared was tested."""
    pairs = [(each.effect.left, each.effect.right) for each in found]
    compared = sorted({system for pair in pairs for system in pair if figures[system].value is not None})
    wanted = {frozenset(pair) for pair in every_pair(len(compared))}
    index_of = {system: index for index, system in enumerate(compared)}
    known = [
        (frozenset({index_of[one], index_of[other]}), each)
        for (one, other), each in zip(pairs, found, strict=True)
        if one in index_of and other in index_of and one != other
    ]
    if not compared or {pair for pair, _ in known} != wanted:
        return None
    means = [SIGNS[direction] * value for system in compared if (value := figures[system].value) is not None]
    apart = {pair for pair, each in known if each.different}
    named = dict(zip(compared, letters(means, apart), strict=True))
    return tuple(named.get(system, "") for system in range(len(figures)))


def compare_values(  # noqa: PLR0913 - what a comparison is made of
    scores: Mapping[str, FloatArray],
    values: Mapping[str, Value],
    seed: int,
    *,
    pairs: Pairs | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
    with_effects: bool = True,
) -> dict[str, Comparison]:
    """Compare systems with `compare_systems` under declared values, each by its direction; in the order of the scores.

    Values of one unit and scale go together, others apart with the same draws, so that how exactly sums are taken
    does not depend on another metric's size.
    """
    together: dict[tuple[str, float], dict[str, FloatArray]] = {}
    for metric, array in scores.items():
        together.setdefault((values[metric].unit, values[metric].scale), {})[metric] = array
    directions = {metric: values[metric].direction for metric in scores}
    found = {
        comparison.metric: comparison
        for group in together.values()
        for comparison in compare_systems(
            group,
            seed,
            directions=directions,
            pairs=pairs,
            clusters=clusters,
            settings=settings,
            with_effects=with_effects,
        )
    }
    return {metric: found[metric] for metric in scores}
