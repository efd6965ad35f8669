"""Brings scores and people's judgements of the same summaries together: of a file of outputs, or of a run."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sumbench import suites
from sumbench.corpus.ratings import PREFERENCE_COLUMNS
from sumbench.corpus.ratings import read_judgements
from sumbench.corpus.rows import is_table
from sumbench.corpus.rows import read_rows
from sumbench.corpus.run_folder import is_run
from sumbench.corpus.spec import parse_spec
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.executors.describe import describe_model
from sumbench.jobs.outputs import ScoreRequest
from sumbench.jobs.outputs import open_outputs
from sumbench.jobs.preconditions import check_documents
from sumbench.jobs.preconditions import check_systems
from sumbench.jobs.preconditions import check_trust
from sumbench.jobs.preconditions import fetch_weights
from sumbench.jobs.scoring import batches
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.metrics import LoadedMetric
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.progress import Progress
from sumbench.records import Document
from sumbench.records import Preference
from sumbench.records import Rating
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.runs.score_journal import FILE
from sumbench.runs.score_journal import ScoreJournal
from sumbench.runs.store import read_run
from sumbench.scores import FloatArray
from sumbench.scores import Scores
from sumbench.stats import matrices
from sumbench.stats import sign
from sumbench.stats.analysis import clusters_of
from sumbench.stats.correlation.analysis import Rated
from sumbench.stats.correlation.controls import LENGTH
from sumbench.stats.correlation.controls import controls
from sumbench.stats.correlation.ratings import mean_ratings
from sumbench.weights import Store


@dataclass(frozen=True, eq=False)
class JudgedOutputs:
    """Summaries with scores, and what people said of them.

    `values` and `signatures` are by the name of a value; `texts` tells whether the documents' texts are known.
    """

    name: str
    ids: tuple[str, ...]
    systems: tuple[str, ...]
    documents: Callable[[], Sequence[Document]]
    summaries: Sequence[Summary]
    scores: Scores
    values: Mapping[str, Value]
    signatures: Mapping[str, str]
    ratings: Sequence[Rating] = ()
    preferences: Sequence[Preference] = ()
    clusters: Mapping[str, str] | None = None
    texts: bool = True
    seed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of the documents and the names of the systems that people said anything of."""
        documents = {each.document for each in self.ratings} | {each.document for each in self.preferences}
        systems = {each.system for each in self.ratings} | {
            system for each in self.preferences for system in (each.a, each.b)
        }
        return frozenset(documents), frozenset(systems)

    @property
    def qualities(self) -> tuple[str, ...]:
        """The rated qualities, in the order in which they come."""
        return tuple(dict.fromkeys(rating.quality for rating in self.ratings))

    def with_judgements(
        self, where: str, ratings: Sequence[Rating], preferences: Sequence[Preference]
    ) -> "JudgedOutputs":
        """Take these judgements; raise UsageError for one of a document or system that is not here."""
        ids, systems = frozenset(self.ids), frozenset(self.systems)
        judged = [*((each.document, each.system) for each in ratings)]
        judged += [(each.document, system) for each in preferences for system in (each.a, each.b)]
        for document, system in judged:
            if system not in systems:
                raise UsageError(f"{where}: judges system {system!r}, and there are {', '.join(self.systems)}")
            if document not in ids:
                raise UsageError(f"{where}: judges document {document!r}, which is not in {self.name}")
        return replace(self, ratings=tuple(ratings), preferences=tuple(preferences))


def open_judged(
    source: str, *, ratings: str | None, sentences: str, language: str | None, progress: Progress
) -> JudgedOutputs:
    """Read a run, or the outputs in a file, and the judgements of them; outputs in a file have no scores yet.

    Judgements are those of the table `ratings`, else those that stand beside the outputs or in the run's folder.
    Nothing is written. Raises CorpusError, RunError and UsageError for what cannot be read or does not fit together.
    """
    judged = (
        of_run(read_run(Path(source)))
        if is_run(source)
        else _of_file(ScoreRequest([source], sentences=sentences, language=language), progress)
    )
    if ratings is not None:
        return judged.with_judgements(ratings, *read_judgements(ratings))
    if not judged.ratings:
        raise UsageError(
            f"{source}: holds no ratings: give them in a column `human` beside the outputs, or a table of them with "
            "--ratings"
        )
    return judged


def only_preferences(source: str) -> Sequence[Preference]:
    """Return the preferences in a table that holds nothing else; none where it is another table, or none."""
    if is_run(source) or not is_table(parse_spec(source).name):
        return ()
    first = next(iter(read_rows(source)))
    return read_judgements(source)[1] if set(PREFERENCE_COLUMNS) <= set(first.values) else ()


def of_run(run: Run) -> JudgedOutputs:
    """Return the summaries and scores of a run with the ratings that it keeps."""
    record = run.manifest
    return JudgedOutputs(
        record.corpus.name,
        tuple(run.ids),
        tuple(entry.name for entry in record.systems),
        lambda: run.documents if record.texts else (),
        run.summaries,
        run.scores,
        record.values,
        record.signatures,
        run.ratings,
        clusters=None if clusters_of(run) is None else record.corpus.clusters,
        texts=record.texts,
        seed=record.seed,
    )


