"""What a job hands from scoring to the statistics: held in memory, or where it is much, read from the run's folder."""

from collections.abc import Sequence

from sumbench.corpus.stored import KEPT
from sumbench.jobs.scoring import Batch
from sumbench.manifest import Manifest
from sumbench.records import Detail
from sumbench.records import Document
from sumbench.records import Rating
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.score_columns import stored_scores
from sumbench.runs.store import SCORES
from sumbench.runs.store import RunFolder
from sumbench.runs.summary_index import StoredSummaries
from sumbench.scores import Scores


def within_memory(summaries: StoredSummaries, most: int = KEPT) -> Sequence[Summary]:
    """Return summaries as a tuple, or where they are more than `most` as they are: each is read when it is needed."""
    return summaries if len(summaries) > most else tuple(summaries)


class Gathered:
    """The scores of a run, batch by batch: kept while they are of few summaries, else left to scores.parquet."""

    def __init__(self, folder: RunFolder, most: int = KEPT) -> None:
        """Begin without scores; those of more than `most` summaries are not kept."""
        self._file = folder.path / SCORES
        self._most = most
        self._summaries = 0
        self._parts: list[Scores] | None = []

    def add(self, batch: Batch, scores: Scores) -> None:
        """Take the scores of a batch, which are written by now."""
        self._summaries += len(batch.summaries)
        if self._summaries > self._most:
            self._parts = None
        if self._parts is not None:
            self._parts.append(scores)

    def run(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        record: Manifest,
        summaries: Sequence[Summary],
        documents: Sequence[Document],
        details: Sequence[Detail],
        ids: Sequence[str],
        ratings: Sequence[Rating] = (),
    ) -> Run:
        """Return the run, once scores.parquet is complete."""
        if self._parts is not None:
            return Run(record, summaries, Scores.concat(self._parts), documents, details, ids, ratings)
        file = self._file
        return Run(
            record,
            summaries,
            lambda: Scores.concat(stored_scores(file)),
            documents,
            details,
            ids,
            ratings,
            lambda: stored_scores(file),
        )
