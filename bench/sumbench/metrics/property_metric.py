"""Base class of metrics that need no references, and measure the references as if they were summaries, too."""

from abc import ABC
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from typing import TypeAlias

import numpy as np

from sumbench.errors import failure_reason
from sumbench.manifest import Value
from sumbench.metrics.notes import failed_references
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.words import Words
from sumbench.metrics.words import tokenizers
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray

Measure: TypeAlias = Callable[[str], Measured]
"""Measures a summary's text; a value that is not defined for it is not among what it returns."""


@dataclass(frozen=True, kw_only=True)
class PropertyMetric(ABC):
    """A metric of summaries without references, which measures each reference as if it were a summary, too.

    `declared` are its values, `how` says by a value's name what else its signature has between name and tokens;
    `revision` counts changes of its code that change a value. The `agreement` of its scores is the mean over a
    document's references.
    """

    name: str
    declared: ClassVar[tuple[Value, ...]]
    how: ClassVar[Mapping[str, str]] = {}
    needs: ClassVar[Needs] = Needs(references=False)
    costly: ClassVar[bool] = False
    revision: ClassVar[int] = 1

    @abstractmethod
    def prepare(self, document: Document, words: Words) -> Measure:
        """Return what measures the summaries of a document, of which `words` finds the words."""

    def values(self) -> tuple[Value, ...]:
        """Return what it yields."""
        return self.declared

    def signatures(self, languages: Collection[str]) -> dict[str, str]:
        """Return for each value its name, how it is computed, the tokens that are its words, and the revision."""
        words = tokenizers(languages)
        return {
            value.name: "|".join(
                filter(None, (value.name, self.how.get(value.name, ""), f"tok:{words}", f"v:{self.revision}"))
            )
            for value in self.declared
        }

    def load(self, context: MetricContext) -> Scorer:
        """Return what scores batches, with the words that the run's metrics share."""
        words = context.words

        def score(documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
            return self._score(documents, summaries, words)

        return score

    def _score(self, documents: Sequence[Document], summaries: Sequence[Summary], words: Words) -> BatchScores:
        names = [value.name for value in self.declared]
        values = np.full((len(summaries), len(names)), np.nan)
        among = np.full((len(documents), len(names)), np.nan)
        of_document: defaultdict[str, list[int]] = defaultdict(list)
        for index, summary in enumerate(summaries):
            of_document[summary.document].append(index)
        failures: dict[int, str] = {}
        details: dict[int, list[Detail]] = {}
        unmeasured: dict[str, str] = {}
        for row, document in enumerate(documents):
            measure = self.prepare(document, words)
            for index in of_document[document.id]:
                summary = summaries[index]
                try:
                    found = measure(summary.text)
                except Exception as error:  # noqa: BLE001 - whatever it raises is a failure of this summary
                    failures[index] = failure_reason(error)
                    continue
                values[index] = [found.values.get(name, np.nan) for name in names]
                if found.details:
                    details[index] = [
                        Detail(document.id, summary.system, name, content, summary.draw)
                        for name, content in found.details.items()
                    ]
            try:
                among[row] = _mean([measure(text).values for text in document.references], names)
            except Exception as error:  # noqa: BLE001 - it costs the references' mean, and no summary its score
                unmeasured[document.id] = failure_reason(error)
        return BatchScores(
            dict(zip(names, values.T.copy(), strict=True)),
            failures,
            [detail for index in sorted(details) for detail in details[index]],
            dict(zip(names, among.T.copy(), strict=True)),
            failed_references(unmeasured),
        )


def _mean(measured: Sequence[Mapping[str, float]], names: Sequence[str]) -> FloatArray:
    """Return the mean of each value over the texts for which it is defined, NaN where there is none."""
    means = np.full(len(names), np.nan)
    for at, name in enumerate(names):
        there = [values[name] for values in measured if name in values]
        if there:
            means[at] = sum(there) / len(there)
    return means
