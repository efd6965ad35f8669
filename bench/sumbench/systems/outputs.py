"""Summaries made elsewhere as systems: read from files, or given as Python objects."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from hashlib import file_digest
from hashlib import sha256
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import Self

from sumbench.corpus import outputs
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import matching_files
from sumbench.corpus.rows import read_rows
from sumbench.errors import CorpusError
from sumbench.errors import SummarizerError
from sumbench.marks.cleaning import cleaned
from sumbench.marks.counting import MarkCounter
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.records import checked_answer
from sumbench.sentences import words
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer


class OutputFiles:
    """Files of outputs, each read once for all its systems."""

    def __init__(self, read: RowReader = read_rows) -> None:
        """Begin without files; `read` yields the rows of tables."""
        self._read = read
        self._known: dict[tuple[str, str, str], dict[str, outputs.SystemOutputs]] = {}

    def outputs(self, path: str, column: str, identifier: str) -> dict[str, outputs.SystemOutputs]:
        """Return the outputs in a file by system; `column` and `identifier` name columns, "" for the usual ones."""
        key = (path, column, identifier)
        if key not in self._known:
            self._known[key] = outputs.read_outputs(path, column or None, identifier or None, self._read)
        return self._known[key]


def given_summary(document: str, system: str, text: str | None, raw: str | None = None) -> Summary:
    """Return the summary that was made elsewhere; without a text (None) it says that it is missing.

    `raw` is the text before it was cleaned, where that changed it.
    """
    if text is None:
        return Summary(document, system, "", None, None, 0, None, error="no output was given", failure="missing")
    return checked_answer(Summary(document, system, text, None, None, words(text), None, raw=raw))


@dataclass(frozen=True, kw_only=True)
class JoinedOutputs(Described):
    """The base of systems whose summaries were made elsewhere: `texts` has them by document, once they are joined.

    `convention` says how sentences are told apart in them. With `clean` they are cleaned of what models leave in texts
    (see `sumbench.marks.cleaning`); `raws` has those that this changed as they were.
    """

    isolated: ClassVar[bool] = False
    convention: str = LINES
    clean: bool = False
    texts: Mapping[str, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    raws: Mapping[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_texts(self, documents: Sequence[Document], texts: Sequence[str | None]) -> Self:
        """Return the system with a text for each document, one sentence a line; None where there is none."""
        cut = convention(self.convention)
        by_id: dict[str, str | None] = {}
        raws: dict[str, str] = {}
        for text, document in zip(texts, documents, strict=True):
            kept = cleaned(text) if self.clean and text is not None else text
            if text is not None and kept != text:
                raws[document.id] = text
            by_id[document.id] = None if kept is None else cut(kept, document.language)
        made = replace(self)
        # The texts are what was read, and no option: the constructor does not take them.
        object.__setattr__(made, "texts", by_id)
        object.__setattr__(made, "raws", raws)
        return made

    def count_marks(self, counter: MarkCounter) -> None:
        """Count the marks that its texts hold, and the texts that cleaning has changed."""
        for document, text in self.texts.items():
            if text is not None:
                counter.add(self.name, text)
                if self.clean:
                    counter.clean(self.name, changed=document in self.raws)

    def summary(self, document: str) -> Summary:
        """Return the summary of a document, by its id."""
        return given_summary(document, self.name, self.texts[document], self.raws.get(document))

    def load(self, context: Context) -> Summarizer:  # noqa: ARG002 - the texts were read when they were joined
        """Make it ready to hand out its summaries; raise SummarizerError where it was not joined."""
        if not self.texts:
            raise SummarizerError("its summaries were not joined with the documents of a corpus")
        return lambda documents: (self.summary(document.id) for document in documents)


@dataclass(frozen=True, kw_only=True)
class Outputs(JoinedOutputs):
    """Summaries made elsewhere: a table, joined by id, or a text file with one summary a line, in order.

    `path` is the file; `system` is the name of one of its systems, where it holds several; `column` and `id` name the
    columns of a table, where they have no usual name; `convention` says how sentences are told apart in the texts
    (lines, split, t, n, q, stop, sep or escaped). `clean=true` takes off thoughts, special tokens, announcements, code
    fences, JSON objects and Markdown. How many tokens were read and how long it took is not known.
    """

    path: str
    system: str = ""
    column: str = ""
    id: str = ""

    def fingerprint(self) -> dict[str, Any]:
        """Return the file's checksum with the options: the file is the system."""
        parts = super().fingerprint()
        idle = {"texts", "raws", *(() if self.clean else ("clean",))}
        options = {name: value for name, value in parts["options"].items() if name not in idle}
        return {**parts, "options": options, "sha256": "+".join(_sha256(file) for file in matching_files(self.path))}

    def joined(self, documents: Sequence[Document], files: OutputFiles | None = None) -> Self:
        """Return the system with its file read: one summary for each of the documents.

        `files` reads a file once for several systems. Raises CorpusError where the summaries do not belong to the
        documents.
        """
        found = (files or OutputFiles()).outputs(self.path, self.column, self.id)
        if self.system not in found:
            known = ", ".join(filter(None, found)) or "no named system"
            raise CorpusError(
                f"{self.path}: no outputs of {self.system or 'a system without a name'!r}: it holds {known}"
            )
        return self.with_texts(documents, found[self.system].aligned_to(documents, f"{self.path}: {self.name}"))


@dataclass(frozen=True, kw_only=True)
class GivenOutputs(JoinedOutputs):
    """Summaries that were given as Python objects: texts in the documents' order, or by document id."""

    given: Sequence[str | None] | Mapping[str, str | None]

    def fingerprint(self) -> dict[str, Any]:
        """Return the checksum of the texts."""
        given = self.given
        content = sorted(given.items()) if isinstance(given, Mapping) else list(given)
        digest = sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
        cleaned_too = {"clean": True} if self.clean else {}
        return {"system": "given", "convention": self.convention, **cleaned_too, "sha256": digest}

    def joined(self, documents: Sequence[Document]) -> Self:
        """Return the system with a text for each of the documents; raise CorpusError where they do not fit."""
        given, found = self.given, outputs.SystemOutputs()
        ids = list(given) if isinstance(given, Mapping) else None
        texts = list(given.values()) if isinstance(given, Mapping) else list(given)
        for number, text in enumerate(texts, 1):
            if not isinstance(text, str | None):
                raise CorpusError(f"{self.name}, output {number}: is a {type(text).__name__}, and no text")
            found.texts.append(text)
        if ids is not None:
            found.ids.update({str(identifier): index for index, identifier in enumerate(ids)})
        return self.with_texts(documents, found.aligned_to(documents, self.name))


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None
