"""Correlates metrics with people's ratings, or holds them against pairwise preferences."""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

import numpy as np

from sumbench.corpus.rows import table_name
from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.jobs.rated import JudgedOutputs
from sumbench.jobs.rated import check_wanted
from sumbench.jobs.rated import missing_metrics
from sumbench.jobs.rated import of_run
from sumbench.jobs.rated import only_preferences
from sumbench.jobs.rated import open_judged
from sumbench.jobs.rated import rated_arrays
from sumbench.jobs.rated import with_scores
from sumbench.metrics import Metric
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Preference
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats import Interval
from sumbench.stats import Settings
from sumbench.stats.correlation.agreement import MOST_VALUES
from sumbench.stats.correlation.agreement import alpha_of
from sumbench.stats.correlation.agreement import coincidences
from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.analysis import Question
from sumbench.stats.correlation.analysis import correlations
from sumbench.stats.correlation.preferences import first_shown
from sumbench.stats.correlation.preferences import metric_agreement
from sumbench.stats.correlation.preferences import rater_agreement
from sumbench.stats.correlation.preferences import votes
from sumbench.stats.correlation.preferences import win_rates
from sumbench.stats.correlation.ratings import ratings_by_rater
from sumbench.stats.correlation.resampling import draw
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.units import numbered
from sumbench.tables.correlation import agreement_line
from sumbench.tables.correlation import correlation_table
from sumbench.tables.heat_map import heat_map
from sumbench.tables.model import Table
from sumbench.tables.preferences import Alphas
from sumbench.tables.preferences import metric_agreement_table
from sumbench.tables.preferences import preference_table
from sumbench.tables.preferences import raters_table
from sumbench.weights import Store

FILE = "correlations.json"
"""What `--out` writes beside the tables: correlations for programs, by value and quality."""


@dataclass(frozen=True)
class CorrelateRequest:
    """A request to hold metrics against people, with the options of `sumbench correlate`; see its help.

    `source` is a file of outputs, a run's folder, or a table of preferences; `levels` and `coefficients` make a table
    for each two. Without `units` intervals and tests of systems' means draw documents and systems, others documents:
    which systems there are matters most where there is one point a system.
    """

    source: str
    ratings: str | None = None
    metrics: Sequence[str | Metric] | None = None
    values: tuple[str, ...] | None = None
    qualities: tuple[str, ...] | None = None
    levels: tuple[str, ...] = ("summary",)
    coefficients: tuple[str, ...] = ("kendall",)
    units: str | None = None
    closest: float | None = None
    partial: bool = False
    sentences: str = "lines"
    language: str | None = None
    seed: int = 0
    statistics: Mapping[str, Any] = field(default_factory=dict)

    def questions(self) -> list[Question]:
        """Return each question; raise UsageError for one that means nothing."""
        closest = None if self.closest is None else self.closest / 100
        return [
            Question(level, coefficient, self.units or ("both" if level == "system" else "documents"), closest)  # type: ignore[arg-type] # checked where it is made
            for level in self.levels
            for coefficient in self.coefficients
        ]


@dataclass(frozen=True)
class Correlated:
    """The tables, the first correlations as a picture (SVG), and what programs read; empty of preferences alone."""

    tables: tuple[Table, ...]
    correlations: tuple[Correlations, ...] = ()
    picture: str = ""
    content: str = ""

    def write(self, file: Path) -> None:
        """Write what programs read; raise UsageError where only preferences were judged."""
        if not self.content:
            raise UsageError(f"--out: of preferences alone there are no correlations to write into {file}")
        write_text(file, self.content)


def correlate(
    request: CorrelateRequest, store: Store, progress: Progress | None = None, cache: Path | None = None
) -> Correlated:
    """Correlate metrics with people; costly scores are kept in the file `cache`.

    Raises UsageError, CorpusError and RunError for what cannot be read, does not fit together, or means nothing.
    """
    settings = Settings.of(request.statistics)
    questions = request.questions()
    if request.ratings is None and (preferences := only_preferences(request.source)):
        return Correlated((_preferences(table_name(request.source), preferences, settings),))
    progress = progress or Silent()
    judged = open_judged(
        request.source,
        ratings=request.ratings,
        sentences=request.sentences,
        language=request.language,
        progress=progress,
    )
    metrics = missing_metrics(request.source, judged, request.metrics)
    # Before anything is scored, which may cost: what could not be shown of it is refused.
    check_wanted(judged, metrics, request.values, None if judged.preferences else request.qualities)
    judged = with_scores(judged, metrics, store, progress, cache) if metrics else judged
    if judged.preferences:
        return Correlated(tuple(_of_preferences(judged, request, settings)))
    rated = rated_arrays(judged, request.seed, request.values, request.qualities)
    found = tuple(correlations(rated, question, settings, request.seed) for question in questions)
    tables = [
        correlation_table(judged.name, each, judged.values, judged.signatures, judged.notes, partial=request.partial)
        for each in found
    ]
    if alphas := list(_alphas(judged, settings, request.seed)):
        tables.append(raters_table(judged.name, alphas, settings.level))
    standard = Question()
    of_standard = next((each for each in found if each.question == standard), None) or correlations(
        rated, standard, settings, request.seed
    )
    return Correlated(
        tuple(tables), found, heat_map(tables[0], found[0]), correlations_json(of_standard, judged.signatures)
    )


