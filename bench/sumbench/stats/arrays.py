"""Scores as arrays: one row a system, one column a document, NaN where there is no score.

A document without a summary never helps a system: where higher is better, it scores 0 there, as an empty summary does.

Draws of a system whose words are drawn at random are nested in documents: a document's score is the mean over its
draws, and intervals and tests resample or exchange documents with that mean. That carries the spread within documents
along: the variance of such means between documents is that of the documents' own levels plus that of the draws within
one, over their number, which is just what the mean over a corpus varies by. Draws taken for documents of their own
would make a corpus look larger than it is; draws resampled within documents would count their spread twice (Davison &
Hinkley 1997, section 3.8).
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.records import Summary
from sumbench.run_record import Run
from sumbench.scores import FloatArray
from sumbench.scores import Scores

IntArray: TypeAlias = NDArray[np.int64]
Pairs: TypeAlias = Sequence[tuple[int, int]]


def matrices(scores: Scores, systems: Sequence[str], documents: Sequence[str]) -> dict[str, FloatArray]:
    """Lay scores out as one array of shape (systems, documents) for each metric: means over scored draws.

    Arguments, order and errors are those of `by_draw`; NaN where no draw has a score.
    """
    return {metric: over_draws(array) for metric, array in by_draw(scores, systems, documents).items()}


class Unanswered(NamedTuple):
    """A draw of a document, of which a system made no summary."""

    system: str
    document: str
    draw: int


def unanswered(summaries: Iterable[Summary], unloaded: Collection[str] = ()) -> list[Unanswered]:
    """Return what has no summary, but of the systems that could not be loaded: these have no score at all."""
    return [
        Unanswered(each.system, each.document, each.draw)
        for each in summaries
        if each.error is not None and each.system not in unloaded
    ]


def unloaded(run: Run) -> frozenset[str]:
    """Return the systems that could not be loaded."""
    return frozenset(entry.name for entry in run.manifest.systems if entry.error)


def run_by_draw(run: Run, systems: Sequence[str], documents: Sequence[str]) -> dict[str, FloatArray]:
    """Lay the scores of a run out as `by_draw` does, with 0 where a system made no summary and higher is better."""
    laid = laid_out(run.score_parts, systems, documents)
    return with_zeros(laid, unanswered(run.summaries, unloaded(run)), run.manifest.values, systems, documents)


def run_matrices(
    run: Run,
    systems: Sequence[str],
    documents: Sequence[str],
    metrics: Sequence[str] | None = None,
    *,
    drop_failures: bool = False,
) -> dict[str, FloatArray]:
    """Lay the scores of a run out as `matrices` does, with 0 where a system made no summary and higher is better.

    `metrics` are the only ones wanted, if given; with `drop_failures`, documents without a summary have no score.
    """

    def parts() -> Iterable[Scores]:
        return (part if metrics is None else part.where(metric=metrics) for part in run.score_parts())

    laid = laid_out(parts, systems, documents)
    if not drop_failures:
        laid = with_zeros(laid, unanswered(run.summaries, unloaded(run)), run.manifest.values, systems, documents)
    return {metric: over_draws(array) for metric, array in laid.items()}


def with_zeros(
    laid: Mapping[str, FloatArray],
    missing: Sequence[Unanswered],
    values: Mapping[str, Value],
    systems: Sequence[str],
    documents: Sequence[str],
) -> dict[str, FloatArray]:
    """Return arrays of shape (draws, systems, documents) with 0 for what is `missing`, where higher is better."""
    if not missing:
        return dict(laid)
    rows = {name: index for index, name in enumerate(systems)}
    columns = {name: index for index, name in enumerate(documents)}
    cells = [
        (each.draw - 1, rows[each.system], columns[each.document])
        for each in missing
        if each.system in rows and each.document in columns
    ]
    if not cells:
        return dict(laid)
    at = tuple(np.array(cells).T)
    draws = int(at[0].max()) + 1
    filled = {}
    for metric, array in laid.items():
        filled[metric] = array
        if metric in values and values[metric].direction == Direction.HIGHER:
            more = np.full((max(0, draws - len(array)), *array.shape[1:]), np.nan)
            filled[metric] = np.concatenate([array, more])
            filled[metric][at] = 0.0
    return filled


def by_draw(scores: Scores, systems: Sequence[str], documents: Sequence[str]) -> dict[str, FloatArray]:
    """Lay scores out as one array of shape (draws, systems, documents) for each metric.

    Args:
        scores: The scores; those of other systems or documents are left aside.
        systems: The systems that make the rows, in order.
        documents: The ids of the documents that make the columns, in order.

    Returns:
        The arrays by metric, in the order in which metrics first appear; NaN where no score was given.

    Raises:
        ValueError: If a system has two scores for one draw of a document and metric.
    """
    return laid_out(lambda: (scores,), systems, documents)


def laid_out(
    parts: Callable[[], Iterable[Scores]], systems: Sequence[str], documents: Sequence[str]
) -> dict[str, FloatArray]:
    """Lay out scores that come in parts as `by_draw` does; `parts` may be asked for again."""
    order_of = {
        "system": {name: place for place, name in enumerate(systems)},
        "document": {name: place for place, name in enumerate(documents)},
    }
    laid: dict[str, FloatArray] = {}
    given: Counter[str] = Counter()
    for part in parts():
        for metric, cells, values in _cells(part, order_of):
            draws = int(cells[0].max()) + 1
            array = laid.get(metric)
            if array is None or len(array) < draws:
                more = np.full((draws - (0 if array is None else len(array)), len(systems), len(documents)), np.nan)
                laid[metric] = array = more if array is None else np.concatenate([array, more])
            array[cells] = values
            given[metric] += len(values)
    for metric, array in laid.items():
        if np.count_nonzero(~np.isnan(array)) < given[metric]:
            raise ValueError(_given_twice(parts(), metric, array, order_of, systems, documents))
    return laid


_Cells: TypeAlias = tuple[IntArray, IntArray, IntArray]
"""Draws (from 0), systems and documents, as places in an array of scores."""


def _cells(scores: Scores, order_of: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, _Cells, FloatArray]]:
    """Yield each metric, in the order in which they first appear, with the places of its scores and the scores."""
    rows, columns = (_positions(scores, column, order_of[column]) for column in ("system", "document"))
    metrics, names = scores.codes("metric")
    kept = np.flatnonzero((rows >= 0) & (columns >= 0) & ~np.isnan(scores.values))
    rows, columns, metrics = rows[kept], columns[kept], metrics[kept]
    draws, values = scores.draws[kept].astype(np.int64) - 1, scores.values[kept]
    found, first = np.unique(metrics, return_index=True)
    for code in found[np.argsort(first)]:
        mine = np.flatnonzero(metrics == code)
        yield names[code], (draws[mine], rows[mine], columns[mine]), values[mine]


def _given_twice(  # noqa: PLR0913, PLR0917 - what the line names
    parts: Iterable[Scores],
    metric: str,
    array: FloatArray,
    order_of: Mapping[str, Mapping[str, int]],
    systems: Sequence[str],
    documents: Sequence[str],
) -> str:
    times = np.zeros(array.shape, np.int64)
    for part in parts:
        for name, cells, _ in _cells(part, order_of):
            if name == metric:
                np.add.at(times, cells, 1)
    _, row, column = map(int, np.unravel_index(int(np.argmax(times > 1)), times.shape))
    return f"{systems[row]} has two scores of {metric} for document {documents[column]}"


def _positions(scores: Scores, column: str, order: Mapping[str, int]) -> IntArray:
    """Return the position of each row's name among the wanted ones, -1 for another name."""
    codes, names = scores.codes(column)
    return np.array([*(order.get(name, -1) for name in names), -1], dtype=np.int64)[codes]


