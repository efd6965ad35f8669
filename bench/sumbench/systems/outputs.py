"""Summaries made elsewhere, from a file, so that they stand in the same table."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import TypeAlias

from sumbench.corpus import outputs
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.rows import matching_files
from sumbench.errors import CorpusError
from sumbench.errors import SummarizerError
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

Files: TypeAlias = dict[tuple[str, str, str], dict[str, outputs.SystemOutputs]]
"""The outputs in files that were read, by path, column of outputs and column of ids."""


@dataclass(frozen=True, kw_only=True)
class Outputs(Described):
    """Summaries made elsewhere: a table, joined by id, or a text file with one summary a line, in order.

    `path` is the file; `system` is the name of one of its systems, where it holds several; `column` and `id` name the
    columns of a table, where they have no usual name; `convention` says how sentences are told apart in the texts
    (lines, split, t, n, q or stop). How many tokens were read and how long it took is not known.

    `texts` has the summaries by document once the file is `joined` with its documents; of these any may be asked for.
    """

    isolated: ClassVar[bool] = False
    path: str
    system: str = ""
    column: str = ""
    id: str = ""
    convention: str = LINES
    texts: Mapping[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def fingerprint(self) -> dict[str, Any]:
        """Return the file's checksum with the options: the file is the system."""
        parts = super().fingerprint()
        options = {name: value for name, value in parts["options"].items() if name != "texts"}
        return {**parts, "options": options, "sha256": "+".join(_sha256(file) for file in matching_files(self.path))}

    def joined(self, documents: Sequence[Document], files: Files | None = None) -> "Outputs":
        """Return the system with its file read: one summary for each of the documents, one sentence a line.

        `files` holds what was read already, so that several systems of one file read it once. Raises CorpusError where
        there is not just one summary for each document.
        """
        cut = convention(self.convention)
        key = (self.path, self.column, self.id)
        read = {} if files is None else files
        if key not in read:
            read[key] = outputs.read_outputs(self.path, self.column or None, self.id or None)
        found = read[key]
        if self.system not in found:
            known = ", ".join(filter(None, found)) or "no named system"
            raise CorpusError(
                f"{self.path}: no outputs of {self.system or 'a system without a name'!r}: it holds {known}"
            )
        texts = found[self.system].aligned_to(documents, f"{self.path}: {self.name}")
        by_id = {document.id: cut(text, document.language) for text, document in zip(texts, documents, strict=True)}
        made = replace(self)
        # The texts are what the file holds, and no option: the constructor does not take them.
        object.__setattr__(made, "texts", by_id)
        return made

    def summary(self, document: str) -> Summary:
        """Return the summary of a document, by its id."""
        text = self.texts[document]
        return Summary(document, self.name, text, None, None, words(text), None)

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - the file was read when it was joined
        """Make it ready to hand out the file's summaries; raise SummarizerError where it was not joined."""
        if not self.texts:
            raise SummarizerError(f"{self.path}: its summaries were not joined with the documents of a corpus")
        return lambda documents: (self.summary(document.id) for document in documents)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None
