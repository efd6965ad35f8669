"""Reads summaries made elsewhere as batches of documents with summaries, from memory or as a stream."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from typing import TypeAlias

from sumbench.corpus import Corpus
from sumbench.corpus import Selection
from sumbench.corpus.conventions import LINES
from sumbench.corpus.documents import DocumentReader
from sumbench.corpus.objects import corpus_of
from sumbench.corpus.outputs import split_system
from sumbench.corpus.pipes import is_pipe
from sumbench.corpus.pipes import refuse_shared
from sumbench.corpus.ratings import HUMAN_COLUMN
from sumbench.corpus.ratings import ratings_beside
from sumbench.corpus.references import read_references
from sumbench.corpus.references import systems_in
from sumbench.corpus.rows import RowCache
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.spec import said_language
from sumbench.corpus.spec import with_columns
from sumbench.corpus.streams import Streams
from sumbench.corpus.streams import survey
from sumbench.errors import UsageError
from sumbench.jobs.entries import corpus_entry
from sumbench.jobs.scoring import BATCH
from sumbench.jobs.scoring import Batch
from sumbench.manifest import CorpusEntry
from sumbench.marks.counting import MarkCounter
from sumbench.metrics import Metric
from sumbench.progress import Progress
from sumbench.records import Document
from sumbench.records import Rating
from sumbench.systems import System
from sumbench.systems.outputs import GivenOutputs
from sumbench.systems.outputs import JoinedOutputs
from sumbench.systems.outputs import OutputFiles
from sumbench.systems.outputs import Outputs
from sumbench.systems.outputs import given_summary

SUITE = "score"

OutputTexts: TypeAlias = str | Sequence[str | None] | Mapping[str, str | None]
"""A system's outputs: a file (`FILE:SYSTEM` where that holds several), texts in order, or texts by document."""


@dataclass(frozen=True)
class ScoreRequest:
    """A request to score summaries made elsewhere.

    `references` are a corpus by its name, a table, text files with one reference a line (several of them are several
    references), or objects that make a corpus. `outputs` are those of each system; without any the systems are those in
    the file of references: in its column `systems`, or in `columns`, or in a column with a usual name. `sentences`
    names the convention that marks sentences in all of them; with `clean` outputs (never references) are cleaned of
    what models leave in texts. `language` is that of documents whose row or corpus does not say; None has it guessed.
    With `stream` only one batch is kept in memory. Without
    `texts` the run's folder keeps the documents' ids and hashes alone. `metrics` are those by default where they are
    None: then `rouge` is the ROUGE among them, and those that need a document's text are left out where one has none.
    """

    references: Any
    outputs: Mapping[str, OutputTexts] = field(default_factory=dict)
    columns: Sequence[str] = ()
    id_column: str | None = None
    sentences: str = LINES
    language: str | None = None
    clean: bool = False
    selection: Selection = field(default_factory=Selection)
    suite: str = SUITE
    metrics: Sequence[str | Metric] | None = None
    statistics: Mapping[str, Any] = field(default_factory=dict)
    stream: bool = False
    texts: bool = True
    rouge: Metric | None = None


@dataclass(frozen=True)
class OutputBatches:
    """Checked outputs: their corpus and systems, a function that yields them batch by batch, and people's ratings.

    `without_text` counts the documents of which only the references are there.
    """

    corpus: CorpusEntry
    systems: Sequence[System]
    batches: Callable[[], Iterator[Batch]]
    without_text: int = 0
    ratings: Sequence[Rating] = ()


def open_outputs(request: ScoreRequest, progress: Progress) -> OutputBatches:
    """Read and check references and outputs before anything is written.

    Raises CorpusError, naming file and line, for what cannot be read or does not fit together, and UsageError where
    there is no output to score, or for what does not go with a stream.
    """
    return _streamed(request, progress) if request.stream else _in_memory(request)


