"""Statistics of scores that arrive batch by batch: means with Poisson bootstrap intervals, no tests."""

from collections.abc import Sequence

import numpy as np

from sumbench.manifest import Manifest
from sumbench.records import Summary
from sumbench.scores import Scores
from sumbench.seeds import stream
from sumbench.stats.analysis import Analysis
from sumbench.stats.arrays import matrices
from sumbench.stats.poisson import PoissonBootstrap
from sumbench.stats.settings import Settings
from sumbench.stats.standing import Failure
from sumbench.stats.standing import SummaryTally
from sumbench.stats.standing import names_in
from sumbench.stats.standing import standings_of
from sumbench.stats.standing import tallies
from sumbench.stats.standing import unscored


class Totals:
    """Sums over all documents of a run, fed batch by batch; every document comes once, with all its summaries.

    Memory does not grow with the documents. Two values a resample, system and value of the main table are kept, and a
    few numbers more.
    """

    def __init__(self, record: Manifest, settings: Settings | None = None) -> None:
        """Start without documents; draws come from the run's seed, `settings` are by default those of the run."""
        self.settings = settings or Settings.of(record.statistics)
        self._record = record
        self._sums: dict[str, dict[str, float]] = {}
        self._counts: dict[str, dict[str, int]] = {}
        self._made: dict[str, SummaryTally] = {}
        self._failures: dict[str, dict[str, Failure]] = {}
        self._bootstrap = PoissonBootstrap(stream(record.seed, "poisson"), self.settings.resamples)

    def add(self, documents: Sequence[str], scores: Scores, summaries: Sequence[Summary]) -> None:
        """Add a batch: the ids of its documents, the scores, and the summaries that they are of.

        Raises ValueError for two scores of one summary and value.
        """
        systems = names_in(self._record, scores)
        series = {}
        for metric, array in matrices(scores, systems, documents).items():
            for system, row in zip(systems, array, strict=True):
                count = int(np.count_nonzero(~np.isnan(row)))
                if not count:
                    continue
                sums, counts = self._sums.setdefault(system, {}), self._counts.setdefault(system, {})
                sums[metric] = sums.get(metric, 0.0) + float(np.nansum(row))
                counts[metric] = counts.get(metric, 0) + count
                if metric in self._record.values and self._record.values[metric].main:
                    series[system, metric] = row
        self._bootstrap.add(series)
        tallies(summaries, self._made)
        for system, of_system in unscored(scores).items():
            known = self._failures.setdefault(system, {})
            for metric, failure in of_system.items():
                first = known.get(metric)
                known[metric] = first._replace(others=first.others + failure.others + 1) if first else failure

    def analysis(self, record: Manifest | None = None) -> Analysis:
        """Return the statistics: standings and intervals; comparisons would need all scores at once.

        A `record` that came after the first, with what the systems took, replaces it.
        """
        record = record or self._record
        means = {
            system: {metric: total / self._counts[system][metric] for metric, total in sums.items()}
            for system, sums in self._sums.items()
        }
        scored = {system: max(counts.values()) for system, counts in self._counts.items()}
        rows = standings_of(record, means, scored, self._made, failures=self._failures)
        intervals = {
            metric: {
                row.system: found
                for row in rows
                if (found := self._bootstrap.interval((row.system, metric), self.settings.level)) is not None
            }
            for metric in record.values
        }
        return Analysis(record.values, tuple(rows), self.settings, intervals, streamed=True)
