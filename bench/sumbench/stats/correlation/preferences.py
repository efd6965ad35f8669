"""Pairwise preferences: win rates with exact intervals and sign tests, and agreement with metrics and among raters."""

from collections import Counter
from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import NamedTuple

import numpy as np

from sumbench.records import Preference
from sumbench.stats.correlation.agreement import krippendorff
from sumbench.stats.family import corrected
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.intervals import Interval
from sumbench.stats.settings import Settings

if TYPE_CHECKING:
    from sumbench.scores import FloatArray
    from sumbench.stats.arrays import IntArray


class Vote(NamedTuple):
    """What most raters of a document preferred of two systems: 1 the first, -1 the second, 0 neither."""

    document: str
    a: str
    b: str
    preferred: int


class WinRate(NamedTuple):
    """How two systems fare: of the documents decided, the share in which the first is preferred, 0 to 1.

    `interval` is exact (Clopper & Pearson 1934), `p` that of the exact sign test, None where nothing was decided;
    `corrected` over all pairs of systems.
    """

    a: str
    b: str
    wins: int
    ties: int
    losses: int
    rate: float | None
    interval: Interval | None
    p: float | None
    corrected: float | None


class MetricAgreement(NamedTuple):
    """In how many of the decided votes a metric gives the preferred summary the better score.

    `tied` votes, of equal scores, are left out of the share; so are those without scores.
    """

    agreeing: int
    opposed: int
    tied: int
    share: float | None
    interval: Interval | None


class RaterAgreement(NamedTuple):
    """Agreement among raters of the same pairs: the share of their pairs of judgements that are the same, and alpha."""

    raters: int
    items: int
    same: float | None
    alpha: float | None


def votes(preferences: Sequence[Preference]) -> list[Vote]:
    """Return the majority of the raters of each document and pair of systems, the pair in alphabetical order."""
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for each in preferences:
        a, b = sorted((each.a, each.b))
        sums[each.document, a, b] += _turned(each)
    return [Vote(document, a, b, int(np.sign(total))) for (document, a, b), total in sums.items()]


def _turned(each: Preference) -> int:
    value = {"a": 1, "b": -1, "tie": 0}[each.preferred]
    return value if each.a < each.b else -value


def win_rates(cast: Sequence[Vote], settings: Settings) -> list[WinRate]:
    """Return how each pair of systems fares; documents, with the majority of their raters, are what is counted."""
    from scipy.stats import binomtest

    counts: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for vote in cast:
        counts[vote.a, vote.b][vote.preferred] += 1
    found = []
    for (a, b), of_pair in counts.items():
        wins, losses = of_pair[1], of_pair[-1]
        decided = wins + losses
        p = float(binomtest(wins, decided, 0.5).pvalue) if decided else None
        interval = exact_interval(wins, decided, settings.level)
        found.append(WinRate(a, b, wins, of_pair[0], losses, wins / decided if decided else None, interval, p, None))
    tested = [each.p for each in found if each.p is not None]
    raised = iter(corrected(tested, settings))
    return [each._replace(corrected=None if each.p is None else next(raised)) for each in found]


def exact_interval(wins: int, decided: int, level: float) -> Interval | None:
    """Return the interval of a share by Clopper & Pearson (1934); None of nothing."""
    from scipy.stats import binomtest

    if not decided:
        return None
    found = binomtest(wins, decided).proportion_ci(level, method="exact")
    return Interval(float(found.low), float(found.high), level)


def metric_agreement(
    cast: Sequence[Vote], scores: Mapping[tuple[str, str], float], settings: Settings, rng: np.random.Generator
) -> MetricAgreement:
    """Return how far a metric agrees with votes; `scores` has those of summaries by document and system, higher better.

    The interval is exact where each document was judged once, else that of resampled documents, of which it takes
    `FEWEST_UNITS`.
    """
    agreeing, opposed, tied = Counter[Hashable](), Counter[Hashable](), 0
    for vote in cast:
        one, other = scores.get((vote.document, vote.a)), scores.get((vote.document, vote.b))
        if not vote.preferred or one is None or other is None:
            continue
        if one == other:
            tied += 1
        else:
            (agreeing if np.sign(one - other) == vote.preferred else opposed)[vote.document] += 1
    wins, losses = agreeing.total(), opposed.total()
    documents = list(dict.fromkeys([*agreeing, *opposed]))
    interval: Interval | None = None
    if len(documents) == wins + losses:
        interval = exact_interval(wins, wins + losses, settings.level)
    elif len(documents) >= FEWEST_UNITS:
        counts = rng.multinomial(len(documents), np.full(len(documents), 1 / len(documents)), settings.resamples)
        right, wrong = (counts @ np.array([side[each] for each in documents]) for side in (agreeing, opposed))
        ends = np.quantile(right / (right + wrong), [(1 - settings.level) / 2, (1 + settings.level) / 2])
        interval = Interval(float(ends[0]), float(ends[1]), settings.level)
    return MetricAgreement(wins, losses, tied, wins / (wins + losses) if wins + losses else None, interval)


def rater_agreement(preferences: Sequence[Preference]) -> RaterAgreement:
    """Return how far raters agree where several have judged the same pair of summaries (nominal alpha)."""
    raters = list(dict.fromkeys(each.rater for each in preferences if each.rater))
    items: dict[tuple[str, str, str], int] = {}
    cells: list[tuple[int, int, int]] = []
    for each in preferences:
        if each.rater:
            a, b = sorted((each.a, each.b))
            row = items.setdefault((each.document, a, b), len(items))
            cells.append((row, raters.index(each.rater), _turned(each)))
    ratings: FloatArray = np.full((len(items), max(1, len(raters))), np.nan)
    for row, column, value in cells:
        ratings[row, column] = value
    shared: IntArray = (~np.isnan(ratings)).sum(axis=1)
    ratings = ratings[shared > 1]
    if not len(ratings):
        return RaterAgreement(len(raters), 0, None, None)
    alpha = krippendorff(ratings, "nominal")
    same = [
        float(one == other)
        for row in ratings
        for index, one in enumerate(row[~np.isnan(row)])
        for other in row[~np.isnan(row)][:index]
    ]
    return RaterAgreement(len(raters), len(ratings), float(np.mean(same)), None if np.isnan(alpha) else alpha)


def first_shown(preferences: Sequence[Preference]) -> tuple[int, int]:
    """Return in how many decided preferences the summary shown first was preferred, and how many there are."""
    decided = [each for each in preferences if each.order and each.preferred != "tie"]
    return sum(each.order[0] == each.preferred for each in decided), len(decided)
