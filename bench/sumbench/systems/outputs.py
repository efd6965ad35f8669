"""Summaries made elsewhere as systems: read from files, or given as Python objects."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from typing import ClassVar
from typing import Self

from sumbench import files
from sumbench.corpus import outputs
from sumbench.corpus.cells import is_missing
from sumbench.corpus.cells import scalar_text
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import convention
from sumbench.corpus.pipes import STDIN
from sumbench.corpus.pipes import is_pipe
from sumbench.corpus.pipes import local_file
from sumbench.corpus.rows import RowReader
from sumbench.corpus.rows import matching_files
from sumbench.corpus.rows import read_rows
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.run_folder import summaries_file
from sumbench.errors import CorpusError
from sumbench.errors import SummarizerError
from sumbench.marks.cleaning import cleaned
from sumbench.marks.counting import MarkCounter
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.records import checked_answer
from sumbench.sentences import words
from sumbench.spec_text import quoted
from sumbench.systems.described import Described
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Summarizer

_READ = frozenset({"texts", "draws", "failures", "raws"})
"""The fields that hold what was read."""


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


def given_summary(  # noqa: PLR0913, PLR0917 - what is known of a summary
    document: str,
    system: str,
    text: str | None,
    raw: str | None = None,
    draw: int = 1,
    failed: outputs.NoOutput | None = None,
) -> Summary:
    """Return the summary that was made elsewhere; without a text (None) it says why it `failed`, or is missing.

    `raw` is the text before it was cleaned, where that changed it.
    """
    if text is None:
        failed = failed or outputs.NoOutput("no output was given", "missing")
        missing = Summary(document, system, "", None, None, 0, None, failed.error, draw, failed.failure)
        return checked_answer(missing)
    return checked_answer(Summary(document, system, text, None, None, words(text), None, draw=draw, raw=raw))


@dataclass(frozen=True, kw_only=True)
class JoinedOutputs(Described):
    """The base of systems whose summaries were made elsewhere: `texts` has them by document, once they are joined.

    `draws` has those of further draws, where several summaries of a document were drawn; `failures` says, by document
    and number of the draw, why there is none, where that is known. `convention` says how sentences are told apart. With
    `clean` the texts are cleaned of what models leave in them (see `sumbench.marks.cleaning`); `raws` has those that
    this changed as they were, by document and draw.
    """

    isolated: ClassVar[bool] = False
    convention: str = LINES
    clean: bool = False
    texts: Mapping[str, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    draws: Sequence[Mapping[str, str | None]] = field(default=(), init=False, repr=False, compare=False)
    failures: Mapping[tuple[str, int], outputs.NoOutput] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    raws: Mapping[tuple[str, int], str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_texts(self, documents: Sequence[Document], *draws: Sequence[outputs.Output]) -> Self:
        """Return the system with a text for each document, one sentence a line, in one draw or several.

        None stands where there is none, or the reason.
        """
        cut = convention(self.convention)
        by_id: list[dict[str, str | None]] = []
        failures: dict[tuple[str, int], outputs.NoOutput] = {}
        raws: dict[tuple[str, int], str] = {}
        for number, texts in enumerate(draws, 1):
            by_id.append({})
            for text, document in zip(texts, documents, strict=True):
                if isinstance(text, outputs.NoOutput):
                    failures[document.id, number] = text
                if not isinstance(text, str):
                    by_id[-1][document.id] = None
                    continue
                kept = cleaned(text) if self.clean else text
                if kept != text:
                    raws[document.id, number] = text
                by_id[-1][document.id] = cut(kept, document.language)
        made = replace(self)
        # The texts are what was read, and no option: the constructor does not take them.
        read = {"texts": by_id[0], "draws": tuple(by_id[1:]), "failures": failures, "raws": raws}
        for name, value in read.items():
            object.__setattr__(made, name, value)
        return made

    @property
    def samples(self) -> int:
        """How many summaries there are of each document."""
        return 1 + len(self.draws)

    def count_marks(self, counter: MarkCounter) -> None:
        """Count the marks that its texts hold, and the texts that cleaning has changed."""
        for draw, texts in enumerate((self.texts, *self.draws), 1):
            for document, text in texts.items():
                if text is not None:
                    counter.add(self.name, text)
                    if self.clean:
                        counter.clean(self.name, changed=(document, draw) in self.raws)

    def summaries(self, document: str) -> list[Summary]:
        """Return the summaries of a document, by its id, a draw each."""
        return [
            given_summary(
                document,
                self.name,
                texts[document],
                self.raws.get((document, draw)),
                draw,
                self.failures.get((document, draw)),
            )
            for draw, texts in enumerate((self.texts, *self.draws), 1)
        ]

    def load(self, context: Context) -> Summarizer:
        """Make it ready to hand out its summaries; raise SummarizerError where it was not joined."""
        if not self.texts:
            raise SummarizerError("its summaries were not joined with the documents of a corpus")

        def hand_out(documents: Sequence[Document]) -> Iterator[Summary]:
            for document in documents:
                made = self.summaries(document.id)
                wanted = context.wanted(document.id, self.samples) if self.draws else (1,)
                yield from (summary for summary in made if summary.draw in wanted)

        return hand_out


@dataclass(frozen=True, kw_only=True)
class Outputs(JoinedOutputs):
    """Summaries made elsewhere: a table or run, joined by id, or a text file with one summary a line, in order.

    `path` is the file, or the run's folder; `system` is the name of one of its systems, where it holds several;
    `column` and `id` name the columns of a table, where they have no usual name; `convention` says how sentences are
    told apart in the texts (lines, split, t, n, q, stop, sep or escaped). `clean=true` takes off thoughts, special
    tokens, announcements, code fences, JSON objects and Markdown. How many tokens were read and how long it took is not
    known.
    """

    path: str
    system: str = ""
    column: str = ""
    id: str = ""

    def fingerprint(self) -> dict[str, Any]:
        """Return the file's checksum with the options: the file is the system."""
        parts = super().fingerprint()
        idle = {*_READ, *(() if self.clean else ("clean",))}
        options = {name: value for name, value in parts["options"].items() if name not in idle}
        if is_pipe(Path(self.path)):
            # What a shell calls it changes from time to time.
            options["path"] = STDIN
        files = [Path(summaries_file(self.path))] if is_run(self.path) else matching_files(self.path)
        return {**parts, "options": options, "sha256": "+".join(map(_sha256, files))}

    def joined(self, documents: Sequence[Document], files: OutputFiles | None = None) -> Self:
        """Return the system with its file read: its summaries of each of the documents.

        `files` reads a file once for several systems. Raises CorpusError where the summaries do not belong to the
        documents.
        """
        found = self._chosen((files or OutputFiles()).outputs(self.path, self.column, self.id))
        where = f"{self.path}: {self.name}"
        return self.with_texts(documents, *(draw.aligned_to(documents, where) for draw in (found, *found.draws)))

    def _chosen(self, found: Mapping[str, outputs.SystemOutputs]) -> outputs.SystemOutputs:
        """Return the outputs of the named system, or of the only one; raise CorpusError where it is unclear."""
        if self.system in found:
            return found[self.system]
        if not self.system and len(found) == 1:
            return next(iter(found.values()))
        known = ", ".join(map(quoted, filter(None, found))) or "no named system"
        if not self.system:
            raise CorpusError(
                f"{self.path}: holds the outputs of {known}: say whose are meant: FILE:SYSTEM or system=…"
            )
        raise CorpusError(f"{self.path}: no outputs of {self.system!r}: it holds {known}")


