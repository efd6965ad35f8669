"""A metric whose scores exist already: it hands out those that earlier runs have recorded."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from sumbench.errors import MetricError
from sumbench.manifest import MetricEntry
from sumbench.manifest import Value
from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import Scores

_Key = tuple[str, str, int, str]
"""Document, system, draw and value."""


@dataclass(frozen=True)
class RecordedMetric:
    """The metric of an `entry` whose `scores` and `details` are recorded; computing nothing, it costs nothing."""

    entry: MetricEntry
    scores: Scores
    details: Sequence[Detail] = ()
    needs: ClassVar[Needs] = Needs(references=False)
    costly: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.entry.name

    def values(self) -> Sequence[Value]:
        """Return what it yielded."""
        return self.entry.values

    def signatures(self, languages: Collection[str]) -> Mapping[str, str]:  # noqa: ARG002 - as they were
        """Return the signatures under which the scores were recorded."""
        return self.entry.signatures

    def reader_notes(self, *, several_references: bool) -> Sequence[str]:  # noqa: ARG002 - as they were
        """Return the notes that were recorded."""
        return self.entry.notes

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load
        """Return what hands out the scores; raise MetricError where the metric could not be loaded at the time."""
        if self.entry.error:
            raise MetricError(self.entry.error)
        return self._score

    def _score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        values = {value.name: np.full(len(summaries), np.nan) for value in self.entry.values}
        failures: dict[int, str] = {}
        details: list[Detail] = []
        for index, summary in enumerate(summaries):
            key = summary.document, summary.system, summary.draw
            for name, array in values.items():
                if (reason := self._failures.get((*key, name))) is not None:
                    failures[index] = reason
                else:
                    array[index] = self._values.get((*key, name), np.nan)
            details += self._details.get(key, ())
        agreement = {
            value.name: np.array(
                [self._values.get((document.id, AGREEMENT, 1, value.name), np.nan) for document in documents]
            )
            for value in self.entry.values
        }
        known = {name: array for name, array in agreement.items() if not np.isnan(array).all()}
        return BatchScores(values, failures, details, known)

    @cached_property
    def _values(self) -> dict[_Key, float]:
        return {(each.document, each.system, each.draw, each.metric): each.value for each in self.scores}

    @cached_property
    def _failures(self) -> dict[_Key, str]:
        return {(each.document, each.system, each.draw, each.metric): each.reason for each in self.scores.failures()}

    @cached_property
    def _details(self) -> dict[tuple[str, str, int], list[Detail]]:
        found: dict[tuple[str, str, int], list[Detail]] = {}
        for each in self.details:
            found.setdefault((each.document, each.system, each.draw), []).append(each)
        return found
