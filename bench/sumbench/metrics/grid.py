"""Lays out the texts of a batch as the corpus scorer takes them: a row a document, a column a system's draw."""

from collections.abc import Sequence

import numpy as np

from sumbench.records import Document
from sumbench.records import Summary


class SummaryGrid:
    """The texts of a batch by document and by system's draw.

    `cells` has the row and column of each summary, `texts` a list of texts for each row. Where a system has no summary
    of a document an empty text takes part, whose scores are never read.
    """

    def __init__(self, documents: Sequence[Document], summaries: Sequence[Summary]) -> None:
        """Lay out the summaries, each of one of the documents."""
        rows = {document.id: row for row, document in enumerate(documents)}
        columns: dict[tuple[str, int], int] = {}
        self.cells = np.array(
            [
                (rows[summary.document], columns.setdefault((summary.system, summary.draw), len(columns)))
                for summary in summaries
            ],
            np.int64,
        ).reshape(-1, 2)
        self.texts = [[""] * len(columns) for _ in documents]
        for (row, column), summary in zip(self.cells, summaries, strict=True):
            self.texts[row][column] = summary.text
