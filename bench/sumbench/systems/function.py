"""A Python function as a system: text in, summary out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from typing import ClassVar

from sumbench.corpus.conventions import SPLIT
from sumbench.corpus.conventions import convention
from sumbench.errors import SummarizerError
from sumbench.records import Document
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.described import Draft
from sumbench.systems.described import one_by_one
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer


@dataclass(frozen=True, kw_only=True)
class Function(Described):
    """Any callable that takes an article's text and returns its summary.

    It works in this process, and nothing of what it writes is kept for later runs, since a change of its code could
    not be seen. A summary without line breaks is split into sentences.
    """

    function: Callable[[str], str]
    isolated: ClassVar[bool] = False

    def fingerprint(self) -> dict[str, Any]:
        """Return the function's module and name; its code may change without a trace."""
        name = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return {"system": "function", "function": f"{getattr(self.function, '__module__', '')}.{name}"}

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - nothing to load
        """Return what calls the function for one document after the other."""
        cut = convention(SPLIT)

        def write(document: Document) -> Draft:
            text = self.function(document.text)
            if not isinstance(text, str):
                raise SummarizerError(f"it returned {type(text).__name__} where a text is wanted")
            size = words(document.text)
            return Draft(cut(text, document.language), size, size, words(text))

        return one_by_one(self.name, write)
