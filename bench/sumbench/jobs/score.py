"""Scores summaries made elsewhere against references, and writes a run folder."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench import suites
from sumbench.corpus import pipes
from sumbench.corpus.outputs import is_there
from sumbench.corpus.outputs import named_systems
from sumbench.corpus.outputs import split_system
from sumbench.errors import UsageError
from sumbench.jobs.entries import metric_entries
from sumbench.jobs.entries import new_manifest
from sumbench.jobs.entries import system_entries
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import metrics_failed
from sumbench.jobs.outputs import OutputBatches
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.outputs import open_outputs
from sumbench.jobs.plan import new_folder
from sumbench.jobs.preconditions import check_systems
from sumbench.jobs.preconditions import check_trust
from sumbench.jobs.preconditions import fetch_weights
from sumbench.jobs.scoring import Batch
from sumbench.jobs.scoring import Scored
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import Watch
from sumbench.jobs.scoring import score_batches
from sumbench.manifest import Manifest
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.run_record import Run
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.scores import Scores
from sumbench.spec_text import quoted
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import Totals
from sumbench.stats import analyse
from sumbench.stats.phrases import count
from sumbench.suites.scored import ScoredSuite
from sumbench.systems import Context
from sumbench.weights import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from sumbench.records import Detail
    from sumbench.records import Document
    from sumbench.records import Summary


@pipes.kept()
def score(
    request: ScoreRequest,
    store: Store,
    out: Path | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> tuple[Path, Finished]:
    """Score the outputs of a request, write a run folder as a run does, and return it with what it holds.

    `out` is the run's folder; None makes a new one in `results/`. Costly scores are kept in the file `cache`, and what
    their model or service fails on is a failure of that summary. Whatever is wrong with the files is found before
    anything is written. Raises CorpusError for that, UsageError for a request that means nothing, RunError when the
    folder cannot be written or holds another run, MetricError for a text that cannot be scored.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    settings = Settings.of(request.statistics)
    metrics = build_metrics(suites.METRICS if request.metrics is None else request.metrics)
    if not metrics:
        raise UsageError("no metric is named: `sumbench metrics` lists them")
    check_trust(metrics, store)
    outputs = open_outputs(request, progress)
    if request.metrics is None:
        metrics, outputs = _by_default(metrics, outputs, request.rouge)
    check_systems(metrics, {system.name for system in outputs.systems})
    context = Context(request.selection.seed, store)
    for_metrics = MetricContext(context.seed, store, context.device)
    fetch_weights(metrics, for_metrics)
    record = new_manifest(
        outputs.corpus,
        system_entries(outputs.systems, context),
        metric_entries(metrics, outputs.corpus.languages, outputs.corpus, for_metrics),
        suite=request.suite,
        sentences=None,
        words=None,
        seed=context.seed,
        ranked_by=suites.RANKED_BY,
        statistics=settings,
        texts=request.texts,
        request=None,
        started=started,
    )
    folder = RunFolder(out or new_folder(outputs.corpus.name, request.suite))
    with folder.claimed():
        old = folder.read_manifest()
        record = record if old is None else merge_manifest(old, record, folder.path)
        folder.write_manifest(record)
        scoring = Scoring(metrics, for_metrics, cache, fail_fast=True, excused=True)
        work = _Work(outputs, scoring, record, folder, progress)
        scored, made, analysis = work.stream() if request.stream else work.collect()
        failed = any(row.failed or row.failed_draws for row in analysis.standings)
        ended = replace(record, finished=True, metrics=scored.entries, seconds=time.perf_counter() - start)
        made = made.with_manifest(keep_times(old, ended))
        return folder.path, finish(
            made, folder, analysis, failed=failed or bool(scored.failed) or metrics_failed(ended)
        )


def _by_default(
    metrics: Sequence[Metric], outputs: OutputBatches, rouge: Metric | None
) -> tuple[list[Metric], OutputBatches]:
    """Return the metrics that are used by default, `rouge` first if given; of those left out the corpus has a note."""
    chosen = [rouge if rouge is not None and metric.name == suites.METRICS[0] else metric for metric in metrics]
    without = outputs.without_text
    out = [metric.name for metric in chosen if without and metric.needs.source]
    if not out:
        return chosen, outputs
    corpus = outputs.corpus
    many = "no document has" if without == corpus.documents else f"{count(without, 'document')} without"
    note = f"left out, as {many} a text: {', '.join(out)} (--metrics names them)"
    kept = [metric for metric in chosen if metric.name not in out]
    return kept, replace(outputs, corpus=replace(corpus, notes=(*corpus.notes, note)))


