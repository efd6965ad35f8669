"""Joins references and systems' outputs row by row, for corpora that do not fit into memory."""

from array import array
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from hashlib import blake2b
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from sumbench.corpus.columns import SYSTEMS_COLUMN
from sumbench.corpus.columns import Columns
from sumbench.corpus.columns import output_columns
from sumbench.corpus.conventions import convention
from sumbench.corpus.corpus import SOURCE
from sumbench.corpus.corpus import Digest
from sumbench.corpus.corpus import sources_of
from sumbench.corpus.languages import Settle
from sumbench.corpus.languages import StreamLanguages
from sumbench.corpus.notes import ReadingNotes
from sumbench.corpus.outputs import UsualColumn
from sumbench.corpus.outputs import is_long
from sumbench.corpus.outputs import row_id
from sumbench.corpus.outputs import row_outputs
from sumbench.corpus.outputs import split_system
from sumbench.corpus.outputs import text_outputs
from sumbench.corpus.rows import TableRow
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.corpus.rows import table_name
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.spec import Spec
from sumbench.errors import CorpusError
from sumbench.errors import UsageError
from sumbench.marks.cleaning import cleaned
from sumbench.marks.counting import MarkCounter
from sumbench.records import Document
from sumbench.spec_text import quoted


class JoinedDocument(NamedTuple):
    """A document (its text may be empty) with the output of each system, None where it has none.

    `raws` has the outputs that cleaning has changed, as they were.
    """

    document: Document
    outputs: Mapping[str, str | None]
    raws: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Streams:
    """A table of references with systems' outputs, in columns of that table or in separate files in the same order.

    `columns` are the output columns of the references' table; without them and without `files` (by system), its column
    `systems` is used. `sentences` names the sentence convention; with `clean` outputs are cleaned of marks.
    """

    references: Spec
    files: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    id_column: str | None = None
    sentences: str = "lines"
    clean: bool = False

    @property
    def name(self) -> str:
        """The corpus name that tables show."""
        return table_name(self.references.name)

    def joined(self, settle: Settle, notes: ReadingNotes | None = None) -> Iterator[JoinedDocument]:
        """Yield the documents with their outputs; memory does not grow with their number.

        `settle` gives a document without a language one. What is to be known of the figures goes into `notes`.
        The id of a document without one is its row number. Raises CorpusError, naming file and row, for rows that are
        invalid or do not match.
        """
        if not is_table(self.references.name):
            raise UsageError(f"--stream: {self.references.name} is no table: the references must be one")
        cut = convention(self.sentences)
        reader = replace(self.references.table_reader(sentences=self.sentences, needs_text=False), numbered=True)
        if reader.merge:
            raise UsageError("--stream: merge=yes does not go with it")
        notes = ReadingNotes() if notes is None else notes
        iterators = {name: _outputs(file, self.id_column, notes) for name, file in self.files.items()}
        last = _LastRow(read_rows(self.references.name, notes))
        own = _OutputColumns(self.columns, reader.columns)
        systems: tuple[str, ...] = ()
        for document in map(settle, reader.documents(last)):
            if self.files:
                given = {
                    name: _next_output(name, self.files[name], outputs, document) for name, outputs in iterators.items()
                }
            else:
                given = own.outputs(last.row)
            systems = systems or tuple(given)
            if not given.keys() <= set(systems):
                raise CorpusError(f"{last.row.where}: has other systems than the rows before: {', '.join(given)}")
            given = {name: given.get(name) for name in systems}
            kept = {name: cleaned(text) if self.clean and text else text for name, text in given.items()}
            yield JoinedDocument(
                document,
                {name: None if text is None else cut(text, document.language) for name, text in kept.items()},
                {name: text for name, text in given.items() if text is not None and text != kept[name]},
            )
        for name, outputs in iterators.items():
            if next(outputs, None) is not None:
                raise CorpusError(f"{self.files[name]}: {name} has more outputs than there are references")


@dataclass
class Survey:
    """What a first pass over a stream finds: the number of documents and references, systems, the fingerprint.

    `without_text` counts the documents of which only the references are there.
    `languages` counts the documents of each language, `guessed` those whose language was guessed, `unclear` those of
    them whose own texts leave it open. `again` returns what gives the documents of a further pass these languages.
    `notes` are what the reading found, `marks` what models and corpora have left in the texts. `clusters` has the
    source of each document where some share one: that alone grows with the documents.
    """

    documents: int = 0
    references: int = 0
    systems: tuple[str, ...] = ()
    fingerprint: str = ""
    languages: Counter[str] = field(default_factory=Counter)
    guessed: int = 0
    unclear: int = 0
    again: Callable[[], Settle] = field(default=lambda: lambda document: document)
    notes: ReadingNotes = field(default_factory=ReadingNotes)
    marks: MarkCounter = field(default_factory=MarkCounter)
    without_text: int = 0
    clusters: dict[str, str] | None = None


