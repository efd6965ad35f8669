"""The whole comparison of systems: figures, differences, tests, corrections and letters, from scores as arrays."""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import NamedTuple

import numpy as np

from sumbench.stats.arrays import FloatArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import every_pair
from sumbench.stats.bootstrap import Estimate
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.effects import Effect
from sumbench.stats.effects import effects
from sumbench.stats.letters import best
from sumbench.stats.letters import letters
from sumbench.stats.paired import paired_bootstrap
from sumbench.stats.paired import randomization
from sumbench.stats.settings import Settings


class Difference(NamedTuple):
    """A pair of systems under one metric: the effect, its p-value alone and in its family, and what follows.

    `draws` counts the permutations or resamples behind `p`; `exact` says that they were all there are.
    """

    effect: Effect
    p: float
    corrected: float
    different: bool
    draws: int
    exact: bool


class Comparison(NamedTuple):
    """All systems under one metric.

    `estimates` has one figure a system. `letters` and `best` cover the systems compared pair by pair (the others have
    no letter); both are None when not every pair of them was tested.
    """

    metric: str
    estimates: tuple[Estimate, ...]
    differences: tuple[Difference, ...]
    letters: tuple[str, ...] | None
    best: frozenset[int] | None


class Movement(NamedTuple):
    """A document, by its place, whose score moved from `before` to `after`."""

    document: int
    before: float
    after: float


def compare(
    scores: Mapping[str, FloatArray],
    rng: np.random.Generator,
    *,
    pairs: Pairs | None = None,
    clusters: Sequence[Hashable] | None = None,
    settings: Settings | None = None,
) -> tuple[Comparison, ...]:
    """Compare systems under every metric, on the same resamples and permutations.

    Args:
        scores: For each metric an array of shape (systems, documents), NaN where a system failed; all alike.
        rng: Where every draw comes from.
        pairs: The systems to compare, by row; without them every pair.
        clusters: One label a document; documents with the same label belong together.
        settings: Tests, levels and numbers of draws.

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
    rows = np.concatenate(list(scores.values()))
    systems = len(rows) // len(scores)
    tested = list(every_pair(systems) if pairs is None else pairs)
    stacked = [(at * systems + one, at * systems + other) for at in range(len(scores)) for one, other in tested]
    family = max(1, len(stacked) if settings.family == "all" else len(tested))
    figures = estimates(
        rows,
        rng,
        clusters=clusters,
        method=settings.method,
        level=settings.level,
        resamples=settings.resamples,
    )
    if not tested:
        return tuple(
            Comparison(metric, tuple(figures[at * systems : (at + 1) * systems]), (), None, None)
            for at, metric in enumerate(scores)
        )
    changes = effects(
        rows,
        stacked,
        rng,
        clusters=clusters,
        method=settings.method,
        level=settings.level,
        resamples=settings.resamples,
        alpha=settings.alpha if settings.correction == "none" else settings.alpha / family,
        power=settings.power,
    )
    # The smallest p that random draws can give, times the size of the family, must lie well below alpha.
    enough = ceil(2 * family / settings.alpha)
    raised = replace(
        settings, permutations=max(settings.permutations, enough), resamples=max(settings.resamples, enough)
    )
    p = _tests(rows, stacked, rng, clusters, raised)
    values = [value for value, _, _ in p]
    corrected = [
        adjusted
        for start in range(0, len(values), family)
        for adjusted in CORRECTIONS[settings.correction](values[start : start + family])
    ]
    found = [
        Difference(
            change._replace(left=change.left % systems, right=change.right % systems),
            value,
            float(adjusted),
            bool(adjusted <= settings.alpha),
            draws,
            exact,
        )
        for change, (value, draws, exact), adjusted in zip(changes, p, corrected, strict=True)
    ]
    return tuple(
        _of_metric(
            metric,
            figures[at * systems : (at + 1) * systems],
            found[at * len(tested) : (at + 1) * len(tested)],
        )
        for at, metric in enumerate(scores)
    )


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


def _tests(
    rows: FloatArray,
    pairs: Pairs,
    rng: np.random.Generator,
    clusters: Sequence[Hashable] | None,
    settings: Settings,
) -> list[tuple[float, int, bool]]:
    """Return p, the number of draws behind it, and whether they are all there are, for each pair."""
    if settings.test == "bootstrap":
        booted = paired_bootstrap(
            rows, pairs, rng, clusters=clusters, method="percentile", resamples=settings.resamples
        )
        return [(test.p, settings.resamples, False) for test in booted]
    flipped = randomization(rows, pairs, rng, clusters=clusters, permutations=settings.permutations)
    return [(test.p, test.patterns, test.kind == "exact") for test in flipped]


def _of_metric(metric: str, figures: Sequence[Estimate], differences: Sequence[Difference]) -> Comparison:
    pairs = [(each.effect.left, each.effect.right) for each in differences]
    compared = sorted({system for pair in pairs for system in pair if figures[system].value is not None})
    wanted = {frozenset(pair) for pair in every_pair(len(compared))}
    places = {system: place for place, system in enumerate(compared)}
    known = [
        (frozenset({places[one], places[other]}), each)
        for (one, other), each in zip(pairs, differences, strict=True)
        if one in places and other in places and one != other
    ]
    if not compared or {pair for pair, _ in known} != wanted:
        return Comparison(metric, tuple(figures), tuple(differences), None, None)
    means = [value for system in compared if (value := figures[system].value) is not None]
    apart = {pair for pair, each in known if each.different}
    named = dict(zip(compared, letters(means, apart), strict=True))
    leading = frozenset(compared[place] for place in best(means, apart))
    shown = tuple(named.get(system, "") for system in range(len(figures)))
    return Comparison(metric, tuple(figures), tuple(differences), shown, leading)
