"""How far the values agree on which summaries of a document are better."""

from collections.abc import Iterator
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from sumbench.manifest import Value
from sumbench.report.model import PageData
from sumbench.report.model import PageRun
from sumbench.report.plots.plot import Plot
from sumbench.report.plots.plot import short
from sumbench.report.svg import element
from sumbench.report.svg import figure
from sumbench.report.svg import joined
from sumbench.report.svg import text
from sumbench.scores import FloatArray

_FEWEST_SYSTEMS = 3
_MOST_VALUES = 14
_CELL = 46


def agreement_plots(run: PageRun, data: PageData) -> Iterator[Plot]:
    """Yield the matrix of rank correlations between people, where they rated, and the values that readers see."""
    columns = [at for at, column in enumerate(data.columns) if column.run == 0 and column.role != "ceiling"]
    people = _ratings(run, data, columns)
    values = [value for value in run.run.manifest.values.values() if value.main and _varies(data, value)][:_MOST_VALUES]
    titles = [*people, *(value.title for value in values)]
    scores = [*people.values(), *(data.scores[value.name][:, columns] for value in values)]
    if len(titles) < 2 or len(columns) < _FEWEST_SYSTEMS:  # noqa: PLR2004 - two can agree
        return
    found = rank_correlations(scores)
    if not np.isfinite(found[~np.eye(len(titles), dtype=bool)]).any():
        return
    said = (
        "Spearman's rank correlation of the scores that systems (ceilings left out) have on one document, mean over "
        "the documents on which both values tell systems apart."
    )
    said += " People are the mean of their ratings." if people else ""
    yield Plot("agreement", "Metric against metric", said, _drawn(titles, found))


def _ratings(run: PageRun, data: PageData, columns: Sequence[int]) -> dict[str, FloatArray]:
    """Return people's mean ratings by quality, each of shape (documents, columns), NaN where nobody rated."""
    rows = {name: row for row, name in enumerate(data.ids)}
    places = {data.columns[at].system: place for place, at in enumerate(columns)}
    found: dict[str, FloatArray] = {}
    counts: dict[str, FloatArray] = {}
    for each in run.run.ratings:
        if each.system in places and each.document in rows:
            title, cell = f"people: {each.quality}", (rows[each.document], places[each.system])
            shape = (len(rows), len(columns))
            found.setdefault(title, np.zeros(shape))[cell] += each.rating
            counts.setdefault(title, np.zeros(shape))[cell] += 1
    with np.errstate(invalid="ignore"):
        return {title: sums / counts[title] for title, sums in found.items()}


def _varies(data: PageData, value: Value) -> bool:
    """Tell whether a value tells any two summaries apart."""
    known = data.scores.get(value.name, np.zeros(0))
    known = known[np.isfinite(known)]
    return bool(known.size and np.ptp(known) > 0)


def rank_correlations(scores: Sequence[FloatArray]) -> FloatArray:
    """Return for each two values the mean over documents of Spearman's correlation over the systems.

    Args:
        scores: For each value an array of shape (documents, systems); of two values a document counts on which neither
            lacks a score.

    Returns:
        An array of shape (values, values), NaN where no document tells systems apart under both.
    """
    whole = [~np.isnan(each).any(axis=1) for each in scores]
    ranks = [_ranks(each) for each in scores]
    centred = [each - each.mean(axis=1, keepdims=True) for each in ranks]
    sizes = [np.sqrt((each**2).sum(axis=1)) for each in centred]
    found = np.full((len(scores), len(scores)), np.nan)
    for one, of_one in enumerate(centred):
        for other, of_other in enumerate(centred):
            product = sizes[one] * sizes[other]
            told = (product > 0) & whole[one] & whole[other]
            if told.any():
                found[one, other] = float(np.mean((of_one * of_other).sum(axis=1)[told] / product[told]))
    return found


def _ranks(rows: FloatArray) -> FloatArray:
    """Return the ranks within each row, equal scores sharing the mean of theirs."""
    one, other = rows[:, :, None], rows[:, None, :]
    ranks: FloatArray = (one > other).sum(axis=2) + (one == other).sum(axis=2) / 2
    return ranks


def _drawn(titles: Sequence[str], found: FloatArray) -> Markup:
    left, top = 150, 14
    parts = []
    for row, title in enumerate(titles):
        y = top + 26 * row
        parts.append(text(left - 10, y + 17, short(title), "name", "end", title=title))
        for column in range(row + 1):
            rho = float(found[row, column])
            if not np.isfinite(rho) or row == column:
                continue
            x = left + _CELL * column
            parts.append(
                element("rect", x=x, y=y, width=_CELL - 2, height=24, class_="bar", fill_opacity=abs(rho) * 0.45)
            )
            shown = f"{rho:.2f}".replace("0.", ".").replace("-", "−")
            parts.append(text(x + _CELL / 2 - 1, y + 17, shown, "name", "middle", title=titles[column]))
        parts.append(text(left + _CELL * row + 6, y + 17, short(title) if row < len(titles) - 1 else "", "note"))
    return figure(
        top + 26 * len(titles) + 8,
        "rank correlations between values",
        joined(parts),
        width=max(640, left + _CELL * len(titles) + 90),
    )