def correlations_json(found: Correlations, signatures: Mapping[str, str]) -> str:
    """Return the summary-level correlations by value and quality as JSON, for metrics that must show agreement.

    An object `values`: by a value's name its `signature` and by quality `level`, `kendall` (tau-b), the ends of its
    interval `low` and `high` (null for none), and of how many `documents` and `systems` it is.
    """
    content: dict[str, Any] = {}
    for name in found.names:
        if name not in signatures:
            continue
        qualities = {
            quality.quality: {
                "level": found.question.level,
                "kendall": one.value,
                "low": one.interval and one.interval.low,
                "high": one.interval and one.interval.high,
                "documents": quality.documents,
                "systems": quality.systems,
            }
            for quality in found.qualities
            if (one := quality.by_metric[name]).value is not None
        }
        content[name] = {"signature": signatures[name], "qualities": qualities}
    return json.dumps({"values": content}, indent=2, ensure_ascii=False) + "\n"


def people_line(run: Run, settings: Settings) -> str | None:
    """Return the line that says what the metric that ranks a run and people agree on; None without ratings of it."""
    if not run.ratings or run.manifest.ranked_by not in run.manifest.values:
        return None
    ranked_by = run.manifest.ranked_by
    rated = rated_arrays(of_run(run), run.manifest.seed, [ranked_by], controlled=False)
    try:
        found = correlations(rated, Question(), settings, run.manifest.seed)
    except UsageError:
        # One system, or ratings that are all equal: there is nothing that people and a metric could agree on.
        return None
    return agreement_line(found, ranked_by, run.manifest.values)


def _alphas(judged: JudgedOutputs, settings: Settings, seed: int) -> Iterator[Alphas]:
    for quality, ratings, documents in ratings_by_rater(judged.ratings):
        values, pairs = coincidences(ratings)
        total = pairs.sum(axis=0)
        several = int(((~np.isnan(ratings)).sum(axis=1) > 1).sum())
        nominal, ordinal, interval = (
            None if np.isnan(found := float(alpha_of(values, total, scale))) else found
            for scale in ("nominal", "ordinal", "interval")
        )
        bounds = _bounds(values, pairs, documents, settings, seed)
        yield Alphas(quality, ratings.shape[1], several, nominal, ordinal, interval, bounds)


def _bounds(
    values: FloatArray, pairs: FloatArray, documents: Sequence[str], settings: Settings, seed: int
) -> Interval | None:
    """Return the percentile interval of alpha (interval) over resamples of documents.

    None of very many different ratings, and of too few documents.
    """
    numbers = numbered(documents, len(documents))
    sources = int(numbers.max()) + 1
    if len(values) > MOST_VALUES or sources < FEWEST_UNITS:
        return None
    by_document = np.zeros((sources, len(values) ** 2))
    np.add.at(by_document, numbers, pairs.reshape(len(pairs), -1))
    drawn = draw("documents", np.arange(sources), 1, settings.resamples, seed).documents
    found = alpha_of(values, (drawn @ by_document).reshape(-1, len(values), len(values)), "interval")
    found = found[~np.isnan(found)]
    if not len(found):
        return None
    low, high = np.quantile(found, [(1 - settings.level) / 2, (1 + settings.level) / 2])
    return Interval(float(low), float(high), settings.level)


def _preferences(name: str, preferences: Sequence[Preference], settings: Settings) -> Table:
    rates = win_rates(votes(preferences), settings)
    return preference_table(name, rates, rater_agreement(preferences), first_shown(preferences), settings)


def _of_preferences(judged: JudgedOutputs, request: CorrelateRequest, settings: Settings) -> Iterator[Table]:
    yield _preferences(judged.name, judged.preferences, settings)
    cast = votes(judged.preferences)
    laid = rated_arrays(judged, request.seed, request.values)
    found = {}
    for name, array in laid.scores.items():
        scores = {
            (document, system): float(array[row, column])
            for row, document in enumerate(laid.documents)
            for column, system in enumerate(laid.systems)
            if not np.isnan(array[row, column])
        }
        found[name] = metric_agreement(cast, scores, settings, stream(request.seed, "correlate", "documents"))
    titles = {name: value.title for name, value in judged.values.items()}
    yield metric_agreement_table(judged.name, found, titles, laid.controls, settings)
