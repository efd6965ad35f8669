"""Notes and refusals for texts that lose letters where ROUGE's words are runs of a-z and 0-9."""

from collections.abc import Sequence

from sumbench.errors import MetricError
from sumbench.metrics.protocol import BatchNote
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.rouge import drops_letters

_LOSE = "lose more than a tenth of their letters, as words are runs of a-z and 0-9 alone"

ENGLISH_REMEDY = "if they are not in English, say which language it is: --language"
PERL_REMEDY = "the preset google reads every script (--rouge google, or rouge,preset=google)"


def reference_notes(documents: Sequence[Document], remedy: str) -> list[BatchNote]:
    """Return a note on the references that lose more than a tenth of their letters, if there are any."""
    names = [
        f"reference {number} of document {document.id!r}"
        for document in documents
        for number, text in enumerate(document.references, 1)
        if drops_letters(text)
    ]
    return [BatchNote(f"references that {_LOSE}", names, remedy)] if names else []


def summary_notes(summaries: Sequence[Summary], remedy: str) -> list[BatchNote]:
    """Return a note on the summaries that lose more than a tenth of their letters, if there are any."""
    names = [
        f"{summary.system}'s summary of document {summary.document!r}"
        for summary in summaries
        if drops_letters(summary.text)
    ]
    return [BatchNote(f"summaries that {_LOSE}", names, remedy)] if names else []


def refuse_references(documents: Sequence[Document]) -> None:
    """Raise MetricError, naming the document, for a reference of which ROUGE-1.5.5 drops more than a tenth."""
    for note in reference_notes(documents, PERL_REMEDY):
        raise MetricError(
            f"{note.texts[0]} loses more than a tenth of its letters: ROUGE-1.5.5 reads words of a-z and 0-9 alone; "
            f"{PERL_REMEDY}"
        )
