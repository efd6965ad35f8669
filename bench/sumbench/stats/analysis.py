"""The statistics of one run: standings, intervals, pairwise tests, positions between floor and ceiling."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import Value
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.arrays import every_pair
from sumbench.stats.arrays import over_draws
from sumbench.stats.arrays import run_by_draw
from sumbench.stats.comparison import Comparison
from sumbench.stats.comparison import Difference
from sumbench.stats.comparison import compare_values
from sumbench.stats.comparison import turned
from sumbench.stats.direction import best_first
from sumbench.stats.direction import judged
from sumbench.stats.direction import sign
from sumbench.stats.family import corrected
from sumbench.stats.intervals import Interval
from sumbench.stats.outlook import Outlook
from sumbench.stats.outlook import look_out
from sumbench.stats.scale import position
from sumbench.stats.scale import position_intervals
from sumbench.stats.settings import Settings
from sumbench.stats.stability import ByReference
from sumbench.stats.stability import Stability
from sumbench.stats.stability import by_reference
from sumbench.stats.stability import places
from sumbench.stats.standing import Standing
from sumbench.stats.standing import names_in
from sumbench.stats.standing import standings

FLOOR = "random"
CEILING = "references"


@dataclass(frozen=True)
class Analysis:
    """The statistics of a run.

    `values` are all that were declared; those that readers see have intervals, and tests unless they are properties,
    the others only means.
    `comparisons` holds one a value, in which ranked systems and floors are tested against one another, corrected
    within the value; `systems` names their rows. There are none of scores that were not kept, as of a stream; then
    `streamed` holds. `sources` is the number of sources of the documents, None where each stands for itself.
    `intervals` has the intervals of the means by value and system, `positions` those of the systems' positions. Of the
    value that ranks, `stability` says how the order holds over resamples of documents, `references` how it holds under
    each reference alone, and `outlook`, where several lead, what these documents could show; None where there is
    nothing to compare.
    """

    values: Mapping[str, Value]
    standings: tuple[Standing, ...]
    settings: Settings
    intervals: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    systems: tuple[str, ...] = ()
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    positions: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    streamed: bool = False
    sources: int | None = None
    stability: Stability | None = None
    outlook: Outlook | None = None
    references: ByReference | None = None

    def ranking(self, metric: str) -> list[Standing]:
        """Return the standings, best first under a value; those without a score come last, whatever is better.

        Of systems with one score, those that lack summaries come later. Where lower is better, a document without a
        summary has no score: systems that lack some come behind all that have every one, so that what is missing helps
        nobody.
        """
        if metric not in self.values:
            return list(self.standings)
        value = self.values[metric]
        fullest_first = self.standings
        if judged(value):
            fullest_first = tuple(sorted(self.standings, key=lambda row: row.failed * row.draws + row.failed_draws))
        ranked = best_first(fullest_first, lambda row: row.means.get(metric), value)
        if value.direction == Direction.LOWER:
            ranked.sort(key=lambda row: metric not in row.means or bool(row.failed or row.failed_draws))
        return ranked

    def ranked(self, metric: str) -> list[Standing]:
        """Return the ranked systems that have a score of a value, best first."""
        return [row for row in self.ranking(metric) if row.role == "ranked" and metric in row.means]

    def interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's mean, None where the documents do not support one."""
        return self.intervals.get(metric, {}).get(system)

    def letters(self, system: str, metric: str) -> str:
        """Return the letters of a system: it shares one with every other that no test told from it.

        Empty where the documents do not support a test, and under a property.
        """
        comparison = self.comparisons.get(metric)
        if comparison is None or comparison.letters is None:
            return ""
        return comparison.letters[self.systems.index(system)]

    def leaders(self, metric: str) -> frozenset[str]:
        """Return the best ranked system, and every ranked one that cannot be told from it.

        Nobody leads under a property, nor where nothing was compared.
        """
        ranked, comparison = self.ranked(metric), self.comparisons.get(metric)
        if not ranked or comparison is None or not judged(self.values[metric]):
            return frozenset()
        best = ranked[0]
        apart = {
            frozenset((self.systems[each.effect.left], self.systems[each.effect.right]))
            for each in comparison.differences
            if each.different
        }
        return frozenset(
            row.system
            for row in ranked
            if row.means[metric] == best.means[metric] or frozenset((row.system, best.system)) not in apart
        )

    def outstanding(self, metric: str) -> frozenset[str]:
        """Return the leaders, where they are told from some other ranked system; else nobody stands out."""
        leaders = self.leaders(metric)
        return leaders if len(leaders) < len(self.ranked(metric)) else frozenset()

    def against(self, system: str, metric: str) -> dict[str, Difference]:
        """Return how each ranked system differs from one system, p-values corrected among these comparisons alone.

        By system; differences are ranked system minus `system`. Empty where they were not compared.
        """
        comparison = self.comparisons.get(metric)
        if comparison is None or system not in self.systems or not judged(self.values[metric]):
            return {}
        row = self.systems.index(system)
        ranked = {self.systems.index(each.system): each.system for each in self.ranked(metric)}
        ranked.pop(row, None)
        met = {}
        for each in comparison.differences:
            left, right = each.effect.left, each.effect.right
            if row in {left, right} and (other := left + right - row) in ranked:
                met[ranked[other]] = each if right == row else turned(each)
        raised = corrected([each.p for each in met.values() if each.p is not None], self.settings)
        return {
            name: each._replace(corrected=p, different=p <= self.settings.alpha)
            for (name, each), p in zip(met.items(), raised, strict=True)
        }

    def position(self, system: str, metric: str) -> float | None:
        """Return where a system lies between `random` (0) and reference agreement (100), None without both."""
        if not _placed(self.values[metric]):
            return None
        turned_by = sign(self.values[metric])
        means = {row.system: turned_by * row.means[metric] for row in self.standings if metric in row.means}
        return position(means.get(system), means.get(FLOOR), means.get(CEILING))

    def position_interval(self, system: str, metric: str) -> Interval | None:
        """Return the interval of a system's position, None where the documents do not support one."""
        return self.positions.get(metric, {}).get(system)


