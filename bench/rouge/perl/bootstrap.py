"""Averages and confidence intervals, draw for draw as ROUGE-1.5.5 makes them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.rouge.perl.options import Options

# The generator of drand48 (POSIX), which Perl has used on every system since release 5.20.
_MULTIPLIER = np.uint64(0x5DEECE66D)
_INCREMENT = np.uint64(0xB)
_SEED_TAIL = np.uint64(0x330E)
_STATES = np.uint64((1 << 48) - 1)

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """An average with the bounds of its confidence interval, rounded to 5 decimals."""

    average: float
    low: float
    high: float


class Averages(NamedTuple):
    """The averages of recall, precision and F over all instances."""

    recall: Interval
    precision: Interval
    f_measure: Interval


def average_scores(scores: Floats, options: Options) -> Averages:
    """Return the averages of `scores`, of shape (instances, 3): recall, precision, F (`-t 0`).

    The instances must stand in the byte order of `evaluation.system`, at least one. The average is the mean of the
    resamples' means, as the original prints it, not the mean of `scores`.
    """
    return _averages(resampled_sums(scores, options.resamples) / len(scores), options)


def average_counts(counts: Floats, options: Options) -> Averages:
    """Return the averages over tokens from `counts`, of shape (instances, 3): reference, system, hits (`-t 1`).

    The instances must stand in the byte order of `evaluation.system`, at least one.
    """
    reference, system, hits = resampled_sums(counts, options.resamples).T
    recall = _ratio(hits, reference)
    precision = _ratio(hits, system)
    f_measure = _ratio(recall * precision, (1 - options.alpha) * precision + options.alpha * recall)
    return _averages(np.stack([recall, precision, f_measure], axis=1), options)


def resampled_sums(table: Floats, resamples: int) -> Floats:
    """Return the sums of `table`, of shape (instances, values), over each resample, of shape (resamples, values).

    The resample with seed s draws as many instances as there are, with replacement, and adds them up in that order.
    """
    sums = np.zeros((resamples, table.shape[1]))
    for instances in draws(len(table), resamples):
        sums += table[instances]
    return sums


def draws(instances: int, resamples: int) -> Iterator[NDArray[np.intp]]:
    """Yield the first to the last index that each resample draws, seeds 0 to `resamples` - 1; `instances` in all."""
    states = (np.arange(resamples, dtype=np.uint64) << np.uint64(16)) + _SEED_TAIL
    for _ in range(instances):
        states = (states * _MULTIPLIER + _INCREMENT) & _STATES
        yield (states.astype(np.float64) * 2.0**-48 * instances).astype(np.intp)


def _averages(samples: Floats, options: Options) -> Averages:
    return Averages(*(_interval(np.sort(column), options.confidence) for column in samples.T))


def _interval(ranked: Floats, confidence: float) -> Interval:
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
    return Interval(round(mean, 5), round(low, 5), round(high, 5))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
