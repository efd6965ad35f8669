"""Scores summaries made elsewhere: every system is a file of outputs, or texts that are given."""

import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sumbench import metrics as of_metrics
from sumbench import suites
from sumbench.errors import UsageError
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import metrics_failed
from sumbench.jobs.outputs import OutputBatches
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.outputs import open_outputs
from sumbench.jobs.plan import entries
from sumbench.jobs.plan import metric_entries
from sumbench.jobs.plan import new_folder
from sumbench.jobs.plan import new_manifest
from sumbench.jobs.scoring import Batch
from sumbench.jobs.scoring import Scored
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import Watch
from sumbench.jobs.scoring import score_batches
from sumbench.manifest import Manifest
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics.rouge import GOOGLE
from sumbench.metrics.rouge import PERL
from sumbench.metrics.rouge import ROUGE_TYPES
from sumbench.metrics.rouge import OriginalRouge
from sumbench.metrics.rouge import RougeMetric
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.run_record import Run
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.scores import Scores
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import Totals
from sumbench.stats import analyse
from sumbench.suites.scored import ScoredSuite
from sumbench.systems import Context
from sumbench.tables import FORMATS
from sumbench.weights import Store

if TYPE_CHECKING:
    from sumbench.records import Document
    from sumbench.records import Summary

ORIGINAL = "original"


def score(
    request: ScoreRequest, store: Store, out: Path | None = None, progress: Progress | None = None
) -> tuple[Path, Finished]:
    """Score the outputs of a request, write a run folder as a run does, and return it with what it holds.

    `out` is the run's folder; None makes a new one in `results/`. Whatever is wrong with the files is found before
    anything is written. Raises CorpusError for that, UsageError for a request that means nothing, RunError when the
    folder cannot be written or holds another run, MetricError for a text that cannot be scored.
    """
    progress = progress or Silent()
    started, start = datetime.now(UTC), time.perf_counter()
    settings = Settings.of(request.statistics)
    metrics = of_metrics.build_all(request.metrics or ["rouge"])
    outputs = open_outputs(request, progress)
    context = Context(request.selection.seed, store)
    record = new_manifest(
        outputs.corpus,
        entries(outputs.systems, context),
        metric_entries(metrics, outputs.languages),
        suite=request.suite,
        sentences=None,
        seed=context.seed,
        ranked_by=suites.RANKED_BY,
        # A stream's intervals are made in one way.
        statistics=replace(settings, method="percentile") if request.stream else settings,
        texts=request.texts,
        request=None,
        started=started,
    )
    folder = RunFolder(out or new_folder(outputs.corpus.name, request.suite))
    with folder.claimed():
        old = folder.read_manifest()
        record = record if old is None else merge_manifest(old, record, folder.path)
        folder.write_manifest(record)
        scoring = Scoring(metrics, MetricContext(context.seed, store, context.device), fail_fast=True)
        work = _Work(outputs, scoring, record, folder, progress)
        scored, made, analysis = work.stream() if request.stream else work.collect()
        ended = replace(record, finished=True, metrics=scored.entries, seconds=time.perf_counter() - start)
        made = made.with_manifest(keep_times(old, ended))
        return folder.path, finish(made, folder, analysis, failed=bool(scored.failed) or metrics_failed(ended))


@dataclass(frozen=True)
class _Work:
    """Outputs on their way through the metrics into a run's folder, batch by batch."""

    outputs: OutputBatches
    scoring: Scoring
    record: Manifest
    folder: RunFolder
    progress: Progress

    def collect(self) -> tuple[Scored, Run, Analysis]:
        """Score with everything kept in memory, as the comparison of systems needs it."""
        documents: list[Document] = []
        summaries: list[Summary] = []
        parts: list[Scores] = []

        def keep(batch: Batch, scores: Scores) -> None:
            documents.extend(batch.documents)
            summaries.extend(batch.summaries)
            parts.append(scores)

        scored = self._score(keep)
        made = Run(self.record, summaries, Scores.concat(parts), documents, scored.details)
        return scored, made, analyse(made)

    def stream(self) -> tuple[Scored, Run, Analysis]:
        """Score with nothing kept in memory but sums: no comparisons, which `compare` makes from the folder."""
        totals = Totals(self.record)

        def add(batch: Batch, scores: Scores) -> None:
            totals.add([document.id for document in batch.documents], scores, batch.summaries)

        scored = self._score(add)
        path = self.folder.path
        made = Run(
            self.record,
            lambda: read_run(path).summaries,
            lambda: read_run(path).scores,
            lambda: read_run(path).documents,
            scored.details,
        )
        return scored, made, totals.analysis()

    def _score(self, watch: Watch) -> Scored:
        """Score all batches, and write documents, summaries, scores and details as they come."""
        with (
            self.folder.writing_documents(texts=self.record.texts) as documents,
            self.folder.writing_summaries() as summaries,
        ):

            def write(batch: Batch, scores: Scores) -> None:
                documents.write(batch.documents)
                summaries.write(batch.summaries)
                watch(batch, scores)

            some, size = self.outputs.batches(), self.outputs.corpus.documents
            scored = score_batches(
                self.scoring, self.record.metrics, some, size, folder=self.folder, progress=self.progress, watch=write
            )
        self.folder.write_details(scored.details)
        return scored


def of_suite(suite: ScoredSuite, folder: Path, request: ScoreRequest) -> ScoreRequest:
    """Return the request for the suite's files in `folder`; raise UsageError for one that names files itself."""
    if request.references or request.outputs or request.columns:
        raise UsageError(f"--suite {suite.name} names its references and outputs itself: give no others")
    references, outputs = suite.files(folder)
    sentences = suite.sentences if request.sentences == ScoreRequest.sentences else request.sentences
    return replace(request, references=(references,), outputs=outputs, suite=suite.name, sentences=sentences)


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
    return OriginalRouge(options=preset)


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


def renderer(format_: str, preset: str) -> Callable[[Finished], str]:
    """Return what prints a scored run: a table's format, or `original` for the lines that ROUGE-1.5.5 prints."""
    if format_ != ORIGINAL:
        render = FORMATS[format_]

        def both(finished: Finished) -> str:
            shown = finished.published if format_ in {"terminal", "markdown"} else None
            return "\n".join(render(one) for one in (finished.table, shown) if one is not None)

        return both
    if preset in {GOOGLE, PERL}:
        raise UsageError("--format original goes with an option string of ROUGE-1.5.5: --rouge '-n 2 -m'")
    return lambda finished: OriginalRouge(options=preset).report(finished.run.documents, finished.run.summaries)
