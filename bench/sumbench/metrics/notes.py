"""Notes of metrics on the texts of a batch, joined over batches into lines for the readers of a run's table."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.metrics.protocol import BatchNote


class NoteTally:
    """Notes on texts, counted over the batches of a run; of the texts only the first one is kept."""

    def __init__(self) -> None:
        """Start without notes."""
        self._counts: dict[tuple[str, str], int] = {}
        self._firsts: dict[tuple[str, str], str] = {}

    def add(self, notes: Iterable[BatchNote]) -> None:
        """Take the notes of one more batch."""
        for note in notes:
            if note.texts:
                key = note.what, note.remedy
                self._counts[key] = self._counts.get(key, 0) + len(note.texts)
                self._firsts.setdefault(key, note.texts[0])

    def lines(self, metric: str) -> tuple[str, ...]:
        """Return a line for each note: the metric, what is noted of how many texts, the first one, the remedy."""
        return tuple(
            f"{metric}: {what}: {number}, the first: {self._firsts[what, remedy]}{remedy and f'; {remedy}'}"
            for (what, remedy), number in self._counts.items()
        )


def failed_references(reasons: Mapping[str, str]) -> list[BatchNote]:
    """Return a note on the documents (by id) whose references could not be scored as summaries are, with reasons."""
    texts = [f"those of document {document!r} ({reason})" for document, reason in reasons.items()]
    return [BatchNote("references that could not be scored as summaries are", texts)] if texts else []


def joined_notes(notes: Iterable[BatchNote]) -> Sequence[BatchNote]:
    """Return notes of which no two say the same; a text that comes several times counts once."""
    texts: dict[tuple[str, str], dict[str, None]] = {}
    for note in notes:
        texts.setdefault((note.what, note.remedy), {}).update(dict.fromkeys(note.texts))
    return [BatchNote(what, tuple(named), remedy) for (what, remedy), named in texts.items()]
