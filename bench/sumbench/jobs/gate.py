"""Judges the pairs of a comparison by a gate."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from math import isfinite
from math import nan

from sumbench.errors import UsageError
from sumbench.jobs.comparison import SidesComparison
from sumbench.stats import Gate
from sumbench.stats import Verdict
from sumbench.stats.gate import floors
from sumbench.stats.gate import judge

UNDECIDED = ("fail", "warn", "pass")
"""What an outcome that the documents leave open may do."""


@dataclass(frozen=True)
class GateRequest:
    """What a gate judges: the metrics that may not be `worse` by more than the `margin`, and limits (`under`).

    Margin and limits are as tables show scores. With `confident`, limits are held against the intervals' ends.
    `undecided` says what an outcome that the documents leave open does: `fail`, `warn` or `pass`.
    """

    worse: tuple[str, ...] = ()
    under: Mapping[str, float] = field(default_factory=dict)
    margin: float = 0.0
    confident: bool = False
    undecided: str = "warn"

    @property
    def asked(self) -> bool:
        """Whether anything is to be judged."""
        return bool(self.worse or self.under)


def judge_pairs(comparison: SidesComparison, request: GateRequest) -> list[tuple[str, Gate]]:
    """Judge each pair of a comparison, under the label of its new side."""
    result = comparison.result
    metrics = tuple(dict.fromkeys((*request.worse, *request.under)))
    for metric in metrics:
        if metric not in result.scores:
            raise UsageError(f"no score of {metric!r} to judge by: there are {', '.join(result.scores)}")
    gates: list[tuple[str, Gate]] = []
    for index, (_, new) in enumerate(result.pairs):
        verdicts: tuple[Verdict, ...] = ()
        if request.worse:
            verdicts = judge(
                {metric: result.scores[metric][2 * index] for metric in request.worse},
                {metric: result.scores[metric][2 * index + 1] for metric in request.worse},
                comparison.pairs[0][0].run.manifest.seed,
                values=result.values,
                margin={metric: request.margin / result.values[metric].scale for metric in request.worse},
                clusters=result.clusters,
                settings=result.settings,
            )
        figures = {metric: result.comparisons[metric].estimates[2 * index + 1] for metric in request.under}
        limits = {metric: limit / result.values[metric].scale for metric, limit in request.under.items()}
        held = floors(figures, limits, result.values, confident=request.confident)
        lacking = comparison.lacking(index, metrics)
        gates.append((new.label, Gate(verdicts, held, lacking, undecided_fails=request.undecided == "fail")))
    return gates


def gate_request(
    worse: Sequence[str], under: Sequence[str], *, margin: float, confident: bool, undecided: str
) -> GateRequest:
    """Return what a gate judges, from the words of the command line; raise UsageError for what means nothing."""
    if not (margin >= 0 and isfinite(margin)):
        raise UsageError(f"--margin {margin:g} means nothing: give 0 points or more")
    if undecided not in UNDECIDED:
        raise UsageError(f"--undecided {undecided!r} means nothing: give {' or '.join(UNDECIDED)}")
    if not worse and (margin or undecided != GateRequest.undecided):
        raise UsageError(f"--{'margin' if margin else 'undecided'} is said of --fail-if-worse: name the metrics there")
    if confident and not under:
        raise UsageError("--confident is said of --fail-under: give METRIC=POINTS there")
    return GateRequest(tuple(worse), _limits(under), margin, confident, undecided)


def _limits(given: Sequence[str]) -> dict[str, float]:
    limits: dict[str, float] = {}
    for pair in given:
        metric, _, number = pair.partition("=")
        if metric in limits:
            raise UsageError(f"--fail-under {pair!r}: {metric} has a limit already: give one")
        try:
            limits[metric] = float(number)
        except ValueError:
            limits[metric] = nan
        if not isfinite(limits[metric]):
            raise UsageError(f"--fail-under {pair!r}: give METRIC=POINTS, such as rouge2=12.0")
    return limits
