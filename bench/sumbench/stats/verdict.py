"""What the statistics of a table say, in words: at most three sentences, and never more than the numbers carry."""

from collections.abc import Iterator
from collections.abc import Sequence
from itertools import groupby
from itertools import islice

from sumbench.manifest import Value
from sumbench.stats.analysis import Analysis
from sumbench.stats.comparison import can_show
from sumbench.stats.direction import judged
from sumbench.stats.direction import sign
from sumbench.stats.power import MOST_UNITS
from sumbench.stats.standing import Standing
from sumbench.stats.versus import Versus

LEAD = "lead"
"""The floor that every system is held against: the document's first sentences."""

LENGTHS_APART = 4 / 3
"""Where one system's summaries are longer than another's by more than this factor, ROUGE compares lengths, too."""

_SENTENCES = 3
_NAMED = 3


def verdict(analysis: Analysis, metric: str) -> tuple[str, ...]:
    """Return what a run's table shows under the value that ranks it, in up to three sentences.

    In this order: who lacks summaries, how the ranked systems stand to `lead`, which of them lead and what it would
    take to tell them apart, and where length or truncation spoils the comparison. Every statement about a difference
    rests on a corrected test. Empty where no system has a score.
    """
    ranked = analysis.ranked(metric)
    if not ranked and not any(row.failed for row in analysis.standings):
        return ()
    return tuple(islice(_sentences(analysis, metric, ranked), _SENTENCES))


def _sentences(analysis: Analysis, metric: str, ranked: Sequence[Standing]) -> Iterator[str]:
    lacking = [
        f"{row.system} wrote no summary"
        + ("" if row.failed == row.documents else f" of {row.failed or row.failed_draws} of {_counted(row)}")
        for row in analysis.standings
        if row.failed or row.failed_draws
    ]
    if lacking:
        yield f"{_listed(lacking)}."
    if not ranked or not judged(analysis.values[metric]):
        return
    if analysis.streamed:
        yield "Nothing was tested: `sumbench compare` compares the systems of a stream."
        return
    documents = _documents(max(row.scored for row in ranked))
    yield from _against_lead(analysis, metric, ranked, documents)
    yield from _leaders(analysis, metric, ranked, documents)
    yield from _spoiled(ranked)


def _counted(row: Standing) -> str:
    return _documents(row.documents) if row.draws == 1 or row.failed else f"{row.documents * row.draws} draws"


def _against_lead(analysis: Analysis, metric: str, ranked: Sequence[Standing], documents: str) -> Iterator[str]:
    met = analysis.against(LEAD, metric)
    units = max((each.effect.units for each in met.values()), default=0)
    if not met or not can_show(units, len(met), analysis.settings):
        return
    turned = sign(analysis.values[metric])
    told = {name: turned * (each.effect.difference or 0.0) for name, each in met.items() if each.different}
    better = [row.system for row in ranked if told.get(row.system, 0.0) > 0]
    worse = [row.system for row in ranked if told.get(row.system, 0.0) < 0]
    parts = [f"{_listed(better)} {_verb(better, 'beat')} lead"] if better else ["no system beats lead"]
    parts += [f"{_listed(worse)} {_verb(worse, 'fall')} behind it"] if worse else []
    yield _sentence(f"{'; '.join(parts)} on these {documents}")


def _leaders(analysis: Analysis, metric: str, ranked: Sequence[Standing], documents: str) -> Iterator[str]:
    comparison = analysis.comparisons.get(metric)
    if comparison is None or not comparison.differences:
        return
    further = _would_take(analysis, metric)
    if not comparison.showable:
        yield _sentence(
            f"{documents} and {_count(len(comparison.differences), 'pair')}: no difference could have been shown"
            f"{further}"
        )
        return
    leaders = [row.system for row in ranked if row.system in analysis.leaders(metric)]
    if len(ranked) > 1 and len(leaders) == 1:
        yield _sentence(f"{leaders[0]} stands above every other ranked system on these {documents}")
    elif len(leaders) > 1:
        apart = _any_told_apart(analysis, metric, leaders)
        near = f"{_listed(leaders[1:])} cannot be told from {leaders[0]}"
        group = near if apart else f"{_group(leaders, [row.system for row in ranked])} cannot be told apart"
        yield _sentence(f"{group} on these {documents}{further}")


def _any_told_apart(analysis: Analysis, metric: str, names: Sequence[str]) -> bool:
    rows = {analysis.systems.index(name) for name in names}
    return any(
        each.different and {each.effect.left, each.effect.right} <= rows
        for each in analysis.comparisons[metric].differences
    )


def _would_take(analysis: Analysis, metric: str) -> str:
    """Say how many documents would show the difference between the first two; begins with a semicolon."""
    outlook = analysis.outlook
    if outlook is None:
        return ""
    value = analysis.values[metric]
    wanted = f"{shown_difference(outlook.asked, value)} between {outlook.first} and {outlook.second}"
    if outlook.asked != abs(outlook.difference):
        wanted = f"a difference of {shown_difference(outlook.asked, value)}"
    return f"; to show {wanted} would take {_about(outlook.needed)}"