def survey(streams: Streams, watch: Callable[[int], None]) -> Survey:
    """Read a stream to its end; raise CorpusError for any fault, such as a duplicate id."""
    languages, with_sources = StreamLanguages(), False
    found, digest, ids = Survey(again=languages.again), Digest(), array("Q")
    for document, outputs, raws in streams.joined(languages.as_usual, found.notes):
        found.documents += 1
        found.without_text += not document.text.strip()
        with_sources = with_sources or SOURCE in document.metadata
        _count_marks(found.marks, document, outputs, raws if streams.clean else None)
        found.references += len(document.references)
        found.systems = found.systems or tuple(outputs)
        digest.add(document)
        ids.append(_hash(document.id))
        watch(found.documents)
    if not found.documents:
        raise CorpusError(f"{streams.references.name}: holds no rows")
    hashes = np.frombuffer(ids, np.uint64)
    hashes.sort()
    _refuse_doubles(streams, {int(value) for value in hashes[1:][hashes[1:] == hashes[:-1]]})
    found.languages, found.guessed, found.unclear = languages.counts()
    found.fingerprint = digest.hexdigest() if languages.were_as_usual else _fingerprint(streams, found.again())
    if with_sources:
        found.clusters = sources_of(document for document, *_ in streams.joined(found.again()))
    return found


def _fingerprint(streams: Streams, settle: Settle) -> str:
    digest = Digest()
    for document, *_ in streams.joined(settle):
        digest.add(document)
    return digest.hexdigest()


def _count_marks(
    marks: MarkCounter, document: Document, outputs: Mapping[str, str | None], raws: Mapping[str, str] | None
) -> None:
    marks.add_references([document])
    for system, output in outputs.items():
        if output is not None:
            marks.add(system, output)
            if raws is not None:
                marks.clean(system, changed=system in raws)


def _refuse_doubles(streams: Streams, suspects: set[int]) -> None:
    seen: set[str] = set()
    for document, *_ in streams.joined(lambda document: document) if suspects else ():
        if document.id in seen:
            raise CorpusError(f"{streams.name}: two documents have the id {document.id!r}: give each its own")
        if _hash(document.id) in suspects:
            seen.add(document.id)


class _OutputColumns:
    """Reads the outputs in a row of references: from named columns, `systems`, or columns with usual names."""

    def __init__(self, named: Sequence[str], columns: Columns) -> None:
        self._named = named
        self._columns = columns
        self._columns_of_outputs: Sequence[str] = ()
        self._begun = False

    def outputs(self, row: TableRow) -> dict[str, str | None]:
        if not self._named and SYSTEMS_COLUMN in row.values:
            found = dict(row_outputs(row, None, optional=self._begun))
        else:
            # What the first row has and another one lacks is a missing output there.
            self._columns_of_outputs = self._columns_of_outputs or self._named or self._usual(tuple(row.values))
            columns = self._columns_of_outputs
            if not columns and not self._begun:
                raise CorpusError(
                    f"{row.where}: holds no systems' outputs: name some with --outputs or --output-column"
                )
            found = {column: text for column in columns for _, text in row_outputs(row, column, optional=self._begun)}
        self._begun = True
        return found

    def _usual(self, names: tuple[str, ...]) -> list[str]:
        return output_columns(names, self._columns.roles(names).references)


class _LastRow:
    """Iterates over rows and remembers the last one in `row`."""

    row: TableRow

    def __init__(self, stream: Iterator[TableRow]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[TableRow]:
        for row in self._stream:
            self.row = row
            yield row


def _outputs(name: str, id_column: str | None, notes: ReadingNotes) -> Iterator[tuple[str | None, str | None]]:
    file, system = split_system(name)
    if is_run(file):
        raise UsageError(f"--stream: {file} is a run's folder: its summaries are not in the order of references")
    if not is_table(file):
        yield from ((None, line) for line in text_outputs(file))
        return
    usual = UsualColumn()
    for number, row in enumerate(read_rows(file, notes)):
        if is_long(row):
            raise UsageError(f"--stream: {row.where}: a summary a row, with its system: one column a system is wanted")
        found = dict(row_outputs(row, usual.of(row), optional=number > 0)) or {system: None}
        if len(found) != 1 and not system:
            raise CorpusError(f"{row.where}: holds the outputs of {len(found)} systems where one is wanted")
        if system and system not in found:
            raise CorpusError(f"{row.where}: no outputs of {system!r}: it holds {', '.join(map(quoted, found))}")
        yield row_id(row, id_column), found[system or next(iter(found))]


def _next_output(
    name: str, file: str, outputs: Iterator[tuple[str | None, str | None]], document: Document
) -> str | None:
    found = next(outputs, None)
    if found is None:
        raise CorpusError(f"{file}: {name} has no output for document {document.id!r} and those after it")
    identifier, text = found
    if identifier not in {None, document.id}:
        raise CorpusError(
            f"{file}: {name} has an output for {identifier!r} where {document.id!r} is wanted: "
            "with --stream outputs stand in the order of the references"
        )
    return text


def _hash(identifier: str) -> int:
    return int.from_bytes(blake2b(identifier.encode(), digest_size=8).digest(), "little")
