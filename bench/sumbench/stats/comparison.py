"""Compares systems: means, differences, tests, corrections and letters, from arrays of scores."""

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import compress
from math import ceil
from typing import NamedTuple

import numpy as np

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import Estimate
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.direction import SIGNS
from sumbench.stats.effects import Effect
from sumbench.stats.effects import effects
from sumbench.stats.effects import plain_effects
from sumbench.stats.letters import letters
from sumbench.stats.paired import randomization
from sumbench.stats.settings import Settings


class Difference(NamedTuple):
    """A pair of systems under one metric: the effect, its p-value alone and in its family, and what follows.

    `draws` counts the permutations behind `p`; `exact` tells whether they were all possible ones. Under a property
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
    they are None when not every pair of them was tested, and under a property.
    """

    metric: str
    estimates: tuple[Estimate, ...]
    differences: tuple[Difference, ...]
    letters: tuple[str, ...] | None


class Movement(NamedTuple):
    """A document, by its index, whose score moved from `before` to `after`."""

    document: int
    before: float
    after: float


def compare_systems(  # noqa: PLR0913 - what a comparison is made of
    scores: Mapping[str, FloatArray],
    rng: np.random.Generator,
    *,
    directions: Mapping[str, Direction] | None = None,
    pairs: Pairs | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
    with_effects: bool = True,
) -> tuple[Comparison, ...]:
    """Compare systems under every metric, on the same resamples and permutations.

    p-values are corrected over the pairs of a metric. Differences are left minus right whatever the direction.

    Args:
        scores: For each metric an array of shape (systems, documents), NaN where a system failed; all alike.
        rng: Where every draw comes from.
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
    rows = np.concatenate(list(scores.values()))
    systems = len(rows) // len(scores)
    compared = list(every_pair(systems) if pairs is None else pairs)
    size = len(compared)
    stacked = [(at * systems + one, at * systems + other) for at in range(len(scores)) for one, other in compared]
    figures = estimates(
        rows,
        rng,
        clusters=clusters,
        method=settings.method,
        level=settings.level,
        resamples=settings.resamples,
    )
    found: list[Difference] = []
    if compared:
        changes = (
            effects(
                rows,
                stacked,
                rng,
                clusters=clusters,
                method=settings.method,
                level=settings.level,
                resamples=settings.resamples,
                alpha=settings.alpha if settings.correction == "none" else settings.alpha / size,
                power=settings.power,
            )
            if with_effects
            else plain_effects(rows, stacked, clusters)
        )
        tested = [direction != Direction.NEITHER for direction in known for _ in compared]
        tests = iter(_tests(rows, list(compress(stacked, tested)), size, rng, clusters, settings))
        found = [
            Difference(
                change._replace(left=change.left % systems, right=change.right % systems),
                *(next(tests) if is_tested else _UNTESTED),
            )
            for change, is_tested in zip(changes, tested, strict=True)
        ]
    return tuple(
        _of_metric(metric, known[at], figures[at * systems : (at + 1) * systems], found[at * size : (at + 1) * size])
        for at, metric in enumerate(scores)
    )


def compare_values(  # noqa: PLR0913 - what a comparison is made of
    scores: Mapping[str, FloatArray],
    values: Mapping[str, Value],
    draws: Callable[[], np.random.Generator],
    *,
    pairs: Pairs | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
    with_effects: bool = True,
) -> dict[str, Comparison]:
    """Compare systems with `compare_systems` under declared values, each by its direction; in the order of the scores.

    Values of one unit and scale go together, others apart with the same `draws`, so that how exactly sums are taken
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
            draws(),
            directions=directions,
            pairs=pairs,
            clusters=clusters,
            settings=settings,
            with_effects=with_effects,
        )
    }
    return {metric: found[metric] for metric in scores}


def most_moved(before: FloatArray, after: FloatArray, limit: int = 10) -> tuple[Movement, ...]:
    """Return the documents whose scores moved most, up or down, the largest first; those both have, that moved.

    Args:
        before: One score a document, NaN where it failed.
        after: The same for the same documents.
        limit: How many to return at most.
    """
    moved = np.nan_to_num(np.abs(after - before))
    order = np.argsort(-moved, kind="stable")[: max(0, limit)]
    return tuple(Movement(int(at), float(before[at]), float(after[at])) for at in order if moved[at] > 0)


class _Test(NamedTuple):
    """The fields of a Difference beside the effect."""

    p: float | None
    corrected: float | None
    different: bool
    draws: int
    exact: bool


_UNTESTED = _Test(p=None, corrected=None, different=False, draws=0, exact=False)


def _tests(  # noqa: PLR0913, PLR0917 - what a family of tests is made of
    rows: FloatArray,
    pairs: Pairs,
    family: int,
    rng: np.random.Generator,
    clusters: Sequence[Hashable] | None,
    settings: Settings,
) -> list[_Test]:
    """Test every pair; each `family` of them that follow one another is corrected by itself."""
    # The smallest p that random draws can give, times the size of the family, must lie well below alpha.
    permutations = max(settings.permutations, ceil(2 * family / settings.alpha))
    tests = randomization(rows, pairs, rng, clusters=clusters, permutations=permutations) if pairs else []
    p = [test.p for test in tests]
    corrected = [
        float(adjusted)
        for start in range(0, len(p), family)
        for adjusted in CORRECTIONS[settings.correction](p[start : start + family])
    ]
    return [
        _Test(test.p, adjusted, adjusted <= settings.alpha, test.patterns, test.kind == "exact")
        for test, adjusted in zip(tests, corrected, strict=True)
    ]


def _of_metric(
    metric: str, direction: Direction, figures: Sequence[Estimate], differences: Sequence[Difference]
) -> Comparison:
    pairs = [(each.effect.left, each.effect.right) for each in differences]
    compared = sorted({system for pair in pairs for system in pair if figures[system].value is not None})
    wanted = {frozenset(pair) for pair in every_pair(len(compared))}
    index_of = {system: index for index, system in enumerate(compared)}
    known = [
        (frozenset({index_of[one], index_of[other]}), each)
        for (one, other), each in zip(pairs, differences, strict=True)
        if one in index_of and other in index_of and one != other
    ]
    if direction not in SIGNS or not compared or {pair for pair, _ in known} != wanted:
        return Comparison(metric, tuple(figures), tuple(differences), None)
    means = [SIGNS[direction] * value for system in compared if (value := figures[system].value) is not None]
    apart = {pair for pair, each in known if each.different}
    named = dict(zip(compared, letters(means, apart), strict=True))
    shown = tuple(named.get(system, "") for system in range(len(figures)))
    return Comparison(metric, tuple(figures), tuple(differences), shown)