def over_draws(drawn: FloatArray) -> FloatArray:
    """Return the mean over the draws that have a score, of shape (systems, documents); NaN where there is none."""
    there = (~np.isnan(drawn)).sum(axis=0)
    means: FloatArray = np.full(there.shape, np.nan)
    np.divide(np.nansum(drawn, axis=0), there, out=means, where=there > 0)
    return means


def between_draws(drawn: FloatArray) -> FloatArray:
    """Return the standard deviation (with n - 1) between a system's draws of their means over the corpus, a row each.

    The means are over the documents of which every draw has a score, so that a draw that failed on a hard one does
    not pass for a better draw. NaN for a system with fewer than two draws, or without such a document.
    """
    spread: FloatArray = np.full(drawn.shape[1], np.nan)
    for row in range(drawn.shape[1]):
        draws = drawn[:, row]
        draws = draws[~np.isnan(draws).all(axis=1)]
        whole = draws[:, ~np.isnan(draws).any(axis=0)]
        if len(whole) > 1 and whole.size:
            spread[row] = whole.mean(axis=1).std(ddof=1)
    return spread


def every_pair(systems: int) -> list[tuple[int, int]]:
    """Return each unordered pair of row numbers once, the smaller first."""
    return list(combinations(range(systems), 2))


def differences(scores: FloatArray, pairs: Pairs) -> FloatArray:
    """Return left minus right for each pair of rows, of shape (pairs, documents); NaN where either failed."""
    left, right = sides(pairs)
    return scores[left] - scores[right]


def sides(pairs: Pairs) -> tuple[IntArray, IntArray]:
    """Split pairs into the row numbers on the left and those on the right."""
    both = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
