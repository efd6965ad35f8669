"""Base class of extractive summarizers: a subclass chooses sentences of the document."""

from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sumbench.errors import UsageError
from sumbench.records import Document
from sumbench.sentences import split
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

Chooser = Callable[[Document, Sequence[str]], Sequence[int]]
"""Chooses sentences: takes a document and its sentences, returns the indices of those it takes, in any order."""


@dataclass(frozen=True, kw_only=True)
class Extractive(Described):
    """A system whose summary is at most `sentences` sentences of the document, in the document's order."""

    sentences: int = 3
    libraries: ClassVar[tuple[str, ...]] = ("sentencex",)

    def __post_init__(self) -> None:
        """Refuse a length budget below one sentence."""
        if self.sentences < 1:
            raise UsageError(f"{self.name}: sentences={self.sentences} is no length: give 1 or more")

    @abstractmethod
    def chooser(self, context: Context) -> Chooser:
        """Return the function that chooses the sentences, with everything loaded that it needs."""

    def load(self, context: Context) -> Summarizer:
        """Make it ready to work."""
        choose = self.chooser(context)

        def write(document: Document) -> Draft:
            sentences = split(document.text, document.language)
            chosen = sorted(choose(document, sentences)) if len(sentences) > self.sentences else range(len(sentences))
            text = "\n".join(sentences[index] for index in chosen)
            size = words(document.text)
            return Draft(text, input_tokens=size, seen_tokens=size, output_tokens=words(text))

        return one_by_one(self.name, write)
