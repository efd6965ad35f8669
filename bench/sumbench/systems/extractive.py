"""Base class of extractive summarizers: a subclass chooses sentences of the document."""

from abc import abstractmethod
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from sumbench import length
from sumbench.errors import SummarizerError
from sumbench.length import Length
from sumbench.records import Document
from sumbench.sentences import one_a_line
from sumbench.sentences import split
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

Chooser = Callable[[Document, Sequence[str]], Sequence[int]]
"""Ranks sentences: takes a document and its sentences, returns the indices of `Extractive.most` of them, best first."""


@dataclass(frozen=True, kw_only=True)
class Extractive(Described):
    """A system whose summary is sentences of the document, in the document's order.

    They are at most `sentences`, or with `words` whole sentences of at most so many words together: the best first, and
    one that would exceed the budget is skipped for the next best. The best is taken where none fits. Where ranking
    takes more than linear time, `most_sentences` is how many a document may have that is not taken whole.
    """

    sentences: int = length.SENTENCES
    words: int | None = None
    skips: ClassVar[bool] = True
    most_sentences: ClassVar[int | None] = None
    revision: ClassVar[int] = 2
    libraries: ClassVar[tuple[str, ...]] = ("sentencex",)

    def __post_init__(self) -> None:
        """Refuse a length budget below one, and two of them."""
        _ = self.length

    @property
    def length(self) -> Length:
        """The length budget."""
        return length.budget(self.name, self.sentences, self.words)

    def most(self, sentences: Sequence[str]) -> int:
        """Return how many sentences of a document can be in its summary."""
        return self.sentences if self.words is None else len(sentences)

    def fingerprint(self) -> dict[str, Any]:
        """Return everything that can change the output; of the two length budgets the one that counts."""
        described = super().fingerprint()
        return {**described, "options": length.told(described["options"])}

    def _check_size(self, sentences: int) -> None:
        if self.most_sentences is not None and sentences > self.most_sentences:
            msg = (
                f"the document has {sentences:,} sentences, and {self.name}, whose time grows with their square, "
                f"takes at most {self.most_sentences:,}: cut the document, or leave the system out"
            )
            raise SummarizerError(msg)

    @abstractmethod
    def chooser(self, context: Context) -> Chooser:
        """Return the function that ranks the sentences, with everything loaded that it needs."""

    def load(self, context: Context) -> Summarizer:
        """Make it ready to work."""
        choose, budget = self.chooser(context), self.length

        def write(document: Document) -> Draft:
            sentences = split(document.text, document.language)
            chosen: Sequence[int] = range(len(sentences))
            if budget.kept(sentences) < len(sentences):
                self._check_size(len(sentences))
                chosen = sorted(budget.chosen(choose(document, sentences), sentences, skip=self.skips))
            text = one_a_line(sentences[index] for index in chosen)
            size = words(document.text)
            return Draft(text, input_tokens=size, seen_tokens=size, output_tokens=words(text))

        return one_by_one(self.name, write)
