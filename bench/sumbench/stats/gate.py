"""The gate: is the new run worse than the base by more than a margin, or does it miss a limit?"""

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sumbench.errors import UsageError
from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.scores import FloatArray
from sumbench.stats.bootstrap import RESAMPLES
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import Method
from sumbench.stats.bootstrap import estimates
from sumbench.stats.corrections import CORRECTIONS
from sumbench.stats.corrections import Correction
from sumbench.stats.direction import sign
from sumbench.stats.paired import PERMUTATIONS
from sumbench.stats.paired import randomization


class Verdict(NamedTuple):
    """Whether NEW is worse than BASE by more than `margin` under one metric.

    `difference` is new minus base on the `documents` that both have, with a two-sided interval at 1 - `alpha`;
    `lost` counts the documents that only the base has. `p` belongs to the one-sided test that the difference lies
    below minus the margin (above the margin, where lower is better), `corrected` to the same among all metrics gated.
    `worse` holds when `corrected` is at most `alpha`. Difference, interval and margin are on the metric's own scale.
    """

    metric: str
    difference: float
    interval: Interval | None
    p: float
    corrected: float
    margin: float
    alpha: float
    documents: int
    lost: int
    worse: bool


class Floor(NamedTuple):
    """Whether a score misses the `limit` that is asked for; one without a value does.

    The limit is the least score, or the greatest one where lower is `better` (the direction): then it is a ceiling.
    """

    metric: str
    value: float | None
    limit: float
    better: Direction
    missed: bool


@dataclass(frozen=True)
class Gate:
    """Everything a gate decided; what is printed and the exit code both come from `failed`."""

    verdicts: tuple[Verdict, ...] = ()
    floors: tuple[Floor, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any metric is worse or misses its limit."""
        return any(verdict.worse for verdict in self.verdicts) or any(floor.missed for floor in self.floors)


def worse(  # noqa: PLR0913 - the settings of a test
    base: Mapping[str, FloatArray],
    new: Mapping[str, FloatArray],
    rng: np.random.Generator,
    *,
    values: Mapping[str, Value] | None = None,
    margin: float | Mapping[str, float] = 0.0,
    alpha: float = 0.05,
    correction: Correction = "holm",
    clusters: Sequence[Hashable] | None = None,
    method: Method = "bca",
    permutations: int = PERMUTATIONS,
    resamples: int = RESAMPLES,
) -> tuple[Verdict, ...]:
    """Judge for each metric whether NEW is statistically worse than BASE by more than a margin.

    A one-sided paired randomization test of differences moved by the margin (a test of non-inferiority, the other
    way round), corrected over the metrics given.

    Args:
        base: For each metric gated, the scores of the base by document; NaN where it failed.
        new: The same for the new run, for the same documents in the same order.
        rng: Where exchanges and resamples come from.
        values: What the metrics declare; where nothing is declared, higher is better.
        margin: How much worse is let pass, 0 or more, on the metric's own scale; one for all metrics, or one each.
        alpha: The level of the test, above 0 and below 1.
        correction: How to correct over the metrics.
        clusters: One label a document; documents with the same label belong together.
        method: The kind of interval.
        permutations: How many random exchanges to draw; exact for small corpora.
        resamples: How many resamples the intervals take.

    Returns:
        One verdict a metric, in the order of `base`.

    Raises:
        UsageError: If the two do not have the same metrics, a margin is missing or negative, `alpha` is out of range,
            a metric is a property, or no document has a score on both sides.
    """
    metrics = list(base)
    if not metrics or set(metrics) != set(new):
        raise UsageError(f"a gate needs the same metrics on both sides, not {sorted(base)} and {sorted(new)}")
    if not 0 < alpha < 1:
        raise UsageError(f"alpha lies between 0 and 1, not at {alpha}")
    margins = [_margin(margin, metric) for metric in metrics]
    signs = np.array([_sign(metric, values) for metric in metrics])[:, None]
    before, after = (np.stack([side[metric] for metric in metrics]) for side in (base, new))
    for metric, both in zip(metrics, ~np.isnan(after - before), strict=True):
        if not both.any():
            raise UsageError(f"{metric}: no document has a score on both sides, so nothing can be judged")
    lifted = signs * after + np.array(margins)[:, None]
    tests = randomization(
        np.concatenate([lifted, signs * before]),
        [(at, at + len(metrics)) for at in range(len(metrics))],
        rng,
        clusters=clusters,
        permutations=max(permutations, int(np.ceil(2 * len(metrics) / alpha))),
        alternative="less",
    )
    corrected = CORRECTIONS[correction]([test.p for test in tests])
    changes = estimates(after - before, rng, clusters=clusters, method=method, level=1 - alpha, resamples=resamples)
    lost = np.sum(np.isnan(after) & ~np.isnan(before), axis=1)
    return tuple(
        Verdict(
            metric,
            float(np.nanmean(after[at] - before[at])),
            changes[at].interval,
            tests[at].p,
            float(corrected[at]),
            margins[at],
            alpha,
            changes[at].documents,
            int(lost[at]),
            bool(corrected[at] <= alpha),
        )
        for at, metric in enumerate(metrics)
    )


def floors(
    means: Mapping[str, float | None], limits: Mapping[str, float], values: Mapping[str, Value] | None = None
) -> tuple[Floor, ...]:
    """Compare scores with the limits that are asked for, both on the metric's own scale.

    Args:
        means: The score of each metric, None (or NaN) where nothing was scored.
        limits: The least score of each metric asked about, the greatest where lower is better.
        values: What the metrics declare; where nothing is declared, higher is better.

    Raises:
        UsageError: If a metric asked about is not among the means, or is a property.
    """
    unknown = [metric for metric in limits if metric not in means]
    if unknown:
        raise UsageError(f"no score of {', '.join(unknown)} to compare: there are {', '.join(means) or 'none'}")
    found = []
    for metric, limit in limits.items():
        value, turned = means[metric], _sign(metric, values)
        reached = value is not None and turned * value >= turned * limit
        found.append(Floor(metric, value, limit, Direction.HIGHER if turned > 0 else Direction.LOWER, not reached))
    return tuple(found)


def _sign(metric: str, values: Mapping[str, Value] | None) -> float:
    return 1.0 if values is None else sign(values[metric])


def _margin(margin: float | Mapping[str, float], metric: str) -> float:
    if isinstance(margin, Mapping):
        if metric not in margin:
            raise UsageError(f"no margin is given for {metric}")
        margin = margin[metric]
    if not margin >= 0:
        raise UsageError(f"{metric}: a margin is 0 or more, not {margin}")
    return float(margin)
