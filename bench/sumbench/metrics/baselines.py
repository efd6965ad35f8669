"""Finds, for metrics that compare systems, the baseline's summary beside each summary of a batch."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from sumbench.metrics.protocol import ComparesSystems
from sumbench.metrics.scoring import LoadedMetric
from sumbench.records import Summary


@dataclass(frozen=True)
class Baselines:
    """The summaries of the system that a metric compares with, by document and draw; none for any other metric."""

    name: str | None
    summaries: Mapping[tuple[str, int], Summary]

    @classmethod
    def of(cls, metric: LoadedMetric, summaries: Sequence[Summary]) -> "Baselines":
        """Find those of a metric's baseline among the summaries of a batch."""
        name = metric.metric.baseline if isinstance(metric.metric, ComparesSystems) else None
        return cls.named(name, summaries)

    @classmethod
    def named(cls, name: str | None, summaries: Sequence[Summary]) -> "Baselines":
        """Find those of the system called `name`."""
        return cls(name, {(each.document, each.draw): each for each in summaries if each.system == name})

    def beside(self, summary: Summary) -> Summary | None:
        """Return the baseline's summary of the same document: of the same draw, else its first; None for none."""
        document = summary.document
        return self.summaries.get((document, summary.draw)) or self.summaries.get((document, 1))

    def text_for(self, summary: Summary) -> str | None:
        """Return the text that a summary is compared with: "" where there is none; None for a metric without one."""
        if self.name is None:
            return None
        found = self.beside(summary)
        return "" if found is None else found.text

    def with_baselines(self, wanted: Sequence[int], summaries: Sequence[Summary]) -> list[int]:
        """Return the indices `wanted` of summaries to score, with those of the baseline of the same documents."""
        if self.name is None:
            return list(wanted)
        documents = {summaries[index].document for index in wanted}
        needed = {index for index, each in enumerate(summaries) if each.system == self.name} - set(wanted)
        return sorted({*wanted, *(index for index in needed if summaries[index].document in documents)})
