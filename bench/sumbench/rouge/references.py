"""Combines a summary's counts against several references into one score.

All functions work on arrays whose last axis is the reference, so that a whole corpus is handled at once.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.counts import CountArrays
from sumbench.rouge.counts import ScoreArrays
from sumbench.rouge.errors import RougeError

Mask = NDArray[np.bool_]


def combine_references(counts: CountArrays, handling: str, present: Mask | None = None) -> ScoreArrays:
    """Return one score for each summary from its counts against each reference.

    `handling` is one of:

    - `jackknife`: the mean, over i, of the score against all references but i, which is the one with the highest F1
      among those. Then a system's score can stand beside a reference's score against the others. With a single
      reference, the score against it.
    - `max`: the score against the reference with the highest F1 (rouge_score's `score_multi`).
    - `mean`: the mean of the scores.
    - `pooled`: the score of the counts summed over the references (`-f A` of ROUGE-1.5.5).
    - `best`: the score against the reference with the highest recall (`-f B` of ROUGE-1.5.5, before rounding).

    Of several references with the same highest value the first one is taken.

    Args:
        counts: Arrays of shape (..., references).
        handling: One of the names above.
        present: Booleans of shape (..., references), False where a document has no such reference. All of them are
            present by default.

    Returns:
        Arrays of shape (...), values 0 to 1.

    Raises:
        RougeError: If there is no such handling, or a summary has no reference.
    """
    if handling not in REFERENCE_HANDLINGS:
        msg = f"unknown handling of references {handling!r}: known are {', '.join(REFERENCE_HANDLINGS)}"
        raise RougeError(msg)
    mask = (
        np.ones(counts.hits.shape, dtype=np.bool_) if present is None else np.broadcast_to(present, counts.hits.shape)
    )
    if mask.shape[-1] == 0 or not mask.any(axis=-1).all():
        msg = "a document has no reference"
        raise RougeError(msg)
    return REFERENCE_HANDLINGS[handling](counts, mask)


def reference_agreement(counts: CountArrays, handling: str, present: Mask | None = None) -> ScoreArrays:
    """Return, for each document, the mean score of its references, each scored against all others.

    It is what a person reaches who writes like the references' writers. Each reference meets one reference less than
    a system does, so `jackknife` takes the highest F1 here, which puts both on the same footing.

    Args:
        counts: Arrays of shape (..., references as summaries, references). The diagonal is not looked at.
        handling: As in `combine_references`.
        present: Booleans of shape (..., references), False where a document has no such reference.

    Returns:
        Arrays of shape (...), values 0 to 1; NaN for documents with fewer than two references.

    Raises:
        RougeError: If there is no such handling.
    """
    number = counts.hits.shape[-1]
    here = np.ones(counts.hits.shape[:-1], dtype=np.bool_) if present is None else np.asarray(present)
    others = here[..., :, None] & here[..., None, :] & ~np.eye(number, dtype=np.bool_)
    scored = others.any(axis=-1)
    if not scored.any():
        nothing = np.full(counts.hits.shape[:-2], np.nan)
        return ScoreArrays(nothing, nothing, nothing)
    each = combine_references(counts.at(scored), "max" if handling == "jackknife" else handling, others[scored])
    writers = scored.sum(axis=-1)

    def over_writers(part: NDArray[np.float64]) -> NDArray[np.float64]:
        spread = np.zeros(scored.shape)
        spread[scored] = part
        mean = np.full(writers.shape, np.nan)
        np.divide(spread.sum(axis=-1), writers, out=mean, where=writers > 0)
        return mean

    return ScoreArrays(*map(over_writers, each))


def _pick(scores: ScoreArrays, index: NDArray[np.intp]) -> ScoreArrays:
    return ScoreArrays(*(np.take_along_axis(part, index[..., None], axis=-1)[..., 0] for part in scores))


def _mean_where(scores: ScoreArrays, mask: Mask) -> ScoreArrays:
    return ScoreArrays(*(np.where(mask, part, 0).sum(axis=-1) / mask.sum(axis=-1) for part in scores))


def _max(counts: CountArrays, mask: Mask) -> ScoreArrays:
    scores = counts.scores()
    return _pick(scores, np.where(mask, scores.f1, -1).argmax(axis=-1))


def _best(counts: CountArrays, mask: Mask) -> ScoreArrays:
    scores = counts.scores()
    return _pick(scores, np.where(mask, scores.recall, -1).argmax(axis=-1))


def _mean(counts: CountArrays, mask: Mask) -> ScoreArrays:
    return _mean_where(counts.scores(), mask)


def _pooled(counts: CountArrays, mask: Mask) -> ScoreArrays:
    return CountArrays(*(np.where(mask, part, 0) for part in counts)).sum(axis=-1).scores()


def _jackknife(counts: CountArrays, mask: Mask) -> ScoreArrays:
    scores = counts.scores()
    f1 = np.where(mask, scores.f1, -1)
    best = f1.argmax(axis=-1)
    without_best = f1.copy()
    np.put_along_axis(without_best, best[..., None], -1, axis=-1)
    # A single reference cannot be left out: then the second best is the best.
    number = mask.sum(axis=-1)
    second = np.where(number > 1, without_best.argmax(axis=-1), best)
    # Only the set that lacks the best reference falls back on the second best.
    return ScoreArrays(
        *(
            (winner * (number - 1) + runner_up) / number
            for winner, runner_up in zip(_pick(scores, best), _pick(scores, second), strict=True)
        )
    )


REFERENCE_HANDLINGS: Final[dict[str, Callable[[CountArrays, Mask], ScoreArrays]]] = {
    "jackknife": _jackknife,
    "max": _max,
    "mean": _mean,
    "pooled": _pooled,
    "best": _best,
}
