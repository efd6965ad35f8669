"""The Poisson bootstrap over documents that are not kept."""

import tracemalloc

import numpy as np
import pytest

from sumbench.stats.poisson import PoissonBootstrap

KEY = ("system", "metric")


def test_intervals_are_those_of_the_normal_theory() -> None:
    """Over many documents the interval is the mean with 1.96 standard errors to either side, whatever the batches."""
    values = np.random.default_rng(1).beta(2, 5, 20_000)
    bootstrap = PoissonBootstrap(np.random.default_rng(2), 2000)
    for batch in np.split(values, [100, 5000, 5001]):
        bootstrap.add({KEY: batch})
    interval = bootstrap.interval(KEY, 0.95)
    assert interval is not None
    error = values.std() / np.sqrt(len(values))
    assert interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_documents_without_a_value_do_not_count() -> None:
    """A series that has values for some documents only has the interval of these."""
    values = np.where(np.arange(400) % 2, 0.5, np.nan)
    bootstrap = PoissonBootstrap(np.random.default_rng(0), 100)
    bootstrap.add({KEY: values, ("other", "metric"): np.full(400, 0.25)})
    interval, other = bootstrap.interval(KEY, 0.9), bootstrap.interval(("other", "metric"), 0.9)
    assert interval is not None
    assert other is not None
    assert (interval.low, interval.high) == (0.5, 0.5)
    assert (other.low, other.high) == (0.25, 0.25)


def test_too_few_documents_have_no_interval() -> None:
    """Where a resample may count no document at all, and for a series that never came, there is no interval."""
    bootstrap = PoissonBootstrap(np.random.default_rng(0), 1000)
    bootstrap.add({KEY: np.array([0.3])})
    bootstrap.add({})
    assert bootstrap.interval(KEY, 0.95) is None
    assert bootstrap.interval(("none", "metric"), 0.95) is None


def test_memory_does_not_grow_with_the_documents() -> None:
    """Nothing is kept of a batch but two sums a resample and series."""
    bootstrap = PoissonBootstrap(np.random.default_rng(0), 200)
    batch = np.full(500, 0.5)
    bootstrap.add({KEY: batch})
    tracemalloc.start()
    for _ in range(5):
        bootstrap.add({KEY: batch})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 50_000
