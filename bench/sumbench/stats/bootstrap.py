"""Bootstrap intervals over documents, or over clusters of documents that share a source."""

from collections.abc import Hashable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.units import WORKING_BYTES
from sumbench.stats.units import Aggregate
from sumbench.stats.units import mean
from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import present
from sumbench.stats.units import totals_by_unit
from sumbench.stats.units import with_presence

Method: TypeAlias = Literal["percentile", "bca"]

RESAMPLES = 1_000
LEVEL = 0.95


class Interval(NamedTuple):
    """A two-sided confidence interval from `low` to `high` at `level` (0 to 1)."""

    low: float
    high: float
    level: float
    method: Method
    resamples: int


def percentile_interval(drawn: FloatArray, level: float) -> Interval:
    """Return the quantiles of resampled figures, one a resample (Efron & Tibshirani 1993, section 13.3)."""
    tail = (1 - level) / 2
    return interval_at(drawn, np.array([tail, 1 - tail]), level, "percentile")


def interval_at(drawn: FloatArray, tails: FloatArray, level: float, method: Method) -> Interval:
    """Return the interval between two quantiles of resampled figures."""
    low, high = np.quantile(drawn[~np.isnan(drawn)], tails)
    return Interval(float(low), float(high), level, method, len(drawn))


class Estimate(NamedTuple):
    """A figure over a corpus with its interval.

    `value` is None when no document was scored; `interval` is None when fewer than two units (documents, or clusters
    of them) were, since one article cannot support one.
    """

    value: float | None
    interval: Interval | None
    documents: int
    units: int


@dataclass(frozen=True)
class Resamples:
    """Sums of statistics over the units of a corpus and over resamples of those units.

    `whole` has shape (rows, statistics), `by_unit` shape (rows, units, statistics) and `drawn` shape (resamples, rows,
    statistics), both on a grid; `documents` and `units` hold one count a row; `there` (rows, units) says which units a
    row has.
    """

    whole: FloatArray
    by_unit: FloatArray
    drawn: FloatArray
    documents: tuple[int, ...]
    there: FloatArray

    @cached_property
    def units(self) -> tuple[int, ...]:
        """The number of units of each row."""
        return tuple(int(count) for count in self.there.sum(axis=1))

    def value(self, aggregate: Aggregate) -> FloatArray:
        """Return the figure of each row over the whole corpus."""
        return aggregate(self.whole)

    def values(self, aggregate: Aggregate) -> FloatArray:
        """Return the figure in each resample, of shape (resamples, rows)."""
        return aggregate(self.drawn)

    def intervals(self, aggregate: Aggregate, method: Method = "bca", level: float = LEVEL) -> list[Interval | None]:
        """Return the interval of each row's figure, None where it has fewer than two units or is not defined.

        Percentile: the quantiles of the resampled figures (Efron & Tibshirani 1993, section 13.3). BCa: the same with
        both quantiles moved for bias and for acceleration by the jackknife (Efron 1987; Efron & Tibshirani 1993,
        equations 14.9 to 14.15); figures that are the same in every resample, or all on one side of the corpus's
        own, have no BCa interval and get the percentile one.
        """
        values, figures = self.values(aggregate), aggregate(self.by_unit.sum(axis=1))
        found: list[Interval | None] = []
        for row, units in enumerate(self.units):
            defined = values[~np.isnan(values[:, row]), row]
            if units < 2 or np.isnan(figures[row]) or not defined.size:  # noqa: PLR2004 - two make a sample
                found.append(None)
                continue
            tail = (1 - level) / 2
            tails = np.array([tail, 1 - tail])
            moved = self._bca_tails(tails, defined, figures[row], row, aggregate) if method == "bca" else None
            used: Method = "percentile" if moved is None else "bca"
            found.append(interval_at(values[:, row], tails if moved is None else moved, level, used))
        return found

    def estimates(self, aggregate: Aggregate, method: Method = "bca", level: float = LEVEL) -> list[Estimate]:
        """Return each row's figure with its interval."""
        return [
            Estimate(None if np.isnan(value) else float(value), interval, documents, units)
            for value, interval, documents, units in zip(
                self.value(aggregate), self.intervals(aggregate, method, level), self.documents, self.units, strict=True
            )
        ]

    def _bca_tails(
        self, tails: FloatArray, values: FloatArray, figure: float, row: int, aggregate: Aggregate
    ) -> FloatArray | None:
        below = (np.mean(values < figure) + np.mean(values <= figure)) / 2
        mine = self.by_unit[row, self.there[row] > 0]
        without = aggregate(mine.sum(axis=0) - mine)
        pull = without.mean() - without
        squared = pull * pull
        spread = np.sum(squared) ** 1.5
        if not 0 < below < 1 or not spread > 0:
            return None
        normal, acceleration = NormalDist(), np.sum(squared * pull) / (6 * spread)
        bias = normal.inv_cdf(float(below))
        shifted = [bias + normal.inv_cdf(float(tail)) for tail in tails]
        return np.array([normal.cdf(bias + at / (1 - acceleration * at)) for at in shifted])


