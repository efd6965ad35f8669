"""The table of a gate's verdicts, and its closing line."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats import Gate
from sumbench.stats import Outcome
from sumbench.stats import Verdict
from sumbench.stats import sign
from sumbench.stats.gate import Floor
from sumbench.stats.gate import Lacking
from sumbench.stats.intervals import FEW_VALUES
from sumbench.stats.intervals import FEWEST_OTHERS
from sumbench.stats.intervals import FEWEST_OTHERS_OF_FEW_VALUES
from sumbench.stats.phrases import count
from sumbench.stats.phrases import on_documents
from sumbench.stats.phrases import shown_difference
from sumbench.stats.power import MOST_UNITS
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.values import scaled
from sumbench.tables.values import signed_span

Judged = Sequence[tuple[str, Gate]]
"""Gates by the label of the new side."""

_REACHED = {Direction.HIGHER: ("below", "reached"), Direction.LOWER: ("above", "at most")}
"""What the gate says of a score that misses its limit, and of one that does not."""

_NAMED = 5


def verdicts_table(judged: Judged, values: Mapping[str, Value]) -> Table:
    """Return what the gate decided, one row a system and metric; what failed is marked."""
    named = {each.metric for _, gate in judged for each in gate.verdicts}
    named |= {each.metric for _, gate in judged for each in gate.floors}
    decimals = max((values[metric].decimals for metric in named), default=2)
    columns = (
        Column("system", "system"),
        Column("metric", "metric"),
        Column("verdict", "verdict"),
        Column("difference", "difference", decimals),
        Column("interval", "interval"),
        Column("low", "low", decimals, detail=True),
        Column("high", "high", decimals, detail=True),
        Column("corrected", "p corrected", 4),
        Column("limit", "limit", decimals),
        Column("detectable", "detectable drop", decimals),
        Column("needed", "documents needed", 0),
    )
    rows = []
    for label, gate in judged:
        if gate.lacking.new:
            lacks = "left out" if gate.lacking.dropped else "lacks summaries"
            rows.append(_row(label, "", lacks, failed=not gate.lacking.dropped))
        rows += [_verdict_row(label, each, values[each.metric]) for each in gate.verdicts]
        rows += [_floor_row(label, each, values[each.metric]) for each in gate.floors]
    return Table("gate", columns, (Section("", tuple(rows)),), tuple(_notes(judged)))


def _row(label: str, metric: str, verdict: str, *more: str | float | None, failed: bool) -> Row:
    cells = (label, metric, verdict, *more, *(None for _ in range(8 - len(more))))
    return Row(cells, frozenset({2} if failed else ()))


def _verdict_row(label: str, each: Verdict, value: Value) -> Row:
    interval = each.interval
    return _row(
        label,
        value.title,
        str(each.outcome),
        scaled(each.difference, value),
        signed_span(interval, value),
        interval and value.scale * interval.low,
        interval and value.scale * interval.high,
        each.p,
        0.0 - sign(value) * value.scale * each.margin,
        scaled(each.detectable, value),
        each.needed,
        failed=each.outcome == Outcome.WORSE,
    )


def _floor_row(label: str, each: Floor, value: Value) -> Row:
    missed, reached = _REACHED[each.better]
    return _row(
        label,
        value.title,
        missed if each.missed else reached,
        scaled(each.judged if each.confident else each.value, value),
        None,
        None,
        None,
        None,
        value.scale * each.limit,
        failed=each.missed,
    )


def _notes(judged: Judged) -> Iterator[str]:
    for label, gate in judged:
        yield from lacking_lines(label, gate.lacking)
    verdicts = [each for _, gate in judged for each in gate.verdicts]
    if verdicts:
        yield (
            "worse, not worse: by more than the limit, two one-sided sign-flip tests at half of the level, corrected "
            "over the metrics; the interval is of each difference alone"
        )
    if any(each.outcome == Outcome.UNDECIDED for each in verdicts):
        yield (
            "undecided: neither could be shown; as many documents as are needed would show of a system that is as good "
            "that it is not worse by more than the limit"
        )
        if any(each.few_differ for each in verdicts):
            yield "undecided, too, where too few documents differ: losses may be too rare to be among these"
        if any(each.margin == 0 for each in verdicts):
            yield "with --margin 0 only a better system is not worse: give the drop that you could accept"
    if any(floor.confident for _, gate in judged for floor in gate.floors):
        yield "limits are held against the nearer end of the interval; without an interval they are missed"


def lacking_lines(label: str, lacking: Lacking) -> Iterator[str]:
    """Say, by name, which documents a side lacks, and what that means for the figures."""
    how = "left out of the figures (--failures drop)" if lacking.dropped else "scored 0 where higher is better"
    for side, documents in ((label, lacking.new), (f"the base of {label}", lacking.base)):
        if documents:
            yield f"{side} lacks a summary or a score of {count(len(documents), 'document')}, {how}: {_few(documents)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def undecided_line(each: Verdict, value: Value) -> str:
    """Say what an undecided verdict leaves open, and what would decide it."""
    sources = None if each.units == each.documents else each.units
    documents = on_documents(each.documents, sources)
    about = f"more than {MOST_UNITS:,}" if each.needed is None else f"about {each.needed:,}"
    about += "" if sources is None else " sources"
    if each.few_differ:
        least = f"{FEWEST_OTHERS}, {FEWEST_OTHERS_OF_FEW_VALUES} where there are fewer than {FEW_VALUES} different ones"
        return (
            f"{value.title} undecided: too few of {documents} have another score to show that the new side is not "
            f"worse (it takes {least}); {about} would hold as many"
        )
    if each.detectable is None:
        seen = f"{documents} can show no difference of any size"
    else:
        seen = f"on {documents} a drop of {shown_difference(each.detectable, value)} or more would probably show"
    if each.margin == 0:
        more = "with --margin 0 only a better system is not worse: give the drop that you could accept"
    else:
        more = f"it would take {about} to show that an equal system is not worse"
    return f"{value.title} undecided: {seen}; {more}"


def closing_line(judged: Judged, values: Mapping[str, Value], *, silent: bool = False) -> str:
    """Return the gate's result in one line; `silent` leaves out what is undecided."""
    reasons = list(_reasons(judged, values))
    failed = any(gate.failed for _, gate in judged)
    open_ = sum(len(gate.undecided) for _, gate in judged)
    if failed:
        return f"gate failed: {'; '.join(reasons)}"
    asked = sum(len(gate.verdicts) + len(gate.floors) for _, gate in judged)
    if not open_ or silent:
        return "gate passed"
    return f"gate passed, but {open_} of {asked} undecided: these documents cannot show that nothing is worse"


def _reasons(judged: Judged, values: Mapping[str, Value]) -> Iterable[str]:
    for label, gate in judged:
        if gate.lacking.new and not gate.lacking.dropped:
            yield f"{label} lacks {count(len(gate.lacking.new), 'document')} ({_few(gate.lacking.new)})"
        for each in gate.verdicts:
            if each.outcome == Outcome.WORSE:
                yield f"{label} is worse under {values[each.metric].title}"
            elif each.outcome == Outcome.UNDECIDED and gate.undecided_fails:
                yield f"{label} is undecided under {values[each.metric].title}"
        for floor in gate.floors:
            if floor.missed:
                yield f"{label} is {_REACHED[floor.better][0]} the limit under {values[floor.metric].title}"
