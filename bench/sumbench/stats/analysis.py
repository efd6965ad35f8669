"""A run seen as a whole: standings, intervals, differences, and where each system lies between floor and ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

from sumbench.run import Run
from sumbench.seeds import stream
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import matrices
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import resample
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import compare
from sumbench.stats.scale import position
from sumbench.stats.scale import position_intervals
from sumbench.stats.settings import Settings
from sumbench.stats.standing import Standing
from sumbench.stats.standing import standings
from sumbench.stats.units import with_presence

FLOOR = "random"
CEILING = "references"


@dataclass(frozen=True)
class Analysis:
    """The statistics of a run.

    `systems` names the rows of every comparison; `comparisons` holds one a metric, in which ranked systems and floors
    are tested against one another, corrected within the metric. `positions` has for each metric the intervals of the
    systems' positions, for those that have one.
    """

    standings: tuple[Standing, ...]
    systems: tuple[str, ...]
    comparisons: Mapping[str, Comparison]
    settings: Settings
    positions: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)

    def interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's mean, None where the documents do not support one."""
        return self.comparisons[metric].estimates[self.systems.index(system)].interval

    def letters(self, system: str, metric: str) -> str:
        """Return the letters of a system: it shares one with every other that it does not differ from.

        Empty where the documents do not support a test.
        """
        found = self.comparisons[metric].letters
        supported = self.interval(system, metric) is not None
        return found[self.systems.index(system)] if found and supported else ""

    def leaders(self, metric: str) -> frozenset[str]:
        """Return the best ranked system, and every ranked one that cannot be told from it."""
        ranked = [row for row in self.standings if row.role == "ranked" and metric in row.means]
        if not ranked:
            return frozenset()
        best = max(ranked, key=lambda row: row.means[metric])
        apart = {
            frozenset((self.systems[each.effect.left], self.systems[each.effect.right]))
            for each in self.comparisons[metric].differences
            if each.different
        }
        tested = self.comparisons[metric].letters is not None
        return frozenset(
            row.system
            for row in ranked
            if row.means[metric] == best.means[metric] or (tested and {row.system, best.system} not in apart)
        )

    def position(self, system: str, metric: str) -> float | None:
        """Return where a system lies between `random` (0) and reference agreement (100), None without both."""
        values = {row.system: row.means.get(metric) for row in self.standings}
        return position(values.get(system), values.get(FLOOR), values.get(CEILING))

    def position_interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's position, None where the documents do not support one."""
        return self.positions.get(metric, {}).get(system)


def analyse(run: Run, settings: Settings | None = None) -> Analysis:
    """Compute the statistics of a run by the `settings` (None: those that it was made with), every draw by its seed."""
    settings = settings or Settings.of(run.manifest.statistics)
    rows = standings(run)
    documents = tuple(dict.fromkeys(summary.document for summary in run.summaries))
    systems = tuple(row.system for row in rows)
    tested = [place for place, row in enumerate(rows) if row.role != "ceiling" and row.means]
    pairs = [(tested[one], tested[other]) for one, other in every_pair(len(tested))]
    sources = run.manifest.corpus.clusters
    scores = matrices(run.scores, systems, documents)
    clusters = [sources[document] for document in documents] if sources else None
    compared = compare(
        scores,
        stream(run.manifest.seed, "statistics"),
        pairs=pairs,
        clusters=clusters,
        settings=settings,
    )
    comparisons = {comparison.metric: comparison for comparison in compared}
    positions: dict[str, Mapping[str, Interval]] = {}
    if {FLOOR, CEILING} <= set(systems):
        floor, ceiling = systems.index(FLOOR), systems.index(CEILING)
        for metric, array in scores.items():
            drawn = resample(
                with_presence(array),
                stream(run.manifest.seed, "positions", metric),
                clusters=clusters,
                resamples=settings.resamples,
            )
            found = position_intervals(drawn, floor, ceiling, settings.level)
            positions[metric] = {systems[place]: interval for place, interval in enumerate(found) if interval}
    return Analysis(tuple(rows), systems, comparisons, settings, positions)
