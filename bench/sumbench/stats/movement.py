"""The documents whose scores moved most from one side of a comparison to the other."""

from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray


class Movement(NamedTuple):
    """A document, by its index, whose score moved from `before` to `after`."""

    document: int
    before: float
    after: float


def most_moved(before: FloatArray, after: FloatArray, limit: int = 10) -> tuple[Movement, ...]:
    """Return the documents whose scores moved most, up or down, the largest first; those both have, that moved.

    Args:
        before: One score a document, NaN where there is none.
        after: The same for the same documents.
        limit: How many to return at most.
    """
    moved = np.nan_to_num(np.abs(after - before))
    order = np.argsort(-moved, kind="stable")[: max(0, limit)]
    return tuple(Movement(int(at), float(before[at]), float(after[at])) for at in order if moved[at] > 0)
