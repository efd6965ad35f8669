"""What a metric is to a run."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Protocol

from sumbench.records import Document
from sumbench.records import Score
from sumbench.records import Summary

AGREEMENT = "references"
"""The system name under which the references' own scores stand: each against the others."""


class Metric(Protocol):
    """Scores summaries against references, document by document.

    One metric may yield several values (ROUGE-1, ROUGE-2, ...); `signatures` has a line for each, by its name,
    that says exactly how it was computed.
    """

    def signatures(self, documents: Sequence[Document]) -> Mapping[str, str]:
        """Return the signature line of each value that the metric yields on these documents, by the value's name."""

    def score(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> list[Score]:
        """Return the scores of every summary that did not fail, on the metric's own scale, and the references' own.

        Each draw of a document has scores of its own. The references' stand under the system AGREEMENT: each reference
        of a document scored against the others, averaged; documents with one reference have none.
        """
