import numpy as np
import pytest

from sumbench.errors import UsageError
from sumbench.scores import FloatArray
from sumbench.stats.gate import Gate
from sumbench.stats.gate import Verdict
from sumbench.stats.gate import floors
from sumbench.stats.gate import worse


def base(documents: int = 150, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).beta(3, 9, size=documents)


def cut(scores: FloatArray) -> FloatArray:
    """Lose half the score of every third document."""
    return scores * np.where(np.arange(len(scores)) % 3 == 0, 0.5, 1.0)


def judge(before: FloatArray, after: FloatArray, margin: float = 0.0) -> Verdict:
    (verdict,) = worse({"rouge2": before}, {"rouge2": after}, np.random.default_rng(2), margin=margin)
    return verdict


def test_a_planted_regression_fails_and_noise_of_its_size_does_not() -> None:
    """Every third score halved is worse; the same changes with signs at random are not."""
    before = base()
    lost = before - cut(before)
    verdict = judge(before, before - lost)
    assert verdict.worse
    assert verdict.p == verdict.corrected == pytest.approx(1 / 10_001)
    assert verdict.difference == pytest.approx(-lost.mean())
    assert verdict.interval is not None
    assert verdict.interval.high < 0
    noise = [judge(before, before + lost * np.random.default_rng(seed).choice([-1, 1], 150)) for seed in range(20)]
    assert sum(verdict.worse for verdict in noise) <= 3


def test_a_regression_within_the_margin_passes() -> None:
    """What is significantly worse fails only when it is significantly worse than the margin lets pass."""
    before = base()
    after = cut(before)
    lost = float((before - after).mean())
    assert [judge(before, after, margin * lost).worse for margin in (0.0, 0.5, 1.0, 2.0)] == [True, True, False, False]


def test_at_the_margin_no_more_fail_than_alpha_says() -> None:
    """Of 1,000 runs that are worse by exactly the margin, 5 % ± 2 are judged worse than it."""
    rng = np.random.default_rng(3)
    metrics = [f"m{at}" for at in range(1000)]
    before = {metric: rng.random(60) for metric in metrics}
    after = {metric: scores - 0.02 + 0.1 * rng.normal(size=60) for metric, scores in before.items()}
    verdicts = worse(before, after, np.random.default_rng(2), margin=0.02, correction="none", permutations=1000)
    assert np.mean([verdict.worse for verdict in verdicts]) == pytest.approx(0.05, abs=0.02)


def test_an_improvement_and_an_equal_run_pass() -> None:
    """Better scores and the same scores are not worse."""
    before = base()
    assert not judge(cut(before), before).worse
    equal = judge(before, before)
    assert (equal.worse, equal.p, equal.difference) == (False, 1.0, 0.0)


def test_the_verdict_is_corrected_over_the_metrics_gated() -> None:
    """With noise in nine other metrics, the p-value of the one that fell is multiplied by ten (Holm)."""
    before = {f"m{at}": base(seed=at) for at in range(10)}
    after = {metric: scores + 0.01 * base(seed=99) for metric, scores in before.items()}
    after["m4"] = cut(before["m4"])
    verdicts = worse(before, after, np.random.default_rng(2))
    assert [verdict.metric for verdict in verdicts if verdict.worse] == ["m4"]
    assert verdicts[4].corrected == pytest.approx(10 * verdicts[4].p)


def test_documents_that_only_the_base_has_are_counted() -> None:
    """Failures of the new run are left out of the test and said in the verdict."""
    before, after = base(), base()
    after[:5], before[3:9] = np.nan, np.nan
    verdict = judge(before, after)
    assert (verdict.documents, verdict.lost) == (141, 3)


def test_one_document_fails_no_gate() -> None:
    """A single document has no interval and cannot be statistically worse, however low it is."""
    verdict = judge(np.array([0.9]), np.array([0.1]))
    assert (verdict.worse, verdict.interval) == (False, None)


def test_each_metric_can_have_its_own_margin() -> None:
    """Margins by metric apply to that metric alone, and each verdict says its own."""
    before = base()
    both = {"rouge1": before, "rouge2": before}
    after = {"rouge1": cut(before), "rouge2": cut(before)}
    verdicts = worse(both, after, np.random.default_rng(2), margin={"rouge1": 0.5, "rouge2": 0.0})
    assert [(verdict.margin, verdict.worse) for verdict in verdicts] == [(0.5, False), (0.0, True)]


@pytest.mark.parametrize(
    ("after", "settings", "message"),
    [
        ({"rouge1": base()}, {}, "the same metrics"),
        ({"rouge2": np.full(150, np.nan)}, {}, "nothing can be judged"),
        ({"rouge2": base()}, {"margin": -1.0}, "0 or more"),
        ({"rouge2": base()}, {"margin": float("nan")}, "0 or more"),
        ({"rouge2": base()}, {"margin": {"rouge1": 0.5}}, "no margin is given for rouge2"),
        ({"rouge2": base()}, {"alpha": 5}, "between 0 and 1"),
    ],
)
def test_a_gate_that_cannot_judge_says_why(
    after: dict[str, FloatArray], settings: dict[str, float], message: str
) -> None:
    """Other metrics, nothing to compare, and settings out of range raise an error instead of passing."""
    with pytest.raises(UsageError, match=message):
        worse({"rouge2": base()}, after, np.random.default_rng(1), **settings)  # type: ignore[arg-type]


def test_scores_below_their_floor_fail() -> None:
    """A score at its floor passes, one below it fails, and so does one that is missing."""
    checks = floors(
        {"a": 0.12, "b": 0.1, "c": None, "d": float("nan"), "e": 0.0}, {"a": 0.12, "b": 0.12, "c": 0, "d": 0}
    )
    assert [(check.metric, check.missed) for check in checks] == [("a", False), ("b", True), ("c", True), ("d", True)]
    with pytest.raises(UsageError, match="no score of f"):
        floors({"a": 0.1}, {"f": 0.1})


def test_a_gate_fails_when_any_part_of_it_does() -> None:
    """One worse metric or one score below its floor is enough; nothing asked is nothing failed."""
    before = base()
    fell, kept = judge(before, cut(before)), judge(before, before)
    low, high = floors({"a": 0.1, "b": 0.2}, {"a": 0.15, "b": 0.15})
    assert not Gate().failed
    assert not Gate((kept,), (high,)).failed
    assert Gate((kept, fell), (high,)).failed
    assert Gate((kept,), (high, low)).failed
