import numpy as np
import pytest

from sumbench.rouge import RougeError
from sumbench.rouge import bootstrap
from sumbench.rouge import bootstrap_intervals
from sumbench.rouge import bootstrap_means


def test_means_are_those_of_the_drawn_documents() -> None:
    """Every resample's mean is that of the documents that the generator drew."""
    values = np.random.default_rng(1).random((50, 2, 3))
    drawn = np.random.default_rng(2).integers(50, size=(20, 50))
    means = bootstrap_means(values, 20, np.random.default_rng(2))
    assert means == pytest.approx(values[drawn].mean(axis=1))


def test_systems_are_resampled_together() -> None:
    """A system that is always better by as much is so in every resample."""
    values = np.random.default_rng(1).random(30)
    means = bootstrap_means(np.stack([values, values + 0.25], axis=1), 100, np.random.default_rng(2))
    assert means[:, 1] - means[:, 0] == pytest.approx(0.25)


def test_blocks_of_resamples_join(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few resamples are drawn at once, there are as many as asked for."""
    monkeypatch.setattr(bootstrap, "_BLOCK_ENTRIES", 70)
    counts = list(bootstrap.resample_counts(30, 5, np.random.default_rng(1)))
    assert [len(block) for block in counts] == [2, 2, 1]
    assert (np.concatenate(counts).sum(axis=1) == 30).all()


def test_intervals_cover_the_mean_at_their_rate() -> None:
    """Intervals of 90 % hold the true mean in about nine of ten corpora."""
    rng = np.random.default_rng(7)
    corpora = rng.normal(0.4, 0.1, size=(80, 300))
    intervals = bootstrap_intervals(corpora, rng, resamples=500, confidence=0.9)
    assert intervals.mean == pytest.approx(corpora.mean(axis=0))
    assert 0.83 < np.mean((intervals.low < 0.4) & (intervals.high > 0.4)) < 0.95


def test_what_cannot_be_drawn_is_refused() -> None:
    """No document, no resample, and a confidence that is no share are refused."""
    rng = np.random.default_rng(1)
    with pytest.raises(RougeError, match="0 documents"):
        bootstrap_means(np.zeros((0, 2)), 10, rng)
    with pytest.raises(RougeError, match="0 resamples"):
        bootstrap_means(np.zeros(3), 0, rng)
    with pytest.raises(RougeError, match=r"1\.5"):
        bootstrap_intervals(np.zeros(3), rng, confidence=1.5)
