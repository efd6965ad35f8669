"""Correlates every metric with every rated quality: coefficients, intervals, tests between metrics, controls."""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from sumbench.errors import UsageError
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats.arrays import IntArray
from sumbench.stats.correlation.accuracy import random_signs
from sumbench.stats.correlation.cells import Cells
from sumbench.stats.correlation.cells import closest_pairs
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.coefficients import TITLES
from sumbench.stats.correlation.coefficients import Coefficient
from sumbench.stats.correlation.levels import CorrelationLevel
from sumbench.stats.correlation.levels import Correlator
from sumbench.stats.correlation.permutation import CorrelationUnits
from sumbench.stats.correlation.permutation import Exchanges
from sumbench.stats.correlation.permutation import differences_p
from sumbench.stats.correlation.permutation import permutations_for
from sumbench.stats.correlation.resampling import percentile_intervals
from sumbench.stats.correlation.resampling import resampled_units
from sumbench.stats.family import corrected
from sumbench.stats.intervals import Interval
from sumbench.stats.letters import letters
from sumbench.stats.settings import Settings
from sumbench.stats.units import numbered

LEVELS: Final[tuple[CorrelationLevel, ...]] = ("system", "summary", "pooled")
UNITS: Final[tuple[CorrelationUnits, ...]] = ("documents", "systems", "both")


@dataclass(frozen=True)
class Question:
    """What is asked: the `level`, the `coefficient`, what is resampled and exchanged (`units`), over which systems.

    `closest` is the share (0 to 1) of the pairs of systems that count for each metric, those whose means lie closest.
    """

    level: CorrelationLevel = "summary"
    coefficient: Coefficient = "kendall"
    units: CorrelationUnits = "documents"
    closest: float | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for a choice that there is not, and for parts that do not go together."""
        for flag, given, known in (
            ("level", self.level, LEVELS),
            ("coefficient", self.coefficient, tuple(TITLES)),
            ("units", self.units, UNITS),
        ):
            if given not in known:
                raise UsageError(f"--{flag} {given!r} means nothing: give {', '.join(known)}")
        if self.coefficient == "soft" and self.level != "system":
            raise UsageError("--coefficient soft compares systems: give --level system")
        if self.closest is not None:
            if self.level != "system" or self.coefficient not in {"kendall", "accuracy"}:
                raise UsageError("--closest chooses pairs of systems: give --level system, and kendall or accuracy")
            if not 0 < self.closest <= 1:
                raise UsageError(
                    f"--closest {100 * self.closest:g} is no share: give per cent, more than 0, at most 100"
                )


@dataclass(frozen=True, eq=False)
class Rated:
    """Scores and ratings of the same summaries, as arrays of shape (documents, systems), NaN where there is none.

    `scores` are by metric, higher better; `controls` names those of them that measure no quality. `length` is the one
    that partial correlations are given. `clusters` has the source of each document, where some share one.
    """

    documents: tuple[str, ...]
    systems: tuple[str, ...]
    scores: Mapping[str, FloatArray]
    ratings: Mapping[str, FloatArray]
    controls: tuple[str, ...] = ()
    length: str = ""
    clusters: Sequence[Hashable] | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that are no controls."""
        return tuple(name for name in self.scores if name not in self.controls)


@dataclass(frozen=True)
class Correlation:
    """How a metric follows people in one quality.

    `value` is None where there is nothing to correlate, `interval` where the data support none. `documents` is over how
    many it is a mean (at the summary level). `given_length` is the partial correlation given length. Of two metrics
    that share one of the `letters` no test showed that one follows people better; empty where nothing was tested.
    """

    value: float | None
    interval: Interval | None = None
    documents: int = 0
    given_length: float | None = None
    letters: str = ""


@dataclass(frozen=True)
class QualityCorrelations:
    """The correlations of all metrics with one quality, by metric, over the same `summaries`.

    `documents` and `systems` count those with any; of `constant` documents all ratings are the same, so that there is
    nothing to correlate. `apart` holds the pairs of metrics that a corrected test told apart. `tests` is the number of
    tests in the family, 0 where there were none. `left_out` counts rated summaries that some metric has no score of,
    `resampled` says what was drawn for intervals, None where there is too little of it.
    """

    quality: str
    by_metric: Mapping[str, Correlation]
    summaries: int
    documents: int
    systems: int
    constant: int
    apart: frozenset[frozenset[str]] = frozenset()
    tests: int = 0
    left_out: int = 0
    resampled: CorrelationUnits | None = None

    def best(self, metrics: Sequence[str]) -> str | None:
        """Return the one of the metrics that follows people best.

        Within documents, one that tells systems apart in fewer than half of them is none of these.
        """
        known = {
            name: found.value
            for name in metrics
            if (found := self.by_metric.get(name))
            and found.value is not None
            and (not found.documents or 2 * found.documents >= self.documents - self.constant)
        }
        return max(known, key=lambda name: known[name] or 0.0) if known else None

    def untold(self, metric: str, others: Sequence[str]) -> list[str]:
        """Return those of the other metrics that no test told from one."""
        return [
            each
            for each in others
            if each != metric
            and each in self.by_metric
            and self.by_metric[each].value is not None
            and frozenset((metric, each)) not in self.apart
        ]


