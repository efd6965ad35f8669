"""Metrics for tests of the contract: one where lower is better, with details; one that fails; one that costs."""

from dataclasses import dataclass
from typing import ClassVar

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import Needs
from sumbench.metrics.summary_metric import Measured
from sumbench.metrics.summary_metric import SummaryMetric
from sumbench.records import Document
from sumbench.records import Summary

CALLS: list[tuple[str, str]] = []
"""The documents and texts that a costly metric was asked about."""


@dataclass(frozen=True, kw_only=True)
class Absent(SummaryMetric):
    """The share of a summary's words that its document does not have: lower is better."""

    declared: ClassVar[tuple[Value, ...]] = (
        Value("absent", "Absent", "%", scale=100.0, decimals=1, direction=Direction.LOWER),
    )
    needs: ClassVar[Needs] = Needs(references=False, source=True)

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Count the words, and say where the absent ones stand."""
        if "unreadable" in summary.text:
            raise ValueError("cannot read this")
        words, known = summary.text.split(), set(document.text.split())
        spans = [[index, word] for index, word in enumerate(words) if word not in known]
        return Measured({"absent": len(spans) / max(1, len(words))}, {"absent": {"spans": spans}})


@dataclass(frozen=True, kw_only=True)
class Judged(Absent):
    """The same at a price, so that each score is kept; it breaks at the text that `breaks_at` names."""

    costly: ClassVar[bool] = True
    breaks_at: str = ""

    def measure(self, document: Document, summary: Summary) -> Measured:
        """Remember the call."""
        if self.breaks_at and self.breaks_at in summary.text:
            raise KeyboardInterrupt
        CALLS.append((document.id, summary.text))
        return super().measure(document, summary)