def resample(
    statistics: FloatArray,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    working_bytes: int = WORKING_BYTES,
) -> Resamples:
    """Sum statistics over resamples of the corpus, the same resamples for every row.

    Args:
        statistics: Shape (rows, documents, statistics); a document with a NaN is missing from that row.
        rng: Where the draws come from; they depend on the number of units and resamples alone.
        clusters: One label a document; documents with the same label are drawn together.
        resamples: How many resamples to draw.
        working_bytes: The size of the largest intermediate array; it changes no result.

    Raises:
        ValueError: If there is not one label a document, or fewer than one resample is asked for.
    """
    if resamples < 1:
        raise ValueError(f"{resamples} resamples: 1 or more are needed")
    here = present(statistics)
    numbers = numbered(clusters, statistics.shape[1])
    totals = totals_by_unit(statistics, numbers)
    whole = np.ascontiguousarray(totals.transpose(0, 2, 1)).sum(axis=-1)
    by_unit = on_grid(totals).values
    rows, units, kinds = by_unit.shape
    columns = by_unit.transpose(0, 2, 1).reshape(rows * kinds, units)
    # Whether a document is there is the same for most rows: each distinct column is summed once.
    places: dict[bytes, int] = {}
    which = [places.setdefault(column.tobytes(), len(places)) for column in columns]
    distinct = np.ascontiguousarray(columns[np.unique(which, return_index=True)[1]].T)
    drawn = np.concatenate([counts @ distinct for counts in _counts(rng, resamples, units, working_bytes)])[:, which]
    there = (totals_by_unit(here[..., None], numbers)[..., 0] > 0).astype(np.float64)
    documents = tuple(int(count) for count in here.sum(axis=1))
    return Resamples(whole, by_unit, drawn.reshape(resamples, rows, kinds), documents, there)


def estimates(  # noqa: PLR0913 - the settings of a bootstrap
    scores: FloatArray,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    method: Method = "bca",
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    working_bytes: int = WORKING_BYTES,
) -> list[Estimate]:
    """Return the plain mean of each row over its documents, with a bootstrap interval.

    Args:
        scores: Shape (rows, documents), a row for each system (under each metric), NaN where a system failed.
        rng: Where the draws come from.
        clusters: One label a document; documents with the same label are drawn together.
        method: "bca" (bias-corrected and accelerated) or "percentile".
        level: The confidence level, above 0 and below 1.
        resamples: How many resamples to draw.
        working_bytes: The size of the largest intermediate array; it changes no result.

    Returns:
        One estimate a row, in order. All rows share the same resamples.

    Raises:
        ValueError: If `level` is out of range or `clusters` has another length than the documents.
    """
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    statistics = with_presence(scores)
    drawn = resample(statistics, rng, clusters=clusters, resamples=resamples, working_bytes=working_bytes)
    return drawn.estimates(mean, method, level)


def _counts(rng: np.random.Generator, resamples: int, units: int, working_bytes: int) -> Iterator[FloatArray]:
    """Yield how often each unit was drawn, a row a resample, as many rows at once as the memory allows."""
    rows = max(1, working_bytes // (8 * max(1, units)))
    for start in range(0, resamples, rows):
        chunk = min(rows, resamples - start)
        drawn = rng.integers(0, units, size=(chunk, units)) if units else np.zeros((chunk, 0), dtype=np.int64)
        drawn += np.arange(chunk)[:, None] * units
        yield np.bincount(drawn.ravel(), minlength=chunk * units).reshape(chunk, units).astype(np.float64)
