"""What the documents of a run can show, pair by pair, and how many would show a given difference."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from sumbench.errors import UsageError
from sumbench.jobs.sides import read_side
from sumbench.manifest import Value
from sumbench.registry import unknown
from sumbench.scores import FloatArray
from sumbench.seeds import stream
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import analyse
from sumbench.stats import judged
from sumbench.stats import run_matrices
from sumbench.stats import sign
from sumbench.stats.analysis import clusters_of
from sumbench.stats.family import tested_at
from sumbench.stats.power import detectable
from sumbench.stats.power import power_at
from sumbench.stats.power import units_needed
from sumbench.stats.power import units_of
from sumbench.stats.units import numbered
from sumbench.stats.verdict import LEAD
from sumbench.tables.model import Table
from sumbench.tables.power import PairPower
from sumbench.tables.power import power_table


@dataclass(frozen=True)
class PowerRequest:
    """A request to say what a run's documents can show.

    `run` is RUN, or RUN:SYSTEM for that system against all others; `metric` is None for the value that ranks;
    `difference` is in points of the table, `power` between 0 and 1.
    """

    run: str
    metric: str | None = None
    difference: float = 1.0
    power: float = 0.8
    statistics: Mapping[str, Any] = field(default_factory=dict)


def power(request: PowerRequest) -> Table:
    """Return the table of what a run's documents can show; raise UsageError for what means nothing, RunError for none.

    The pairs are the neighbours of the ranking and each ranked system with `lead`, or one named system with each other.
    """
    if not 0 < request.power < 1:
        raise UsageError(f"--power {request.power:g} is no chance: give a number between 0 and 1, such as 0.8")
    if not (request.difference > 0 and isfinite(request.difference)):
        raise UsageError(f"--difference {request.difference:g} means nothing: give points, more than 0")
    side = read_side(request.run)
    run, record = side.run, side.run.manifest
    metric = request.metric or record.ranked_by
    if metric not in record.values:
        raise unknown("metric value", metric, list(record.values), listed_by=f"{side.path}")
    value = record.values[metric]
    if not judged(value):
        raise UsageError(f"{metric} is a property: neither more nor less is better, so nothing is to be shown of it")
    analysis = analyse(run, Settings.of(request.statistics, Settings.recorded(record.statistics)))
    pairs = list(_pairs(analysis, metric, side.system))
    if not pairs:
        raise UsageError(f"{side.path}: holds no two systems with a score of {metric}")
    names = list(dict.fromkeys(name for _, one, other in pairs for name in (one, other)))
    scores = dict(zip(names, run_matrices(run, names, run.ids, [metric])[metric], strict=True))
    tests = len(analysis.comparisons[metric].differences) if metric in analysis.comparisons else len(pairs)
    level = tested_at(tests, analysis.settings)
    clusters = clusters_of(run)
    numbers = numbered(clusters, len(run.ids))
    found = [
        (title, _of_pair((one, other), scores, value, numbers, request, level, record.seed))
        for title, one, other in pairs
    ]
    return power_table(
        record.corpus.name,
        found,
        value,
        request.difference,
        request.power,
        level,
        tests,
        shared=clusters is not None,
    )


def _pairs(analysis: Analysis, metric: str, base: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield a section's title and the two systems of each pair."""
    ranked = [row.system for row in analysis.ranked(metric)]
    scored = [row.system for row in analysis.ranking(metric) if metric in row.means and row.role != "ceiling"]
    if base is not None:
        yield from (("", system, base) for system in scored if system != base and base in scored)
        return
    yield from (("neighbours in the table", one, other) for one, other in pairwise(ranked))
    if LEAD in scored:
        yield from ((f"against {LEAD}", system, LEAD) for system in ranked if system != LEAD)


def _of_pair(  # noqa: PLR0913, PLR0917 - what a simulation rests on
    pair: tuple[str, str],
    scores: Mapping[str, FloatArray],
    value: Value,
    numbers: np.ndarray[tuple[int], np.dtype[np.int64]],
    request: PowerRequest,
    level: float,
    seed: int,
) -> PairPower:
    apart = sign(value) * (scores[pair[0]] - scores[pair[1]])
    if np.isnan(apart).all():
        return PairPower(*pair, None, None, None, None, None)
    units, wanted = units_of(apart, numbers).upward, request.difference / value.scale
    needed = units_needed(units, wanted, stream(seed, "power"), alpha=level, power=request.power)
    # Of other draws than those that the number was found by.
    reached = None if needed is None else power_at(units, needed, wanted, stream(seed, "power", "check"), alpha=level)
    mean = float(np.nanmean(apart))
    for_own = units_needed(units, abs(mean), stream(seed, "power"), alpha=level, power=request.power)
    least = detectable(units, stream(seed, "power"), alpha=level, power=request.power)
    return PairPower(*pair, sign(value) * mean, least, for_own, needed, reached)