@dataclass(frozen=True, kw_only=True)
class GivenOutputs(JoinedOutputs):
    """Summaries that were given as Python objects: texts in the documents' order, or by document id."""

    given: Sequence[str | None] | Mapping[str, str | None]

    def fingerprint(self) -> dict[str, Any]:
        """Return the checksum of the texts."""
        texts = [None if is_missing(text) else text for text in self._texts()]
        ids = self._ids()
        content = texts if ids is None else sorted(zip(ids, texts, strict=True))
        digest = sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
        cleaned_too = {"clean": True} if self.clean else {}
        return {"system": "given", "convention": self.convention, **cleaned_too, "sha256": digest}

    def joined(self, documents: Sequence[Document]) -> Self:
        """Return the system with a text for each of the documents; raise CorpusError where they do not fit."""
        found = outputs.SystemOutputs()
        for number, text in enumerate(self._texts(), 1):
            if not isinstance(text, str) and not is_missing(text):
                raise CorpusError(f"{self.name}, output {number}: is a {type(text).__name__}, and no text")
            found.texts.append(text if isinstance(text, str) else None)
        ids = self._ids() or []
        found.ids.update({identifier: index for index, identifier in enumerate(ids)})
        if len(found.ids) < len(ids):
            raise CorpusError(f"{self.name}: two of its ids mean the same: {', '.join(ids[:4])}…")
        return self.with_texts(documents, found.aligned_to(documents, self.name))

    def _texts(self) -> list[Any]:
        return list(self.given.values()) if isinstance(self.given, Mapping) else list(self.given)

    def _ids(self) -> list[str] | None:
        """Return the documents' ids, of whatever type, as those of tables are written; None where there are none."""
        if not isinstance(self.given, Mapping):
            return None
        return [scalar_text(identifier) or str(identifier) for identifier in self.given]


def _sha256(file: Path) -> str:
    try:
        return files.sha256(local_file(file))
    except OSError as error:
        raise CorpusError(f"{file}: {error.strerror}") from None
