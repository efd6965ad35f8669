import numpy as np
import pytest

from sumbench.errors import UsageError
from sumbench.scores import FloatArray
from sumbench.stats.gate import Gate
from sumbench.stats.gate import Lacking
from sumbench.stats.gate import Outcome
from sumbench.stats.gate import Verdict
from sumbench.stats.gate import floors
from sumbench.stats.gate import judge
from sumbench.stats.intervals import Estimate
from sumbench.stats.intervals import Interval
from sumbench.stats.settings import Settings


def base(documents: int = 150, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).beta(3, 9, size=documents)


def cut(scores: FloatArray) -> FloatArray:
    """Lose half the score of every third document."""
    return scores * np.where(np.arange(len(scores)) % 3 == 0, 0.5, 1.0)


def verdict(before: FloatArray, after: FloatArray, margin: float = 0.0, settings: Settings | None = None) -> Verdict:
    (found,) = judge({"rouge2": before}, {"rouge2": after}, 2, margin=margin, settings=settings)
    return found


def test_a_planted_regression_fails_and_noise_of_its_size_does_not() -> None:
    """Every third score halved is worse; the same changes with signs at random are not."""
    before = base()
    lost = before - cut(before)
    found = verdict(before, before - lost)
    assert found.outcome == Outcome.WORSE
    assert found.p == pytest.approx(2 / 10_001)
    assert found.difference == pytest.approx(-lost.mean())
    assert found.interval is not None
    assert found.interval.high < 0
    noise = [verdict(before, before + lost * np.random.default_rng(seed).choice([-1, 1], 150)) for seed in range(20)]
    assert sum(each.outcome == Outcome.WORSE for each in noise) <= 2


def test_a_regression_is_judged_by_where_its_interval_lies() -> None:
    """Below minus the margin it is worse, above not worse, across it undecided."""
    before = base()
    after = cut(before)
    lost = float((before - after).mean())
    interval = verdict(before, after).interval
    assert interval is not None
    found = [verdict(before, after, factor * lost).outcome for factor in (0.0, 0.5, 1.0, 2.0)]
    assert found == [Outcome.WORSE, Outcome.WORSE, Outcome.UNDECIDED, Outcome.NOT_WORSE]
    for margin, outcome in (
        (-interval.high - 1e-6, Outcome.WORSE),
        (-interval.high + 1e-6, Outcome.UNDECIDED),
        (-interval.low - 1e-6, Outcome.UNDECIDED),
        (-interval.low + 1e-6, Outcome.NOT_WORSE),
    ):
        assert verdict(before, after, margin).outcome == outcome


def test_twelve_documents_that_could_not_show_a_loss_are_undecided() -> None:
    """A gate is not green for want of data: it says what would show, and how many documents would decide."""
    rng = np.random.default_rng(5)
    before = base(12)
    found = verdict(before, before + 0.1 * rng.normal(size=12), margin=0.02)
    assert found.outcome == Outcome.UNDECIDED
    assert found.detectable is not None
    assert found.detectable > 0.06
    assert found.needed is not None
    assert found.needed > 100
    enough = np.tile(before, 200)
    assert verdict(enough, enough + 0.1 * rng.normal(size=2400), margin=0.02).outcome == Outcome.NOT_WORSE


def test_a_better_run_is_not_worse_and_an_equal_one_is_undecided_without_a_margin() -> None:
    """Without a margin, only better scores are shown not to be worse."""
    before = base()
    assert verdict(cut(before), before).outcome == Outcome.NOT_WORSE
    equal = verdict(before, before)
    assert (equal.outcome, equal.difference, equal.needed) == (Outcome.UNDECIDED, 0.0, None)
    assert verdict(before, before, margin=0.01).outcome == Outcome.NOT_WORSE


def test_a_gate_is_not_green_where_too_few_documents_differ() -> None:
    """Two losses among forty ties say nothing of how often there are such; an improvement of all documents does."""
    before = np.linspace(0.2, 0.5, 40)
    after = before.copy()
    after[[3, 17]] -= 0.1
    found = verdict(before, after, margin=0.02)
    assert (found.outcome, found.few_differ, found.interval) == (Outcome.UNDECIDED, True, None)
    # Two of forty differ, and of the three different scores there must be ten: that takes 200.
    assert (found.detectable, found.needed) == (None, 200)
    enough = np.where(np.arange(40) < 12, before - np.arange(40) / 1e4, before)
    found = verdict(before, enough, margin=0.02)
    assert (found.outcome, found.few_differ) == (Outcome.NOT_WORSE, False)
    assert not verdict(before, before - 0.1, margin=0.02).few_differ
    assert verdict(before, before + 0.01, margin=0.02).outcome == Outcome.NOT_WORSE