@dataclass(frozen=True)
class _Work:
    """Scores outputs batch by batch and writes them into a run's folder."""

    outputs: OutputBatches
    scoring: Scoring
    record: Manifest
    folder: RunFolder
    progress: Progress

    def collect(self) -> tuple[Scored, Run, Analysis]:
        """Score with everything kept in memory, which the comparison of systems needs."""
        documents: list[Document] = []
        summaries: list[Summary] = []
        parts: list[Scores] = []

        def keep(batch: Batch, scores: Scores) -> None:
            documents.extend(batch.documents)
            summaries.extend(batch.summaries)
            parts.append(scores)

        scored = self._score(keep)
        self.folder.write_details(scored.details)
        self.folder.write_ratings(self.outputs.ratings)
        record = replace(self.record, metrics=scored.entries)
        made = Run(record, summaries, Scores.concat(parts), documents, scored.details, ratings=self.outputs.ratings)
        return scored, made, analyse(made)

    def stream(self) -> tuple[Scored, Run, Analysis]:
        """Score with only sums kept in memory; the comparison of systems is left to `sumbench compare`."""
        totals = Totals(self.record)

        def add(batch: Batch, scores: Scores) -> None:
            totals.add([document.id for document in batch.documents], scores, batch.summaries)

        with self.folder.writing_details() as details:
            scored = self._score(add, details)
        self.folder.write_ratings(())
        path = self.folder.path
        made = Run(
            self.record,
            lambda: read_run(path).summaries,
            lambda: read_run(path).scores,
            lambda: read_run(path).documents,
            lambda: read_run(path).details,
        )
        return scored, made, totals.analysis(replace(self.record, metrics=scored.entries))

    def _score(self, watch: Watch, details: "Callable[[Sequence[Detail]], None] | None" = None) -> Scored:
        """Score all batches, and write documents, summaries and scores as they come; `details` takes these."""
        with (
            self.folder.writing_documents(texts=self.record.texts) as documents,
            self.folder.writing_summaries() as summaries,
        ):

            def write(batch: Batch, scores: Scores) -> None:
                documents.write(batch.documents)
                summaries.write(batch.summaries)
                watch(batch, scores)

            some, size = self.outputs.batches(), self.outputs.corpus.documents
            return score_batches(
                self.scoring,
                self.record.metrics,
                some,
                size,
                folder=self.folder,
                progress=self.progress,
                watch=write,
                ranked_by=self.record.ranked_by,
                keep=details,
            )


def request_of_suite(suite: ScoredSuite, folder: Path, request: ScoreRequest) -> ScoreRequest:
    """Return the request for the suite's files in `folder`; raise UsageError for one that names files itself."""
    if request.references or request.outputs or request.columns:
        raise UsageError(f"--suite {suite.name} names its references and outputs itself: give no others")
    references, outputs = suite.files(folder)
    sentences = suite.sentences if request.sentences == ScoreRequest.sentences else request.sentences
    language = suite.language if request.language is None else request.language
    return replace(
        request,
        references=(references,),
        outputs=outputs,
        suite=suite.name,
        sentences=sentences,
        language=language or None,
    )


def named_files(pairs: Sequence[str]) -> dict[str, str]:
    """Read NAME=FILE pairs; a FILE alone that holds systems with names, such as a run's folder, stands for all of them.

    Where several equals signs leave it open, NAME ends before the first FILE that exists. Raises UsageError for a pair
    that is none, and for two systems of one name.
    """
    files: dict[str, str] = {}
    for pair in pairs:
        for name, file in _systems_of(pair).items():
            if files.get(name, file) != file:
                both = f"in {files[name]} and in {file}: give one another name, NAME=FILE"
                raise UsageError(f"--outputs: system {name!r} is named twice, {both}")
            if name in files:
                raise UsageError(f"--outputs: system {name!r} is named twice")
            files[name] = file
    return files


def _systems_of(pair: str) -> dict[str, str]:
    whole, system = split_system(pair)
    known = named_systems(whole) if is_there(whole) else []
    if system in known or (known and not system):
        return {name: f"{whole}:{name}" for name in ([system] if system else known)}
    cuts = [at for at, character in enumerate(pair) if character == "=" and at and pair[at + 1 :]]
    if not cuts:
        hint = f": {whole} holds {', '.join(map(quoted, known))}" if known else ""
        raise UsageError(f"--outputs {pair!r}: give NAME=FILE{hint}")
    found = (at for at in cuts if is_there(split_system(pair[at + 1 :])[0]))
    at = next(found, cuts[0])
    return {pair[:at]: pair[at + 1 :]}
