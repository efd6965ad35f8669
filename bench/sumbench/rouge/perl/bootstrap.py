"""Averages and bootstrap intervals of ROUGE-1.5.5, with the same random draws."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.perl.options import Options

# The generator of drand48 (POSIX), which Perl has used on every system since release 5.20.
_MULTIPLIER = 0x5DEECE66D
_INCREMENT = 0xB
_SEED_TAIL = 0x330E
_STATES = 1 << 48
_BLOCK = 64

Floats = NDArray[np.float64]


class PerlInterval(NamedTuple):
    """An average with the bounds of its confidence interval, rounded to 5 decimals."""

    average: float
    low: float
    high: float


class Averages(NamedTuple):
    """The averages of recall, precision and F over all instances."""

    recall: PerlInterval
    precision: PerlInterval
    f_measure: PerlInterval


def average_scores(scores: Floats, options: Options) -> list[Averages]:
    """Return the averages over instances (`-t 0`), one for each variant of ROUGE.

    Args:
        scores: Shape (instances, variants, 3): recall, precision, F. The instances, at least one, are in the byte
            order of `identifier.system`, on which the draws depend.
        options: Say how many resamples are drawn, and the confidence of the intervals.

    Returns:
        Means of the resamples' means, which is what the original prints, not means of `scores`.
    """
    return _averages(_resampled(scores, options) / len(scores), options)


def average_counts(counts: Floats, options: Options) -> list[Averages]:
    """Return the averages over the tokens of all instances (`-t 1`), one for each variant of ROUGE.

    Args:
        counts: Shape (instances, variants, 3): reference, system and hit counts; the instances as for
            `average_scores`.
        options: Say how many resamples are drawn, the weight of precision in F, and the confidence of the intervals.

    Returns:
        Means of recall, precision and F, unrounded, of each resample's counts.
    """
    reference, system, hits = np.moveaxis(_resampled(counts, options), 2, 0)
    recall = _ratio(hits, reference)
    precision = _ratio(hits, system)
    f_measure = _ratio(recall * precision, (1 - options.alpha) * precision + options.alpha * recall)
    return _averages(np.stack([recall, precision, f_measure], axis=2), options)


def resampled_sums(table: Floats, resamples: int) -> Floats:
    """Return the sums of `table`, of shape (instances, values), over each resample, of shape (resamples, values).

    The resample with seed s draws as many instances as there are, with replacement, and adds them up in that order.
    """
    sums = np.zeros((resamples, table.shape[1]))
    for block in draws(len(table), resamples):
        for drawn in table[block]:
            sums += drawn
    return sums


def draws(instances: int, resamples: int) -> Iterator[NDArray[np.intp]]:
    """Yield the indices that the resamples draw, `instances` each, in blocks of shape (draws, resamples).

    The resamples have the seeds 0 to `resamples` - 1. A draw is the integer part of a uniform number from 0 to
    `instances`.
    """
    # k steps of the generator at once are one step with another multiplier and increment.
    leaps = [(_MULTIPLIER, _INCREMENT)]
    while len(leaps) < min(_BLOCK, instances):
        multiplier, increment = leaps[-1]
        leaps.append((multiplier * _MULTIPLIER % _STATES, (increment * _MULTIPLIER + _INCREMENT) % _STATES))
    multipliers, increments = np.array(leaps, dtype=np.uint64).T[:, :, np.newaxis]
    states = (np.arange(resamples, dtype=np.uint64) << np.uint64(16)) + np.uint64(_SEED_TAIL)
    for start in range(0, instances, _BLOCK):
        size = min(_BLOCK, instances - start)
        block = (states * multipliers[:size] + increments[:size]) & np.uint64(_STATES - 1)
        states = block[-1]
        yield (block.astype(np.float64) / _STATES * instances).astype(np.intp)


def _resampled(figures: Floats, options: Options) -> Floats:
    instances, *shape = figures.shape
    return resampled_sums(figures.reshape(instances, -1), options.resamples).reshape(-1, *shape)


def _averages(samples: Floats, options: Options) -> list[Averages]:
    ranked = np.sort(samples, axis=0)
    return [
        Averages(*(_interval(ranked[:, variant, figure], options.confidence) for figure in range(3)))
        for variant in range(ranked.shape[1])
    ]


def _interval(ranked: Floats, confidence: float) -> PerlInterval:
    """Return the mean of the sorted resamples and the interpolated bounds."""
    resamples = len(ranked)
    tail = resamples * ((100 - confidence) / 2) / 100
    upper = int(resamples - tail - 1)
    fraction = resamples - tail - 1 - upper
    # Beyond the last resample the original reads a 0.
    padded = [*ranked.tolist(), 0.0, 0.0]
    low, high = (padded[k] + (padded[k + 1] - padded[k]) * fraction for k in (int(tail), upper))
    # Adding one after another is part of the result: numpy's sum and, from Python 3.12 on, the built-in one differ.
    mean = float(np.cumsum(ranked)[-1]) / resamples
    return PerlInterval(round(mean, 5), round(low, 5), round(high, 5))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
