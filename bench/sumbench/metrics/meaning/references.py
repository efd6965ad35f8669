"""What becomes of a summary's scores against several references, and the references' own agreement."""

from typing import Final

import numpy as np

from sumbench.scores import FloatArray

HANDLINGS: Final = ("jackknife", "max", "mean")
"""The ways with several references, by name."""


def over_references(scores: FloatArray, handling: str) -> FloatArray:
    """Return one score for each text from its scores against each reference.

    `scores` has the shape (texts, references), with one reference or more; the result has the shape (texts,). Each
    value is taken for itself, so that the best precision and the best recall may be those of two references, as
    bert-score has it. `handling` is one of:

    - `jackknife`: the mean, over i, of the highest score against all references but i; with a single reference, the
      score against it. A system's score can then stand beside a reference's against the others.
    - `max`: the highest score, bert-score's way.
    - `mean`: the mean of the scores.
    """
    if handling == "mean":
        return np.asarray(scores.mean(axis=-1))
    best = scores.max(axis=-1)
    number = scores.shape[-1]
    if handling == "max" or number == 1:
        return np.asarray(best)
    second = np.partition(scores, number - 2, axis=-1)[..., number - 2]
    # Only the set that lacks the best reference falls back on the second best.
    return np.asarray((best * (number - 1) + second) / number)


def agreement(scores: FloatArray, handling: str) -> float:
    """Return the mean score of each reference against the others, NaN for a single one.

    `scores` has the shape (references, references), its diagonal is not looked at. Each reference meets one less than
    a system does, so that `jackknife` takes the highest score here, which puts both on the same footing.
    """
    number = len(scores)
    if number == 1:
        return float("nan")
    others = scores[~np.eye(number, dtype=np.bool_)].reshape(number, number - 1)
    return float(over_references(others, "max" if handling == "jackknife" else handling).mean())
