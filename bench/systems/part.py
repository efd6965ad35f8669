"""Outputs made elsewhere for a whole corpus, of which only a part is scored."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.records import Document
from bench.records import Summary
from bench.sentences import words
from bench.systems.outputs import Outputs
from bench.systems.protocol import Context
from bench.systems.protocol import Role
from bench.systems.protocol import Summarizer


@dataclass(frozen=True)
class Part:
    """A file of outputs that belongs to `documents`, asked for those of some of them."""

    outputs: Outputs
    documents: tuple[Document, ...]
    role: Role = Role.RANKED
    weights: str | None = None
    uses_references: bool = False
    seeded: bool = False
    isolated: bool = False
    trained_on: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that stands in tables."""
        return self.outputs.name

    def cost(self, summary: Summary) -> float | None:
        """Return what a summary cost, which is not known here."""
        return self.outputs.cost(summary)

    def fingerprint(self) -> dict[str, Any]:
        """Return that of the whole file: a summary is the same in a part of it."""
        return self.outputs.fingerprint()

    def check(self, documents: Sequence[Document]) -> None:  # noqa: ARG002 - they are some of its own
        """Raise CorpusError when the file does not hold exactly one summary for each document of the whole."""
        self.outputs.check(self.documents)

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - nothing to load but the file
        """Make it ready to hand out the file's summaries."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            texts = self.outputs.texts(self.documents)
            by_id = {document.id: text for document, text in zip(self.documents, texts, strict=True)}
            for document in documents:
                text = by_id[document.id]
                yield Summary(document.id, self.name, text, None, None, words(text), None)

        return summarize