def _in_memory(request: ScoreRequest) -> OutputBatches:
    tables = RowCache()
    refuse_shared(_named_files(request))
    whole = _references(request, tables)
    documents = whole.documents
    files = OutputFiles(tables.read)
    systems = [
        system.joined(documents, files) if isinstance(system, Outputs) else system.joined(documents)
        for system in _systems(request, tables)
    ]
    selected = request.selection.apply(documents)
    rated = _ratings(request, tables, documents)
    names = {system.name for system in systems}
    notes = (*tables.notes, *whole.notes, *mark_notes(documents, systems), *_unrated(rated, names))
    corpus = replace(whole, documents=selected.documents, notes=(*selected.notes, *notes))

    def batches() -> Iterator[Batch]:
        for start in range(0, len(corpus.documents), BATCH):
            some = corpus.documents[start : start + BATCH]
            made = (system.summaries(document.id) for document in some for system in systems)
            yield Batch(some, [summary for draws in made for summary in draws])

    without_text = sum(not document.text.strip() for document in corpus.documents)
    kept = {document.id for document in corpus.documents}
    ratings = [rating for rating in rated if rating.document in kept and rating.system in names]
    return OutputBatches(corpus_entry(corpus), systems, batches, without_text, ratings)


def _ratings(request: ScoreRequest, tables: RowCache, documents: Sequence[Document]) -> Sequence[Rating]:
    """Return the ratings that stand beside the references, where these are one table."""
    names = request.references
    if not (isinstance(names, list | tuple) and len(names) == 1 and isinstance(names[0], str)):
        return ()
    name = parse_spec(names[0]).name
    if is_run(name) or not is_table(name):
        return ()
    return ratings_beside(list(tables.read(name)), documents)


def _unrated(ratings: Sequence[Rating], systems: Collection[str]) -> Iterator[str]:
    """Say which systems were rated and have no outputs here."""
    others = dict.fromkeys(rating.system for rating in ratings if rating.system not in systems)
    if others:
        yield f"ratings of systems without outputs here were left out: {', '.join(others)}"


def mark_notes(
    documents: Sequence[Document], systems: Sequence[JoinedOutputs], *, run: bool = False
) -> tuple[str, ...]:
    """Return the notes on what models and corpora have left in outputs and references, with the remedies of a `run`."""
    marks = MarkCounter()
    for system in systems:
        system.count_marks(marks)
    marks.add_references(documents)
    return tuple(marks.notes(run=run))


def _references(request: ScoreRequest, tables: RowCache) -> Corpus:
    names = request.references
    if isinstance(names, list | tuple) and names and all(isinstance(name, str) for name in names):
        source = read_references(_named(names, request), request.sentences, tables.read)
        name = source.name if request.suite == SUITE else request.suite
        documents = tuple(source.documents)
        # What reading them has found is known only then.
        return Corpus(name, documents, source.spec, tuple(source.notes))
    language = said_language(request.language)
    return corpus_of(names, reader=DocumentReader(sentences=request.sentences, needs_text=False, language=language))


def _named(names: Sequence[str], request: ScoreRequest) -> list[str]:
    """Return the references' names with the request's language."""
    return [name if request.language is None else with_columns(name, language=request.language) for name in names]


def _systems(request: ScoreRequest, tables: RowCache) -> "list[Outputs | GivenOutputs]":
    shared: dict[str, Any] = {"convention": request.sentences, "clean": request.clean}
    columns = {"id": request.id_column or "", **shared}
    if request.outputs:
        if request.columns and len(request.columns) > 1:
            raise UsageError("--output-column: name one column where --outputs names the systems' files")
        column = "".join(request.columns)
        return [
            _from_file(name, given, column=column, **columns)
            if isinstance(given, str)
            else GivenOutputs(name=name, given=given, **shared)
            for name, given in request.outputs.items()
        ]
    names = request.references
    (path,) = names if isinstance(names, list | tuple) and len(names) == 1 and isinstance(names[0], str) else ("",)
    if not path:
        raise UsageError("several files of references hold no systems' outputs: name some with --outputs NAME=FILE")
    if request.columns:
        return [Outputs(name=name, path=parse_spec(path).name, column=name, **columns) for name in request.columns]
    file, systems, found = systems_in(path, tables.read)
    if not systems and not found:
        raise UsageError(f"{path}: holds no systems' outputs: name files of them: sumbench score --outputs NAME=FILE")
    return [Outputs(name=name, path=file, system=name, **columns) for name in systems] or [
        Outputs(name=name, path=file, column=name, **columns) for name in found
    ]


