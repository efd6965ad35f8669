"""What a run's statistics say, in one to three sentences."""

from collections.abc import Iterator
from collections.abc import Sequence

from sumbench.stats.analysis import Analysis
from sumbench.stats.standing import Standing

LEAD = "lead"
"""The floor that every system is held against: the document's first sentences."""


def verdict(analysis: Analysis, ranked_by: str) -> str:
    """Return who failed, how the ranked systems stand to `lead`, and which of them lead, under the ranking value.

    Every statement about a difference rests on a test corrected over all pairs of the table; what no test shows is said
    to be untold, never equal. Empty where no system has a score.
    """
    return " ".join(_sentences(analysis, ranked_by))


def _sentences(analysis: Analysis, metric: str) -> Iterator[str]:
    ranked = [row for row in analysis.ranking(metric) if row.role == "ranked"]
    failed = [f"{row.system} on {_documents(row.failed)}" for row in ranked if row.failed]
    if failed:
        yield f"Failed: {', '.join(failed)}."
    scored = [row for row in ranked if metric in row.means]
    comparison = analysis.comparisons.get(metric)
    if not scored:
        return
    if comparison is None or comparison.letters is None:
        yield "Nothing was tested, so no order of the systems is shown to be more than chance."
        return
    size = _documents(max(row.scored for row in scored))
    yield from _against_lead(analysis, metric, scored, size)
    leaders = analysis.leaders(metric)
    if len(scored) > 1 and len(leaders) == 1:
        yield f"{scored[0].system} leads the others by more than chance explains."
    elif len(leaders) > 1:
        names = [row.system for row in scored if row.system in leaders]
        yield f"{_listed(names)} cannot be told apart on these {size}."


def _against_lead(analysis: Analysis, metric: str, scored: Sequence[Standing], size: str) -> Iterator[str]:
    if LEAD not in {row.system for row in analysis.standings if metric in row.means}:
        return
    lead = analysis.systems.index(LEAD)
    comparison = analysis.comparisons[metric]
    apart = {
        each.effect.left + each.effect.right - lead
        for each in comparison.differences
        if each.different and lead in {each.effect.left, each.effect.right}
    }
    order = [row.system for row in analysis.ranking(metric)]
    told = [row.system for row in scored if analysis.systems.index(row.system) in apart]
    better = [name for name in told if order.index(name) < order.index(LEAD)]
    worse = [name for name in told if order.index(name) > order.index(LEAD)]
    parts = [f"{_listed(better)} {_verb(better, 'beat')} lead"] if better else ["no system is shown to beat lead"]
    parts += [f"{_listed(worse)} {_verb(worse, 'fall')} behind it"] if worse else []
    sentence = ", ".join(parts)
    yield f"{sentence[0].upper() if not better else sentence[0]}{sentence[1:]} on these {size}."


def _verb(names: Sequence[str], verb: str) -> str:
    return verb if len(names) > 1 else f"{verb}s"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _documents(number: int) -> str:
    return f"{number} document{'' if number == 1 else 's'}"
