"""Summaries that ship with what is known of them, and how far a metric tells the supported ones from the others."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sumbench.errors import MetricError
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.scores import FloatArray
from sumbench.validation import read_toml

FILE = Path(__file__).with_name("checks.toml")

TELLS, INVERTS = 0.75, 0.25
"""From which share of pairs on a value tells supported summaries from others, and up to which it has them reversed."""


@dataclass(frozen=True)
class Claim:
    """A summary of a document (its id), whether it is `supported`, and `what` is special about it."""

    document: str
    text: str
    what: str
    supported: bool

    def summary(self) -> Summary:
        """Return it as a summary, by a system of its own."""
        return Summary(self.document, self.what, self.text, None, None, len(self.text.split()), None)


@cache
def shipped() -> tuple[tuple[Document, ...], tuple[Claim, ...]]:
    """Return the documents that ship, with a reference each, and the claims about them."""
    documents, claims = [], []
    for name, table in read_toml(FILE, MetricError).items():
        documents.append(Document(name, table["text"].strip(), (table["reference"],), language="en"))
        for supported in (True, False):
            texts = table["supported" if supported else "unsupported"]
            claims += [Claim(name, text, what, supported) for what, text in texts.items()]
    return tuple(documents), tuple(claims)


@dataclass(frozen=True)
class Checked:
    """What a metric made of the claims: its `values` that readers see, the `scores` by their names, the `failures`.

    Scores are in the claims' order, NaN where `failures` say why there is none.
    """

    metric: str
    values: Sequence[Value]
    claims: Sequence[Claim]
    scores: Mapping[str, FloatArray]
    failures: Mapping[int, str]

    @property
    def deciding(self) -> Value | None:
        """The value by which the metric is judged: the first of which more, or less, is better; None without any."""
        return next((value for value in self.values if value.direction != Direction.NEITHER), None)

    def share(self, value: Value) -> float:
        """Return the share (0 to 1) of pairs of a supported and another claim of one document in the right order.

        A tie counts as a half, a claim that could not be scored as wrong: the area under the ROC curve, over the pairs
        within documents.
        """
        counted = [self.right(value, index) for index, claim in enumerate(self.claims) if claim.supported]
        return sum(points for points, _ in counted) / sum(most for _, most in counted)

    def right(self, value: Value, index: int) -> tuple[float, int]:
        """Return with how many claims of the other kind on its document a claim is in the right order, of how many."""
        claim, scores = self.claims[index], self.scores[value.name]
        sign = -1.0 if (value.direction == Direction.LOWER) == claim.supported else 1.0
        rivals = [
            scores[number]
            for number, other in enumerate(self.claims)
            if other.document == claim.document and other.supported != claim.supported
        ]
        ahead = [0.5 * (1.0 + np.sign(sign * (scores[index] - rival))) for rival in rivals]
        return float(np.nansum(ahead)), len(rivals)

    def fault(self) -> str:
        """Return in a line why the metric does not tell supported claims from others; "" where it does."""
        value = self.deciding
        if self.failures:
            first = min(self.failures)
            number = f"{len(self.failures)} of {len(self.claims)} summaries could not be scored"
            return f"{self.metric}: {number}, the first: {self.failures[first]}"
        if value is None:
            return f"{self.metric}: of none of its values more or less is better: nothing to check"
        share = self.share(value)
        if share >= TELLS:
            return ""
        right = f"{value.name} has {share:.0%} of the pairs of a supported and another summary in the right order"
        if share <= INVERTS:
            return f"{self.metric}: {right}: it is the wrong way round: are the model's classes those that were meant?"
        return f"{self.metric}: {right}: it does not tell them apart (at least {TELLS:.0%} does)"
