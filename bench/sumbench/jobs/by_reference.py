"""Scores each reference alone, to see how a ranking depends on which of them one happens to have."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sumbench.manifest import Value
from sumbench.metrics import LoadedMetric
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.stats.arrays import by_draw
from sumbench.stats.arrays import over_draws
from sumbench.stats.arrays import unanswered
from sumbench.stats.arrays import with_zeros


class ReferenceMeans:
    """The mean of one value by system under each reference alone, fed batch by batch.

    Only as many references count as every document has; with one a document there is nothing to compare.
    """

    def __init__(self, metric: LoadedMetric, value: Value) -> None:
        """Start without documents; the metric must be one that needs references."""
        self._metric = metric
        self._value = value
        self._references: int | None = None
        self._sums: defaultdict[tuple[int, str], float] = defaultdict(float)
        self._counts: defaultdict[tuple[int, str], int] = defaultdict(int)

    def add(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> None:
        """Add documents with all their summaries."""
        fewest = min((len(document.references) for document in documents), default=0)
        self._references = fewest if self._references is None else min(self._references, fewest)
        if self._references < 2:  # noqa: PLR2004 - one has nothing to be compared with
            return
        good = [summary for summary in summaries if summary.error is None]
        systems = list(dict.fromkeys(summary.system for summary in summaries))
        ids = [document.id for document in documents]
        missing, values = unanswered(summaries), {self._value.name: self._value}
        for number in range(self._references):
            alone = [replace(document, references=(document.references[number],)) for document in documents]
            scores = self._metric.scored(alone, good, self._metric.found(alone, good)).scores
            laid = with_zeros(by_draw(scores, systems, ids), missing, values, systems, ids)
            if self._value.name not in laid:
                # Nothing of this batch has a score.
                continue
            for system, row in zip(systems, over_draws(laid[self._value.name]), strict=True):
                there = row[~np.isnan(row)]
                self._sums[number, system] += float(there.sum())
                self._counts[number, system] += there.size

    def means(self) -> Mapping[str, tuple[float, ...]]:
        """Return each system's means, one a reference; empty where there are fewer than two references."""
        if self._references is None or self._references < 2:  # noqa: PLR2004
            return {}
        systems = dict.fromkeys(system for _, system in self._counts)
        return {
            system: tuple(
                self._sums[number, system] / self._counts[number, system] for number in range(self._references)
            )
            for system in systems
            if all(self._counts[number, system] for number in range(self._references))
        }