def _about(needed: int | None) -> str:
    return f"more than {MOST_UNITS:,}" if needed is None else f"about {needed:,}"


def _spoiled(ranked: Sequence[Standing]) -> Iterator[str]:
    """Say where lengths differ too much to be compared, or a system did not read all of its input."""
    lengths = {row.system: row.words for row in ranked if row.words}
    if lengths and max(lengths.values()) > LENGTHS_APART * min(lengths.values()):
        long, short = max(lengths, key=lambda name: lengths[name]), min(lengths, key=lambda name: lengths[name])
        yield (
            f"Lengths differ, which scores follow: {long} writes {lengths[long]:.0f} words a summary, "
            f"{short} {lengths[short]:.0f}."
        )
    cut = [row.system for row in ranked if row.cut]
    if cut:
        yield f"{_listed(cut)} did not read all of the input."


def versus_verdict(result: Versus, metric: str, base: str) -> tuple[str, ...]:
    """Return what a comparison with a base shows under a value, in up to three sentences.

    Which new sides are told from the base, which are not, and what these documents could show. Empty under a property.
    """
    value = result.values[metric]
    comparison = result.comparisons[metric]
    if not judged(value) or not comparison.differences:
        return ()
    documents, turned = _documents(len(result.documents)), sign(value)
    if not comparison.showable:
        tests = _count(len(comparison.differences), "pair")
        return (_sentence(f"{documents} and {tests}: no difference could have been shown"),)
    changes = [(change.pair.new.label, change.difference) for change in result.changes(metric)]
    better = [name for name, each in changes if each.different and turned * (each.effect.difference or 0.0) > 0]
    worse = [name for name, each in changes if each.different and turned * (each.effect.difference or 0.0) < 0]
    said = []
    if better:
        said.append(f"{_listed(better)} {_verb(better, 'score')} better than {base}")
    if worse:
        said.append(f"{_listed(worse)} {_verb(worse, 'score')} worse than {base}")
    sentences = [_sentence(f"under {value.title}, {' and '.join(said)} on these {documents}")] if said else []
    untold = [index for index, (_, each) in enumerate(changes) if not each.different]
    if untold:
        names = _listed([changes[index][0] for index in untold])
        under = "" if said else f"under {value.title}, "
        further = _pair_would_take(result, metric, untold)
        sentences.append(_sentence(f"{under}{names} cannot be told from {base} on these {documents}{further}"))
    return tuple(sentences)


def _pair_would_take(result: Versus, metric: str, untold: Sequence[int]) -> str:
    """Say how many documents would show the largest of the differences that these do not show."""
    differences = [result.comparisons[metric].differences[index].effect.difference or 0.0 for index in untold]
    largest = untold[max(range(len(untold)), key=lambda at: abs(differences[at]))]
    outlook = result.outlook(metric, largest)
    if outlook is None:
        return ""
    value = result.values[metric]
    wanted = f"a difference of {shown_difference(outlook.asked, value)}"
    if outlook.asked == abs(outlook.difference):
        wanted = f"the {shown_difference(outlook.asked, value)} of {result.pairs[largest].new.label}"
    return f"; to show {wanted} would take {_about(outlook.needed)}"


def shown_difference(difference: float, value: Value) -> str:
    """Return a difference with the decimals of its table and its unit: `1.20 points`."""
    number = f"{value.scale * difference:.{value.decimals}f}"
    if value.scale == 1 and not value.unit:
        return number
    return f"{number} {'points' if value.scale != 1 else value.unit}".strip()


def _group(names: Sequence[str], order: Sequence[str]) -> str:
    """Return systems of a table: all names, or of many that follow one another the first and the last.

    `order` has the systems as the table has them, so that none is counted in that only stands between two of `names`.
    """
    if len(names) <= _NAMED:
        return _listed(names)
    members = set(names)
    stretches = [list(each) for inside, each in groupby(order, key=members.__contains__) if inside]
    parts = [part for each in stretches for part in _stretch(each)]
    if len(parts) > _NAMED:
        return f"{names[0]} and {len(names) - 1} others"
    return f"{_listed(parts)} ({len(names)} systems)"


def _stretch(names: Sequence[str]) -> Sequence[str]:
    """Return neighbours as what is said of them: one or two by name, more as from the first to the last."""
    return [f"{names[0]} to {names[-1]}"] if names[1:-1] else names


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} others"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _verb(names: Sequence[str], verb: str) -> str:
    return verb if len(names) > 1 else f"{verb}s"


def _documents(number: int) -> str:
    return _count(number, "document")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _sentence(text: str) -> str:
    """Return a clause as a sentence; the name of a system that begins it keeps its small letter."""
    return f"{text[0].upper()}{text[1:]}." if text.startswith(("no ", "under ")) else f"{text}."
