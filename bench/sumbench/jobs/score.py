"""Scores summaries made elsewhere: every system is a file of outputs."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sumbench.corpus import Corpus
from sumbench.corpus import Selection
from sumbench.corpus.conventions import LINES
from sumbench.corpus.conventions import SENTENCE_MARKS
from sumbench.corpus.conventions import sentence_marks
from sumbench.corpus.references import read_references
from sumbench.corpus.references import systems_in
from sumbench.corpus.spec import parse_spec
from sumbench.corpus.streams import Streams
from sumbench.errors import UsageError
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import begin
from sumbench.jobs.plan import new_folder
from sumbench.jobs.run import Finished
from sumbench.jobs.run import finish
from sumbench.jobs.run import score_batches
from sumbench.jobs.run import write_manifest
from sumbench.jobs.scoring import Collected
from sumbench.jobs.scoring import batches
from sumbench.jobs.summarize import Policy
from sumbench.metrics import Metric
from sumbench.metrics.rouge import GOOGLE
from sumbench.metrics.rouge import PERL
from sumbench.metrics.rouge import ROUGE_TYPES
from sumbench.metrics.rouge import OriginalRouge
from sumbench.metrics.rouge import RougeMetric
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.resume import keep_times
from sumbench.runs.store import RunFolder
from sumbench.stats import Settings
from sumbench.suites.scored import ScoredSuite
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.systems.outputs import Files
from sumbench.systems.outputs import Outputs
from sumbench.tables import FORMATS
from sumbench.weights import Store

SUITE = "score"
ORIGINAL = "original"


@dataclass(frozen=True)
class ScoreRequest:
    """What is to be scored.

    `references` are a corpus by its name, a table, or text files with one reference a line (several of them are
    several references). `outputs` are files by system name; without any the systems are those in the file of
    references: in its column `systems`, or in `columns`, or in a column with a usual name. `sentences` names the
    convention by which sentences are told apart in all of them.
    """

    references: Sequence[str]
    outputs: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    id_column: str | None = None
    sentences: str = LINES
    selection: Selection = field(default_factory=Selection)
    suite: str = SUITE


def plan(  # noqa: PLR0913 - what a run is made of
    request: ScoreRequest,
    metric: Metric,
    store: Store,
    out: Path | None = None,
    statistics: Settings | None = None,
    *,
    texts: bool = True,
) -> Plan:
    """Turn files into a plan, every text read and joined; `statistics` are the settings of intervals and tests.

    Without `texts` the run's folder keeps the documents' ids and hashes alone.

    Raises CorpusError, naming file and line, for what cannot be read or does not fit together, and UsageError when
    there is no output to score.
    """
    source = read_references(request.references, request.sentences)
    documents = tuple(source.documents)
    name = source.name if request.suite == SUITE else request.suite
    whole = Corpus(name, documents, source.spec)
    files: Files = {}
    systems = [system.joined(documents, files) for system in _systems(request)]
    notes = [note for system in systems if (note := _marked(system, request.sentences))]
    selected = request.selection.apply(documents)
    corpus = replace(whole, documents=selected.documents, notes=(*selected.notes, *notes))
    return Plan(
        suite=request.suite,
        sentences=None,
        corpus=corpus,
        systems=systems,
        metrics=(metric,),
        context=Context(request.selection.seed, store),
        folder=out or new_folder(corpus, request.suite),
        policy=Policy(fail_fast=True),
        statistics=statistics or Settings(),
        texts=texts,
    )


def score(plan: Plan, progress: Progress | None = None) -> Finished:
    """Score the outputs of a plan, and write the run folder as a run does.

    Raises RunError when the folder cannot be written or holds another run, MetricError for a text that cannot be
    scored.
    """
    started, start = datetime.now(UTC), time.perf_counter()
    folder = RunFolder(plan.folder)
    with folder.claimed():
        old = folder.read_manifest()
        record = write_manifest(plan, begin(plan, started), old)
        documents = plan.corpus.documents
        folder.write_documents(documents, texts=plan.texts)
        summaries = tuple(_outputs(plan.systems, documents))
        folder.write_summaries(summaries)
        collected = Collected()
        some = batches(documents, summaries)
        record, details = score_batches(plan, record, some, progress or Silent(), collected)
        record = replace(record, finished=True, seconds=time.perf_counter() - start)
        record = keep_times(old, record)
        return finish(Run(record, summaries, collected.scores, documents, details), plan.folder)


def _outputs(systems: Sequence[System], documents: Sequence[Document]) -> Iterator[Summary]:
    for system in systems:
        if isinstance(system, Outputs):
            for document in documents:
                yield system.summary(document.id)


def streams(request: ScoreRequest) -> Streams:
    """Return the request as streams; raise UsageError for what does not go with one."""
    if len(request.references) != 1:
        raise UsageError("--stream: name one table of references")
    if request.selection != Selection(seed=request.selection.seed):
        raise UsageError("--stream scores every row: --limit, --sample, --ids and --filter do not go with it")
    if request.outputs and request.columns:
        raise UsageError("--stream: give --outputs or --output-column, not both")
    spec = parse_spec(request.references[0])
    return Streams(spec, request.outputs, request.columns, request.id_column, request.sentences)


def stream_folder(request: ScoreRequest, out: Path | None) -> Path:
    """Return the folder of a streamed run."""
    return out or new_folder(Corpus(streams(request).name, ()), request.suite)


def of_suite(suite: ScoredSuite, folder: Path, request: ScoreRequest) -> ScoreRequest:
    """Return the request for the suite's files in `folder`; raise UsageError for one that names files itself."""
    if request.references or request.outputs or request.columns:
        raise UsageError(f"--suite {suite.name} names its references and outputs itself: give no others")
    references, outputs = suite.files(folder)
    sentences = suite.sentences if request.sentences == LINES else request.sentences
    return replace(request, references=(references,), outputs=outputs, suite=suite.name, sentences=sentences)


