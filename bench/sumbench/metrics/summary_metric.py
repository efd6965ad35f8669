"""Base class of metrics that score one summary at a time."""

from abc import ABC
from abc import abstractmethod
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

import numpy as np

from sumbench.errors import failure_reason
from sumbench.manifest import Value
from sumbench.metrics.notes import failed_references
from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.options import plain
from sumbench.options import written
from sumbench.plugins import provenance
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class Measured:
    """What a metric finds in one summary: its `values` by name, and by value name what it says beside them (JSON)."""

    values: Mapping[str, float]
    details: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SummaryMetric(ABC):
    """A metric whose fields are its options.

    `declared` are its values; `needs` and `costly` are those of the contract. `revision` counts changes of its code
    that change a value. With `agreement` each reference is measured against the others, too.
    """

    name: str
    declared: ClassVar[tuple[Value, ...]]
    needs: ClassVar[Needs] = Needs()
    costly: ClassVar[bool] = False
    revision: ClassVar[int] = 1
    agreement: ClassVar[bool] = False

    @abstractmethod
    def measure(self, document: Document, summary: Summary) -> Measured:
        """Measure one summary; whatever is raised is a failure of this summary alone."""

    def values(self) -> tuple[Value, ...]:
        """Return what it yields."""
        return self.declared

    def signatures(self, languages: Collection[str]) -> dict[str, str]:  # noqa: ARG002 - the same for all
        """Return for each value its name, where the class comes from, the options and the revision."""
        parts = [*signature_parts(self), f"v:{self.revision}"]
        return {value.name: "|".join((value.name, *parts)) for value in self.declared}

    def load(self, context: MetricContext) -> Scorer:  # noqa: ARG002 - nothing to load by default
        """Return what scores batches."""
        return self.score

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> BatchScores:
        """Measure each summary, and the references where they are to be measured."""
        by_id = {document.id: document for document in documents}
        values: dict[str, FloatArray] = {value.name: np.full(len(summaries), np.nan) for value in self.declared}
        failures: dict[int, str] = {}
        details: list[Detail] = []
        for index, summary in enumerate(summaries):
            try:
                found = self.measure(by_id[summary.document], summary)
                for name, array in values.items():
                    array[index] = found.values[name]
            except Exception as error:  # noqa: BLE001 - whatever it raises is a failure of this summary
                failures[index] = failure_reason(error)
                continue
            details += [
                Detail(summary.document, summary.system, name, content, summary.draw)
                for name, content in found.details.items()
            ]
        agreement, notes = self._agreement(documents) if self.agreement else ({}, [])
        return BatchScores(values, failures, details, agreement, notes)

    def _agreement(self, documents: Sequence[Document]) -> tuple[dict[str, FloatArray], list[BatchNote]]:
        """Return the mean values of each document's references, each against the others; NaN where there is no other.

        A reference that cannot be measured costs its document this mean, which a note says, and no summary its score.
        """
        found: dict[str, FloatArray] = {value.name: np.full(len(documents), np.nan) for value in self.declared}
        reasons: dict[str, str] = {}
        for row, document in enumerate(documents):
            try:
                measured = self._among(document)
                means = {name: np.mean([each[name] for each in measured]) for name in found if measured}
            except Exception as error:  # noqa: BLE001 - whatever it raises is said in the note
                reasons[document.id] = failure_reason(error)
                continue
            for name, mean in means.items():
                found[name][row] = mean
        return found, failed_references(reasons)

    def _among(self, document: Document) -> list[Mapping[str, float]]:
        """Return the values of each reference against the others; nothing where there is no other."""
        texts = document.references
        if len(texts) < 2:  # noqa: PLR2004 - a pair
            return []
        return [
            self.measure(
                replace(document, references=(*texts[:index], *texts[index + 1 :])),
                Summary(document.id, AGREEMENT, text, None, None, 0, None),
            ).values
            for index, text in enumerate(texts)
        ]


def signature_parts(metric: "DataclassInstance", without_effect: Collection[str] = ()) -> list[str]:
    """Return what signatures say of a metric's class, where it comes from, and of its options.

    Those `without_effect` on any value (a batch size) are left out.
    """
    cls = type(metric)
    named = [each.name for each in fields(metric) if each.name not in {"name", *without_effect}]
    module, *version = provenance(cls).values()
    code = [f"code:{each[:16].replace(' ', '-')}" for each in version]
    return [f"{module}:{cls.__qualname__}", *code, *(f"{each}:{_chosen(getattr(metric, each))}" for each in named)]


def _chosen(value: object) -> str:
    """Return an option's value as it is written on a command line; a file with the SHA-256 of what is in it."""
    content = plain(value)
    shown = f"{content['path']}@{content['sha256'][:16]}" if isinstance(content, dict) else written(value)
    return " ".join(shown.split())