@dataclass(frozen=True)
class Correlations:
    """The correlations of metrics with people: one entry a quality."""

    question: Question
    qualities: tuple[QualityCorrelations, ...]
    metrics: tuple[str, ...]
    controls: tuple[str, ...]
    settings: Settings
    documents: int
    systems: int
    unscored: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics, then the controls."""
        return (*self.metrics, *self.controls)


def correlations(rated: Rated, question: Question, settings: Settings, seed: int) -> Correlations:
    """Correlate every metric with every quality, each over the summaries that are rated and that all metrics scored.

    Raises UsageError where fewer than two systems are rated, and where no quality's ratings differ.
    """
    if len(rated.systems) < 2:  # noqa: PLR2004 - what there is to compare
        named = ", ".join(rated.systems) or "none"
        raise UsageError(f"ratings of one system ({named}) cannot be correlated: it takes two")
    scored = {name: array for name, array in rated.scores.items() if not np.isnan(array).all()}
    unscored = tuple(name for name in rated.scores if name not in scored)
    kept = Rated(rated.documents, rated.systems, scored, rated.ratings, rated.controls, rated.length, rated.clusters)
    found = tuple(_of_quality(kept, quality, question, settings, seed) for quality in rated.ratings)
    if not any(quality.summaries for quality in found):
        raise UsageError(
            "no rated summary has a score of every metric, so that nothing can be compared: name metrics that scored "
            "the same summaries with --values"
        )
    if all(each.value is None for quality in found for each in quality.by_metric.values()):
        which = "equal in every document" if question.level == "summary" else "all equal"
        raise UsageError(f"no quality's ratings differ ({which}): there is nothing to correlate")
    controls = tuple(name for name in rated.controls if name in scored)
    metrics = tuple(name for name in rated.metrics if name in scored)
    documents, systems = len(rated.documents), len(rated.systems)
    return Correlations(question, found, metrics, controls, settings, documents, systems, unscored)


def _of_quality(rated: Rated, quality: str, question: Question, settings: Settings, seed: int) -> QualityCorrelations:
    names, ratings = list(rated.scores), rated.ratings[quality]
    every = Cells.of(np.stack([rated.scores[name] for name in names]), ratings)
    left_out = int((~np.isnan(ratings)).sum() - every.there.sum())
    rows, columns = (np.flatnonzero(every.there.any(axis=axis)) for axis in (1, 0))
    if len(columns) < 2:  # noqa: PLR2004 - what there is to compare
        nothing = dict.fromkeys(names, Correlation(None))
        return QualityCorrelations(
            quality, nothing, int(every.there.sum()), len(rows), len(columns), 0, left_out=left_out
        )
    # What has no rating of this quality is no unit of its tests and resamples.
    cells = every.within(rows, columns)
    labels = None if rated.clusters is None else [rated.clusters[row] for row in rows.tolist()]
    numbers = numbered(labels, len(cells.y))
    flips = random_signs(stream(seed, "correlate", "flips"), len(numbers)) if question.coefficient == "soft" else None
    chosen = None if question.closest is None else closest_pairs(cells, question.closest)
    made = Correlator(cells, question.level, question.coefficient, flips, chosen)
    values = made.observed()
    units = resampled_units(question.units, int(numbers.max()) + 1, cells.y.shape[1])
    intervals = percentile_intervals(made, units, numbers, settings, seed)
    partials = np.full(len(names), np.nan)
    if rated.length in names and question.coefficient in COEFFICIENTS and chosen is None:
        partials = made.partial(names.index(rated.length))
    documents = (~np.isnan(made.per_document)).sum(axis=1) if question.level == "summary" else [0] * len(names)
    known = [index for index, value in enumerate(values) if not np.isnan(value)]
    apart, marks, tests = _told_apart(made, values, known, numbers, settings, question.units, seed)
    by_metric = {
        name: Correlation(
            None if np.isnan(values[index]) else float(values[index]),
            intervals[index],
            int(documents[index]),
            None if np.isnan(partials[index]) else float(partials[index]),
            marks.get(index, ""),
        )
        for index, name in enumerate(names)
    }
    return QualityCorrelations(
        quality,
        by_metric,
        int(cells.there.sum()),
        len(rows),
        len(columns),
        sum(1 for row, there in zip(cells.y, cells.there, strict=True) if np.ptp(row[there]) == 0),
        frozenset(frozenset(names[each] for each in pair) for pair in apart),
        tests,
        left_out,
        units,
    )


def _told_apart(  # noqa: PLR0913, PLR0917 - what a family of tests rests on
    made: Correlator,
    values: FloatArray,
    known: Sequence[int],
    numbers: IntArray,
    settings: Settings,
    units: CorrelationUnits,
    seed: int,
) -> tuple[list[tuple[int, int]], dict[int, str], int]:
    """Return the pairs of metrics that tests tell apart, the letters by metric, and the number of tests.

    All pairs of metrics and controls are one family. Nothing is tested where no corrected p could reach the level.
    """
    pairs = list(combinations(known, 2))
    exchanges = Exchanges(units, numbers, made.cells.y.shape[1], permutations_for(len(pairs), settings.alpha))
    if not pairs or exchanges.smallest_p * (len(pairs) if settings.correction == "holm" else 1) > settings.alpha:
        return [], {}, 0
    p = differences_p(made, pairs, exchanges, stream(seed, "correlate", "permutations"))
    if np.isnan(p).any():
        return [], {}, 0
    apart = [pair for pair, each in zip(pairs, corrected(p, settings), strict=True) if each <= settings.alpha]
    places = {index: place for place, index in enumerate(known)}
    differing = [frozenset(places[each] for each in pair) for pair in apart]
    marks = letters([float(values[index]) for index in known], differing)
    return apart, dict(zip(known, marks, strict=True)), len(pairs)
