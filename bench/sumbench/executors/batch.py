"""Runs the systems whose requests went out as batches from the answers that came back, and hands on all others."""

from collections.abc import Iterable
from collections.abc import Mapping

from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Executor
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.generation.endpoint.replay import MissingAnswers
from sumbench.generation.endpoint.replay import Replay
from sumbench.generation.endpoint.summarizer import WantedDraw
from sumbench.manifest import RequestCounts

UNANSWERED = "the batch's answers that were imported have none to its request"


class BatchExecutor:
    """Makes the summaries of some systems, by their names, of the answers of batches; `other` runs all others."""

    def __init__(self, other: Executor, replays: Mapping[str, Replay]) -> None:
        """Keep both."""
        self._other = other
        self._replays = replays

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Run a system over chunks of documents and yield events."""
        replay = self._replays.get(assignment.system.name)
        return self._other.run(assignment, chunks) if replay is None else _answered(replay, assignment, chunks)


def _answered(replay: Replay, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
    before = replay.answered
    for chunk in chunks:
        documents = {document.id: document for document in chunk.documents}
        for document, draw in chunk.wanted(assignment.system.samples):
            try:
                yield Made(replay.summary(WantedDraw(documents[document], draw)))
            except MissingAnswers:
                yield Failed(document, draw, UNANSWERED)
    yield Spent(requests=RequestCounts(0, 0, 0.0, batch=replay.answered - before))
