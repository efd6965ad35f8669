"""Statistics of scores that arrive batch by batch: means with their intervals, no tests."""

from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sumbench.manifest import Manifest
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.scores import Scores
from sumbench.seeds import stream
from sumbench.stats.analysis import Analysis
from sumbench.stats.analysis import order_by_reference
from sumbench.stats.arrays import by_draw
from sumbench.stats.arrays import over_draws
from sumbench.stats.arrays import unanswered
from sumbench.stats.arrays import with_zeros
from sumbench.stats.bootstrap import Bootstrap
from sumbench.stats.direction import judged
from sumbench.stats.settings import Settings
from sumbench.stats.standing import Failure
from sumbench.stats.standing import SummaryTally
from sumbench.stats.standing import add_unscored
from sumbench.stats.standing import countable
from sumbench.stats.standing import names_in
from sumbench.stats.standing import standings_of
from sumbench.stats.standing import tallies


class _Means:
    """Running means by system and metric."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, float]] = {}
        self.counts: dict[str, dict[str, int]] = {}

    def add(self, system: str, metric: str, scores: FloatArray) -> bool:
        """Add a system's scores, NaN where there is none; return whether there was any."""
        count = int(np.count_nonzero(~np.isnan(scores)))
        if not count:
            return False
        sums, counts = self._sums.setdefault(system, {}), self.counts.setdefault(system, {})
        sums[metric] = sums.get(metric, 0.0) + float(np.nansum(scores))
        counts[metric] = counts.get(metric, 0) + count
        return True

    def means(self) -> dict[str, dict[str, float]]:
        """Return the means, without those of nothing."""
        return {
            system: {metric: total / self.counts[system][metric] for metric, total in sums.items()}
            for system, sums in self._sums.items()
        }


class Totals:
    """Sums over all documents of a run, fed batch by batch; every document comes once, with all its summaries.

    Memory does not grow with the documents. Six numbers a resample, system and value of the main table are kept, and a
    few more. There are no intervals where documents share sources.
    """

    def __init__(self, record: Manifest, settings: Settings | None = None) -> None:
        """Start without documents; draws come from the run's seed, `settings` are by default those of the run."""
        self.settings = settings or Settings.recorded(record.statistics)
        self._record = record
        self._means, self._answered = _Means(), _Means()
        self._made: dict[str, SummaryTally] = {}
        self._failures: dict[str, dict[str, Failure]] = {}
        self._bootstrap = Bootstrap(stream(record.seed, "bootstrap"), self.settings.resamples)

    def add(self, documents: Sequence[str], scores: Scores, summaries: Sequence[Summary]) -> None:
        """Add a batch: the ids of its documents, the scores, and the summaries that they are of.

        Raises ValueError for two scores of one summary and value.
        """
        systems = names_in(self._record, (scores,))
        laid = by_draw(scores, systems, documents)
        filled = with_zeros(laid, unanswered(summaries), self._record.values, systems, documents)
        series: dict[Hashable, FloatArray] = {}
        for metric, array in filled.items():
            main = metric in self._record.values and self._record.values[metric].main
            for system, row, written in zip(systems, over_draws(array), over_draws(laid[metric]), strict=True):
                self._answered.add(system, metric, written)
                if self._means.add(system, metric, row) and main:
                    series[metric, system] = row
        # Documents of one source come in different batches, so that no source can be drawn whole.
        if self._record.corpus.clusters is None:
            self._bootstrap.add(series)
        tallies(summaries, self._made)
        add_unscored(self._failures, scores)

    def analysis(self, record: Manifest | None = None) -> Analysis:
        """Return the statistics: standings and intervals; comparisons would need all scores at once.

        A `record` that came after the first, with what the systems took, replaces it.
        """
        record = record or self._record
        means, answered = self._means.means(), self._answered.means()
        counted = countable(record, record.values)
        scored = {
            system: max((count for metric, count in counts.items() if metric in counted), default=0)
            for system, counts in self._means.counts.items()
        }
        apart = {
            system: {metric: mean for metric, mean in of_system.items() if mean != means[system][metric]}
            for system, of_system in answered.items()
        }
        rows = standings_of(record, means, scored, self._made, failures=self._failures, answered=apart)
        intervals = {
            metric: {
                row.system: found
                for row in rows
                if (found := self._bootstrap.estimate((metric, row.system), self.settings.level).interval) is not None
            }
            for metric in record.values
        }
        shared = record.corpus.clusters
        sources = None if shared is None else len(set(shared.values()))
        made = Analysis(record.values, tuple(rows), self.settings, intervals, streamed=True, sources=sources)
        order = record.ranked_by
        if order not in record.values or not judged(record.values[order]):
            return made
        ranked = [row.system for row in made.ranked(order)]
        return replace(made, references=order_by_reference(record, ranked))
