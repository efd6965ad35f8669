"""The statistics of one run: standings, intervals, pairwise tests, positions between floor and ceiling."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import partial

import numpy as np

from sumbench.manifest import Value
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.arrays import by_draw
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import over_draws
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import resample
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import compare_values
from sumbench.stats.direction import best_first
from sumbench.stats.direction import judged
from sumbench.stats.direction import sign
from sumbench.stats.scale import position
from sumbench.stats.scale import position_intervals
from sumbench.stats.settings import Settings
from sumbench.stats.standing import Standing
from sumbench.stats.standing import names_in
from sumbench.stats.standing import standings
from sumbench.stats.units import with_presence

FLOOR = "random"
CEILING = "references"


@dataclass(frozen=True)
class Analysis:
    """The statistics of a run.

    `values` are all that were declared; those for the main table have intervals and tests, the others only means.
    `comparisons` holds one a value, in which ranked systems and floors are tested against one another, corrected
    within the value; `systems` names their rows. There are none of scores that were not kept, as of a stream; then
    `streamed` holds. `intervals` has the intervals of the means by value and system, `positions` those of the
    systems' positions.
    """

    values: Mapping[str, Value]
    standings: tuple[Standing, ...]
    settings: Settings
    intervals: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    systems: tuple[str, ...] = ()
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    positions: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    streamed: bool = False

    def ranking(self, metric: str) -> list[Standing]:
        """Return the standings, best first under a value; those without a score come last, whatever is better."""
        if metric not in self.values:
            return list(self.standings)
        return best_first(self.standings, lambda row: row.means.get(metric), self.values[metric])

    def interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's mean, None where the documents do not support one."""
        return self.intervals.get(metric, {}).get(system)

    def letters(self, system: str, metric: str) -> str:
        """Return the letters of a system: it shares one with every other that no test told from it.

        Empty where the documents do not support a test, and under a property.
        """
        comparison = self.comparisons.get(metric)
        if comparison is None or comparison.letters is None or self.interval(system, metric) is None:
            return ""
        return comparison.letters[self.systems.index(system)]

    def leaders(self, metric: str) -> frozenset[str]:
        """Return the best ranked system, and every ranked one that cannot be told from it.

        Nobody leads under a property, nor where nothing was compared.
        """
        ranked = [row for row in self.ranking(metric) if row.role == "ranked" and metric in row.means]
        comparison = self.comparisons.get(metric)
        if not ranked or comparison is None or not judged(self.values[metric]):
            return frozenset()
        best = ranked[0]
        apart = {
            frozenset((self.systems[each.effect.left], self.systems[each.effect.right]))
            for each in comparison.differences
            if each.different
        }
        tested = comparison.letters is not None
        return frozenset(
            row.system
            for row in ranked
            if row.means[metric] == best.means[metric] or (tested and {row.system, best.system} not in apart)
        )

    def position(self, system: str, metric: str) -> float | None:
        """Return where a system lies between `random` (0) and reference agreement (100), None without both."""
        if not judged(self.values[metric]):
            return None
        turned = sign(self.values[metric])
        means = {row.system: turned * row.means[metric] for row in self.standings if metric in row.means}
        return position(means.get(system), means.get(FLOOR), means.get(CEILING))

    def position_interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's position, None where the documents do not support one."""
        return self.positions.get(metric, {}).get(system)


def analyse(run: Run, settings: Settings | None = None) -> Analysis:
    """Compute the statistics of a run by the `settings` (None: those that it was made with), every draw by its seed."""
    settings = settings or Settings.of(run.manifest.statistics)
    values, seed = run.manifest.values, run.manifest.seed
    names = names_in(run.manifest, run.scores)
    drawn = by_draw(run.scores, names, run.ids)
    rows = standings(run, drawn)
    systems = tuple(row.system for row in rows)
    tested = [index for index, row in enumerate(rows) if row.role != "ceiling" and row.means]
    sources = run.manifest.corpus.clusters
    clusters = [sources[document] for document in run.ids] if sources else None
    kept = [names.index(system) for system in systems]
    scores = {
        metric: over_draws(array)[kept] for metric, array in drawn.items() if metric in values and values[metric].main
    }
    comparisons = compare_values(
        scores,
        values,
        partial(stream, seed, "statistics"),
        pairs=[(tested[one], tested[other]) for one, other in every_pair(len(tested))],
        clusters=clusters,
        settings=settings,
        with_effects=False,
    )
    intervals = {
        metric: {
            system: estimate.interval
            for system, estimate in zip(systems, comparison.estimates, strict=True)
            if estimate.interval is not None
        }
        for metric, comparison in comparisons.items()
    }
    positions = {
        metric: _positions(sign(values[metric]) * array, systems, stream(seed, "positions", metric), clusters, settings)
        for metric, array in scores.items()
        if judged(values[metric]) and {FLOOR, CEILING} <= set(systems)
    }
    return Analysis(values, tuple(rows), settings, intervals, systems, comparisons, positions)


def _positions(
    scores: FloatArray,
    systems: Sequence[str],
    rng: np.random.Generator,
    clusters: Sequence[str] | None,
    settings: Settings,
) -> dict[str, Interval]:
    """Return the intervals of the systems' positions under scores of which higher are better."""
    drawn = resample(with_presence(scores), rng, clusters=clusters, resamples=settings.resamples)
    found = position_intervals(drawn, systems.index(FLOOR), systems.index(CEILING), settings.level)
    return {system: interval for system, interval in zip(systems, found, strict=True) if interval}