def _systems(request: ScoreRequest) -> list[Outputs]:
    shared = {"convention": request.sentences, "id": request.id_column or ""}
    if request.outputs:
        if request.columns and len(request.columns) > 1:
            raise UsageError("--output-column: name one column where --outputs names the systems' files")
        column = "".join(request.columns)
        return [Outputs(name=name, path=path, column=column, **shared) for name, path in request.outputs.items()]
    (path,) = request.references if len(request.references) == 1 else ("",)
    if not path:
        raise UsageError("several files of references hold no systems' outputs: name some with --outputs NAME=FILE")
    if request.columns:
        return [Outputs(name=name, path=parse_spec(path).name, column=name, **shared) for name in request.columns]
    file, systems, columns = systems_in(path)
    if not systems and not columns:
        raise UsageError(f"{path}: holds no systems' outputs: name some with --outputs NAME=FILE")
    return [Outputs(name=name, path=file, system=name, **shared) for name in systems] or [
        Outputs(name=name, path=file, column=name, **shared) for name in columns
    ]


def _marked(system: Outputs, sentences: str) -> str:
    found = {mark for text in system.texts.values() for mark in sentence_marks(text)}
    if not found:
        return ""
    shown = " and ".join(sorted(found))
    way = " or ".join(f"--sentences {SENTENCE_MARKS[mark]}" for mark in sorted(found))
    return f"{system.name}: texts hold {shown}, taken as words under --sentences {sentences}: did you mean {way}?"


def rouge(preset: str, types: Sequence[str] | None = None, handling: str | None = None) -> Metric:
    """Return the ROUGE that `preset` names: google, perl, or an option string of ROUGE-1.5.5.

    `types` and `handling` are of google and perl; an option string says both itself. Raises UsageError.
    """
    if preset in {GOOGLE, PERL}:
        return RougeMetric(types=tuple(types or ROUGE_TYPES), handling=handling or "jackknife", preset=preset)
    if not preset.lstrip().startswith("-"):
        raise UsageError(f"--rouge {preset!r}: give google, perl, or options of ROUGE-1.5.5 such as '-n 2 -m -f A'")
    if types or handling:
        raise UsageError("--types and --handling do not go with an option string of ROUGE-1.5.5: it says both itself")
    return OriginalRouge(preset)


def named_files(pairs: Sequence[str]) -> dict[str, str]:
    """Read NAME=FILE pairs; raise UsageError for one that is none or names a system twice."""
    files: dict[str, str] = {}
    for pair in pairs:
        name, equals, file = pair.partition("=")
        if not (name and equals and file):
            raise UsageError(f"--outputs {pair!r}: give NAME=FILE")
        if name in files:
            raise UsageError(f"--outputs: system {name!r} is named twice")
        files[name] = file
    return files


def renderer(format_: str, preset: str) -> Callable[[Plan, Finished], str]:
    """Return what prints a scored run: a table's format, or `original` for the lines that ROUGE-1.5.5 prints."""
    if format_ != ORIGINAL:
        render = FORMATS[format_]

        def both(_plan: Plan, finished: Finished) -> str:
            shown = finished.published if format_ in {"terminal", "markdown"} else None
            return "\n".join(render(one) for one in (finished.table, shown) if one is not None)

        return both
    if preset in {GOOGLE, PERL}:
        raise UsageError("--format original goes with an option string of ROUGE-1.5.5: --rouge '-n 2 -m'")
    return lambda plan, finished: OriginalRouge(preset).report(plan.corpus.documents, finished.run.summaries)
