import numpy as np
import pytest

from sumbench.rouge.perl import Options
from sumbench.rouge.perl import average_counts
from sumbench.rouge.perl import average_scores
from sumbench.rouge.perl.bootstrap import draws
from sumbench.rouge.perl.bootstrap import resampled_sums


def drand48(seed: int, number: int) -> list[float]:
    """Return the first uniform numbers of POSIX's drand48 after srand48."""
    state = (seed << 16) + 0x330E
    numbers = []
    for _ in range(number):
        state = (state * 0x5DEECE66D + 0xB) % 2**48
        numbers.append(state / 2**48)
    return numbers


def test_generator() -> None:
    """The numbers are those that the C library documents for seed 0."""
    assert drand48(0, 2) == pytest.approx([0.170828036, 0.749901980], abs=1e-9)


@pytest.mark.parametrize("instances", [1, 2, 63, 64, 65, 200])
def test_draws(instances: int) -> None:
    """Every resample draws as many instances as there are, from the generator with its own seed."""
    drawn = np.concatenate(list(draws(instances, 5)))
    expected = [[int(instances * number) for number in drand48(seed, instances)] for seed in range(5)]
    assert drawn.T.tolist() == expected


def test_sums_keep_the_order_of_draws() -> None:
    """Scores are added one by one in the order of the draws, to the last bit."""
    scores = np.random.default_rng(7).random((300, 1))
    expected = []
    for seed in range(4):
        total = 0.0
        for number in drand48(seed, 300):
            total += scores[int(300 * number), 0]
        expected.append(total)
    assert resampled_sums(scores, 4)[:, 0].tolist() == expected


def test_one_instance() -> None:
    """A single instance is its own average and bounds."""
    (averages,) = average_scores(np.array([[[0.5, 0.25, 0.33333]]]), Options())
    assert [interval.average for interval in averages] == [0.5, 0.25, 0.33333]
    assert all(interval.low == interval.high == interval.average for interval in averages)


def test_bounds_beyond_the_last_resample() -> None:
    """With one resample the bounds are extrapolated towards 0, as in the original."""
    (averages,) = average_scores(np.array([[[0.4, 0.4, 0.4]]]), Options(resamples=1))
    assert averages.recall == (0.4, 0.41, 0.41)


def test_variants_do_not_mix() -> None:
    """Each variant is averaged as if it were alone."""
    scores = np.random.default_rng(3).random((50, 2, 3)).round(5)
    together = average_scores(scores, Options(resamples=20))
    assert together == [average_scores(scores[:, [i]], Options(resamples=20))[0] for i in range(2)]


def test_counts() -> None:
    """Counts are pooled over the drawn instances before they are divided."""
    counts = np.array([[[4.0, 2.0, 1.0]], [[4.0, 2.0, 1.0]]])
    (averages,) = average_counts(counts, Options(by_token=True, resamples=10))
    assert [interval.average for interval in averages] == [0.25, 0.5, 0.33333]
    (empty,) = average_counts(np.zeros((2, 1, 3)), Options(by_token=True, resamples=10))
    assert [interval.average for interval in empty] == [0, 0, 0]