def test_the_verdict_is_corrected_over_the_metrics_gated() -> None:
    """With noise in nine other metrics, the p-value of the one that fell is multiplied by ten (Holm)."""
    before = {f"m{at}": base(seed=at) for at in range(10)}
    after = {metric: scores + 0.01 * base(seed=99) for metric, scores in before.items()}
    after["m4"] = cut(before["m4"])
    verdicts = judge(before, after, 2)
    assert [each.metric for each in verdicts if each.outcome == Outcome.WORSE] == ["m4"]
    assert verdicts[4].p == pytest.approx(10 * verdict(before["m4"], after["m4"]).p)
    plain = judge(before, after, 2, settings=Settings(correction="none"))
    assert plain[4].p == pytest.approx(verdict(before["m4"], after["m4"]).p)


def test_one_document_decides_no_gate() -> None:
    """A single document has no interval, and cannot show anything, however low it is."""
    found = verdict(np.array([0.9]), np.array([0.1]))
    assert (found.outcome, found.interval, found.detectable) == (Outcome.UNDECIDED, None, None)


def test_each_metric_can_have_its_own_margin() -> None:
    """Margins by metric apply to that metric alone, and each verdict says its own."""
    before = base()
    both = {"rouge1": before, "rouge2": before}
    after = {"rouge1": cut(before), "rouge2": cut(before)}
    verdicts = judge(both, after, 2, margin={"rouge1": 0.5, "rouge2": 0.0})
    assert [(each.margin, each.outcome) for each in verdicts] == [(0.5, Outcome.NOT_WORSE), (0.0, Outcome.WORSE)]


@pytest.mark.parametrize(
    ("after", "settings", "message"),
    [
        ({"rouge1": base()}, {}, "the same metrics"),
        ({"rouge2": np.full(150, np.nan)}, {}, "nothing can be judged"),
        ({"rouge2": base()}, {"margin": -1.0}, "0 or more"),
        ({"rouge2": base()}, {"margin": float("nan")}, "0 or more"),
        ({"rouge2": base()}, {"margin": float("inf")}, "0 or more"),
        ({"rouge2": base()}, {"margin": {"rouge1": 0.5}}, "no margin is given for rouge2"),
    ],
)
def test_a_gate_that_cannot_judge_says_why(
    after: dict[str, FloatArray], settings: dict[str, float], message: str
) -> None:
    """Other metrics, nothing to compare, and settings out of range raise an error instead of passing."""
    with pytest.raises(UsageError, match=message):
        judge({"rouge2": base()}, after, 1, **settings)  # type: ignore[arg-type]


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    interval = None if low is None or high is None else Interval(low, high, 0.95)
    return Estimate(value, interval, 20, 20)


def test_scores_below_their_floor_fail() -> None:
    """A score at its floor passes, one below it fails, and so does one that is missing."""
    figures = {"a": estimate(0.12), "b": estimate(0.1), "c": estimate(None), "d": estimate(0.0)}
    checks = floors(figures, {"a": 0.12, "b": 0.12, "c": 0})
    assert [(check.metric, check.missed) for check in checks] == [("a", False), ("b", True), ("c", True)]
    with pytest.raises(UsageError, match="no score of f"):
        floors(figures, {"f": 0.1})
    for odd in (float("nan"), float("inf")):
        with pytest.raises(UsageError, match="a limit is a number"):
            floors(figures, {"a": odd})


def test_a_confident_floor_holds_the_end_of_the_interval_against_the_limit() -> None:
    """A score above its limit whose interval reaches below it fails, and so does one without an interval."""
    figures = {"a": estimate(0.12, 0.11, 0.13), "b": estimate(0.12, 0.09, 0.15), "c": estimate(0.12)}
    limits = dict.fromkeys(figures, 0.1)
    assert [check.missed for check in floors(figures, limits)] == [False, False, False]
    found = floors(figures, limits, confident=True)
    assert [(check.missed, check.judged) for check in found] == [(False, 0.11), (True, 0.09), (True, None)]


def test_a_gate_fails_when_any_part_of_it_does() -> None:
    """One worse metric, one score below its floor, or one document lacking is enough; nothing asked fails nothing."""
    before = base()
    fell, kept, open_ = (verdict(before, after) for after in (cut(before), before + 0.1, before))
    low, high = floors({"a": estimate(0.1), "b": estimate(0.2)}, {"a": 0.15, "b": 0.15})
    assert not Gate().failed
    assert not Gate((kept,), (high,)).failed
    assert Gate((kept, fell), (high,)).failed
    assert Gate((kept,), (high, low)).failed
    assert Gate((kept,), lacking=Lacking(("d1",))).failed
    assert not Gate((kept,), lacking=Lacking(base=("d1",))).failed
    assert not Gate((kept,), lacking=Lacking(("d1",), dropped=True)).failed
    assert not Gate((open_,)).failed
    assert Gate((open_,), undecided_fails=True).failed
