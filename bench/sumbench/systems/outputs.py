"""Summaries made elsewhere, from a file, so that they stand in the same table."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any
from typing import ClassVar

from sumbench.corpus import outputs
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.rows import matching_files
from sumbench.errors import CorpusError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer


@dataclass(frozen=True, kw_only=True)
class Outputs(Described):
    """Summaries made elsewhere: a table, joined by id, or a text file with one summary a line, in order.

    `path` is the file; `system` is the name of one of its systems, where it holds several; `column` and `id` name the
    columns of a table, where they have no usual name; `convention` says how sentences are told apart in the texts
    (lines, split, t, n, q or stop). How many tokens were read and how long it took is not known.

    The documents that are first checked are those that the file is about; what is asked for later may be some of them.
    """

    isolated: ClassVar[bool] = False
    whole: ClassVar[bool] = True
    path: str
    system: str = ""
    column: str = ""
    id: str = ""
    convention: str = LINES
    _known: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def fingerprint(self) -> dict[str, Any]:
        """Return the file's checksum with the options: the file is the system."""
        parts = super().fingerprint()
        options = {name: value for name, value in parts["options"].items() if name != "_known"}
        return {**parts, "options": options, "sha256": "+".join(_sha256(file) for file in matching_files(self.path))}

    def check(self, documents: Sequence[Document]) -> None:
        """Raise CorpusError when the file does not hold exactly one summary for each of the documents."""
        if not all(document.id in self._known for document in documents):
            texts = self.texts(documents)
            self._known.clear()
            self._known.update((document.id, text) for document, text in zip(documents, texts, strict=True))

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - nothing to load but the file
        """Make it ready to hand out the file's summaries."""

        def summarize(documents: Sequence[Document]) -> Iterator[Summary]:
            self.check(documents)
            for document in documents:
                text = self._known[document.id]
                yield Summary(document.id, self.name, text, None, None, words(text), None)

        return summarize

    def texts(self, documents: Sequence[Document]) -> list[str]:
        """Return the summary of each document, one sentence a line; raise CorpusError where there is not just one."""
        cut = convention(self.convention)
        found = _read(self.path, self.column, self.id, tuple(map(_stamp, matching_files(self.path))))
        if self.system not in found:
            known = ", ".join(filter(None, found)) or "no named system"
            raise CorpusError(
                f"{self.path}: no outputs of {self.system or 'a system without a name'!r}: it holds {known}"
            )
        texts = found[self.system].aligned_to(documents, f"{self.path}: {self.name}")
        return [cut(text, document.language) for text, document in zip(texts, documents, strict=True)]


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None


@lru_cache(maxsize=2)
def _read(file: str, column: str, identifier: str, stamps: tuple[int, ...]) -> dict[str, outputs.SystemOutputs]:  # noqa: ARG001 - a changed file is read anew
    return outputs.read_outputs(file, column or None, identifier or None)
