"""People's ratings as arrays: their means over raters, and the raters' own."""

from collections.abc import Iterator
from collections.abc import Sequence

import numpy as np

from sumbench.records import Rating
from sumbench.scores import FloatArray


def mean_ratings(ratings: Sequence[Rating], ids: Sequence[str], systems: Sequence[str]) -> dict[str, FloatArray]:
    """Return the mean rating over raters by quality, of shape (documents, systems), NaN where there is none."""
    rows = {name: index for index, name in enumerate(ids)}
    columns = {name: index for index, name in enumerate(systems)}
    sums: dict[str, FloatArray] = {}
    for each in ratings:
        total = sums.setdefault(each.quality, np.zeros((2, len(ids), len(systems))))
        total[:, rows[each.document], columns[each.system]] += (each.rating, 1.0)
    return {
        quality: np.divide(total[0], total[1], out=np.full(total[0].shape, np.nan), where=total[1] > 0)
        for quality, total in sums.items()
    }


def ratings_by_rater(ratings: Sequence[Rating]) -> Iterator[tuple[str, FloatArray, list[str]]]:
    """Yield each quality with several raters: ratings (summaries, raters), NaN for none, and the documents."""
    by_quality: dict[str, list[Rating]] = {}
    for each in ratings:
        if each.rater:
            by_quality.setdefault(each.quality, []).append(each)
    for quality, given in by_quality.items():
        raters = {name: index for index, name in enumerate(dict.fromkeys(each.rater for each in given))}
        if len(raters) < 2:  # noqa: PLR2004 - nobody to agree with
            continue
        units = {key: index for index, key in enumerate(dict.fromkeys((each.document, each.system) for each in given))}
        found = np.full((len(units), len(raters)), np.nan)
        for each in given:
            found[units[each.document, each.system], raters[each.rater]] = each.rating
        yield quality, found, [document for document, _ in units]