def _placed(value: Value) -> bool:
    """Tell whether systems lie between floor and ceiling under a value: not where the references are none."""
    return judged(value) and not value.table


def analyse(run: Run, settings: Settings | None = None) -> Analysis:
    """Compute the statistics of a run by the `settings` (None: those that it was made with), every draw by its seed."""
    settings = settings or Settings.recorded(run.manifest.statistics)
    values, seed, order = run.manifest.values, run.manifest.seed, run.manifest.ranked_by
    names = names_in(run.manifest, run.score_parts())
    drawn = run_by_draw(run, names, run.ids)
    rows = standings(run, drawn)
    systems = tuple(row.system for row in rows)
    tested = [index for index, row in enumerate(rows) if row.role != "ceiling" and row.means]
    clusters = clusters_of(run)
    kept = [names.index(system) for system in systems]
    scores = {
        metric: over_draws(array)[kept] for metric, array in drawn.items() if metric in values and values[metric].main
    }
    pairs = [(tested[one], tested[other]) for one, other in every_pair(len(tested))]
    made_of: dict[str, Comparison] = {}
    # Of a property there is nothing to test: its means have intervals, and that is all.
    for some, compared in ((True, pairs), (False, [])):
        mine = {metric: array for metric, array in scores.items() if judged(values[metric]) is some}
        made_of |= compare_values(
            mine, values, seed, pairs=compared, clusters=clusters, settings=settings, with_effects=False
        )
    comparisons = {metric: made_of[metric] for metric in scores}
    intervals = {
        metric: {
            system: estimate.interval
            for system, estimate in zip(systems, comparison.estimates, strict=True)
            if estimate.interval is not None
        }
        for metric, comparison in comparisons.items()
    }
    positions = {
        metric: _positions(sign(values[metric]) * array, systems, seed, clusters, settings)
        for metric, array in scores.items()
        if _placed(values[metric]) and {FLOOR, CEILING} <= set(systems)
    }
    sources = None if clusters is None else len(set(clusters))
    made = Analysis(values, tuple(rows), settings, intervals, systems, comparisons, positions, sources=sources)
    if order not in scores or not judged(values[order]):
        return made
    ranked = {row.system: scores[order][systems.index(row.system)] for row in made.ranked(order)}
    tests = len(comparisons[order].differences)
    # Where one system leads beyond doubt, nothing is left to be shown.
    open_ = len(made.leaders(order)) > 1 or not comparisons[order].showable
    return replace(
        made,
        stability=places(ranked, values[order], seed, clusters=clusters, resamples=settings.resamples),
        references=order_by_reference(run.manifest, ranked),
        outlook=look_out(ranked, values[order], seed, tests, clusters, settings) if open_ else None,
    )


def order_by_reference(record: Manifest, ranked: Collection[str]) -> ByReference | None:
    """Return how the order of ranked systems, given best first, holds under each reference alone."""
    known = {system: means for entry in record.metrics for system, means in entry.by_reference.items()}
    return by_reference({name: known[name] for name in ranked if name in known}, record.values[record.ranked_by])


def clusters_of(run: Run) -> list[str] | None:
    """Return the source of each document of a run, None where each stands for itself."""
    sources = run.manifest.corpus.clusters
    return [sources[document] for document in run.ids] if sources else None


def _positions(
    scores: FloatArray, systems: Sequence[str], seed: int, clusters: Sequence[str] | None, settings: Settings
) -> dict[str, Interval]:
    """Return the intervals of the systems' positions under scores of which higher are better."""
    found = position_intervals(
        scores,
        systems.index(FLOOR),
        systems.index(CEILING),
        stream(seed, "sign flips"),
        clusters=clusters,
        level=settings.level,
        permutations=settings.permutations,
    )
    return {system: interval for system, interval in zip(systems, found, strict=True) if interval}