def _of_file(request: ScoreRequest, progress: Progress) -> JudgedOutputs:
    outputs = open_outputs(request, progress)
    whole = list(outputs.batches())
    documents = tuple(document for batch in whole for document in batch.documents)
    return JudgedOutputs(
        outputs.corpus.name,
        tuple(document.id for document in documents),
        tuple(system.name for system in outputs.systems),
        lambda: documents,
        tuple(summary for batch in whole for summary in batch.summaries),
        Scores.of(),
        {},
        {},
        outputs.ratings,
        clusters=outputs.corpus.clusters,
        notes=outputs.corpus.notes,
    )


def missing_metrics(source: str, judged: JudgedOutputs, named: Sequence[str | Metric] | None) -> list[Metric]:
    """Return the metrics, of those that are named, whose scores are not there yet; by default the usual ones of a file.

    Raises RunError where the `source` is a run that keeps no texts, which they would need.
    """
    if named is None:
        return [] if judged.values else build_metrics(suites.METRICS)
    built = build_metrics(named)
    missing = [each for each in built if not {value.name for value in each.values()} <= set(judged.values)]
    if missing and not judged.texts:
        raise RunError(f"{source}: holds no texts of its documents (--no-texts): no metric can be added")
    return missing


def with_scores(
    judged: JudgedOutputs, metrics: Sequence[Metric], store: Store, progress: Progress, cache: Path | None = None
) -> JudgedOutputs:
    """Score the summaries of documents that people judged, in memory; costly scores are kept in the file `cache`."""
    context, documents = MetricContext(judged.seed, store), judged.documents()
    check_trust(metrics, store)
    check_documents(metrics, documents)
    check_systems(metrics, judged.systems)
    fetch_weights(metrics, context)
    wanted, _ = judged.judged
    some = [document for document in documents if document.id in wanted]
    summaries = [summary for summary in judged.summaries if summary.document in wanted]
    parts = [judged.scores]
    values, signatures, notes = dict(judged.values), dict(judged.signatures), list(judged.notes)
    languages = sorted({document.language for document in documents})
    with TemporaryDirectory() as folder:
        kept = ScoreJournal(Path(folder) / FILE, cache)
        for metric in metrics:
            loaded = LoadedMetric(metric, metric.load(context), model=describe_model(metric, context))
            failed = done = 0
            with progress.task(f"scoring: {metric.name}", len(some), "documents") as advance:
                for batch in batches(some, summaries):
                    scored = kept.score(loaded, batch.documents, batch.summaries)
                    parts.append(scored.scores)
                    failed += scored.failed
                    done += len(batch.documents)
                    advance(done, failed)
            if failed:
                notes.append(f"{metric.name} could not score {failed} of {len(summaries)} summaries")
            values |= {value.name: value for value in metric.values()}
            signatures |= loaded.signatures(languages)
    return replace(judged, scores=Scores.concat(parts), values=values, signatures=signatures, notes=tuple(notes))


def check_wanted(
    judged: JudgedOutputs, metrics: Sequence[Metric], values: Sequence[str] | None, qualities: Sequence[str] | None
) -> None:
    """Raise UsageError for a quality that was not rated, and a value that neither the scores nor the metrics have."""
    rated = judged.qualities
    for quality in qualities or ():
        if quality not in rated:
            raise UsageError(f"--qualities: {quality!r} was not rated: there are {', '.join(rated)}")
    known = [*judged.values, *(value.name for metric in metrics for value in metric.values())]
    for name in values or ():
        if name not in known:
            raise UsageError(f"--values: no metric yields {name!r}: there are {', '.join(known)}")


def rated_arrays(
    judged: JudgedOutputs,
    seed: int,
    wanted: Sequence[str] | None = None,
    qualities: Sequence[str] | None = None,
    *,
    controlled: bool = True,
) -> Rated:
    """Lay scores, controls and mean ratings out as arrays over the documents and systems that were judged.

    Args:
        judged: Summaries with scores and ratings.
        seed: Governs the control that is drawn at random.
        wanted: The names of values; None for those of main and further tables that readers see.
        qualities: The qualities; None for all.
        controlled: Add the controls.
    """
    rated_ids, rated_systems = judged.judged
    ids = tuple(each for each in judged.ids if each in rated_ids)
    systems = tuple(each for each in judged.systems if each in rated_systems)
    ratings = mean_ratings(judged.ratings, ids, systems)
    names = wanted or [name for name, value in judged.values.items() if value.main]
    laid = matrices(judged.scores.where(metric=list(names)), systems, ids)
    scores = {name: _turned(judged.values[name]) * laid[name].T for name in names if name in laid}
    scores |= dict.fromkeys((name for name in names if name not in laid), np.full((len(ids), len(systems)), np.nan))
    fresh: dict[str, FloatArray] = {}
    if controlled:
        by_id = {document.id: document for document in judged.documents()}
        documents = [by_id.get(each) or Document(each, "", ()) for each in ids]
        of_controls = controls(documents, judged.summaries, systems, seed)
        # A metric may measure what a control does, under the same name.
        fresh = {name: array for name, array in of_controls.items() if name not in scores}
    properties = [name for name in scores if judged.values[name].direction == Direction.NEITHER]
    return Rated(
        ids,
        systems,
        scores | fresh,
        {quality: ratings[quality] for quality in qualities or judged.qualities},
        (*properties, *fresh),
        LENGTH,
        None if judged.clusters is None else [judged.clusters[each] for each in ids],
    )


def _turned(value: Value) -> float:
    return 1.0 if value.direction == Direction.NEITHER else sign(value)