def _from_file(name: str, given: str, **options: Any) -> Outputs:  # noqa: ANN401 - those of Outputs
    path, system = split_system(given)
    return Outputs(name=name, path=path, system=system, **options)


def _named_files(request: ScoreRequest) -> list[str]:
    """Return the names of the files that a request reads."""
    names = request.references if isinstance(request.references, list | tuple) else ()
    references = [parse_spec(name).name for name in names if isinstance(name, str)]
    outputs = [split_system(given) for given in request.outputs.values() if isinstance(given, str)]
    alone = [file for file, system in outputs if not system]
    # Systems that a file has under their names are read from it together.
    shared = dict.fromkeys(file for file, system in outputs if system)
    return [*references, *alone, *shared, *([str(request.selection.ids)] if request.selection.ids else [])]


def _streamed(request: ScoreRequest, progress: Progress) -> OutputBatches:
    streams = _streams(request)
    refuse_shared(_named_files(request))
    with progress.task("reading") as advance:
        found = survey(streams, advance)
    whole = streams.references.name
    entry = CorpusEntry(
        streams.name,
        found.fingerprint,
        found.documents,
        found.references,
        (*found.notes, *found.marks.notes(), *_ratings_of_stream(whole)),
        clusters=found.clusters,
        languages=dict(found.languages.most_common()),
        guessed=found.guessed,
        unclear=found.unclear,
    )
    systems = [
        _from_file(name, streams.files[name], clean=request.clean)
        if streams.files
        else Outputs(name=name, path=whole, system=name, clean=request.clean)
        for name in found.systems
    ]

    def batches() -> Iterator[Batch]:
        joined = streams.joined(found.again())
        while some := list(islice(joined, BATCH)):
            yield Batch(
                [document for document, *_ in some],
                [
                    given_summary(document.id, system, text, raws.get(system))
                    for document, outputs, raws in some
                    for system, text in outputs.items()
                ],
            )

    return OutputBatches(entry, systems, batches, found.without_text)


def _ratings_of_stream(name: str) -> Iterator[str]:
    if not is_pipe(Path(name)) and HUMAN_COLUMN in next(iter(read_rows(name))).values:
        yield f"ratings (column {HUMAN_COLUMN}) are not kept of a stream: score without --stream for them"


def _streams(request: ScoreRequest) -> Streams:
    names = request.references
    if not (isinstance(names, list | tuple) and len(names) == 1 and isinstance(names[0], str)):
        raise UsageError("--stream: name one table of references")
    if request.selection != Selection(seed=request.selection.seed):
        raise UsageError("--stream scores every row: --limit, --sample, --ids and --filter do not go with it")
    if request.outputs and request.columns:
        raise UsageError("--stream: give --outputs or --output-column, not both")
    files = {name: given for name, given in request.outputs.items() if isinstance(given, str)}
    if len(files) < len(request.outputs):
        raise UsageError("--stream: outputs are read from files")
    if idle := sorted(request.statistics.keys() - {"confidence", "resamples"}):
        raise UsageError(f"--stream makes no tests: --{idle[0]} does not go with it")
    references = parse_spec(*_named(names, request))
    return Streams(references, files, request.columns, request.id_column, request.sentences, request.clean)
