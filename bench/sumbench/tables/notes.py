"""The notes under the result table of a run: what its figures, intervals, letters and marks are."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.corpus import preset_name
from sumbench.manifest import Manifest
from sumbench.manifest import SystemEntry
from sumbench.manifest import Value
from sumbench.stats import Analysis
from sumbench.stats.intervals import FEW_VALUES
from sumbench.stats.intervals import FEWEST_OTHERS
from sumbench.stats.intervals import FEWEST_OTHERS_OF_FEW_VALUES
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.phrases import count
from sumbench.stats.phrases import on_documents
from sumbench.stats.verdict import LEAD
from sumbench.tables.model import Column
from sumbench.tables.run_notes import on_failures
from sumbench.tables.run_notes import on_languages
from sumbench.tables.run_notes import on_lengths
from sumbench.tables.run_notes import on_spending
from sumbench.tables.run_notes import on_thoughts
from sumbench.tables.run_notes import on_unanswered
from sumbench.tables.values import better
from sumbench.tables.values import explain_values
from sumbench.tables.values import kind
from sumbench.tables.values import rows_of
from sumbench.tables.values import unit

CORRECTED: Mapping[str, str] = {"holm": "Holm", "benjamini-hochberg": "Benjamini-Hochberg", "none": "uncorrected"}

NAMES: Mapping[str, str] = {"references": "reference agreement"}


def result_notes(record: Manifest, analysis: Analysis, columns: Sequence[Column], order: str) -> list[str]:
    """Return the lines under the result table of a run, whose `columns` and ranking value (`order`) they explain."""
    main = record.shown[""]
    corpus = record.corpus
    rows = rows_of(analysis.standings, record.in_result)
    notes = [_on_scores(main)] if main else []
    notes += _on_statistics(record, analysis, {each.key for each in columns}, order)
    if any(row.draws > 1 for row in rows):
        title = analysis.values[order].title if order in analysis.values else order
        notes.append(
            f"draws: how many summaries a system draws of each document ± the standard deviation between the draws' "
            f"mean {title}; scores, intervals and tests are of each document's mean over its draws, seconds and "
            "cost of all of them together"
        )
    if corpus.clusters:
        sources = count(len(set(corpus.clusters.values())), "source")
        drawn = "" if analysis.streamed else ": intervals and tests draw whole sources"
        notes.append(f"documents share {sources}{drawn}")
    notes += [
        f"† read less than all of the input: {row.system}, {count(row.cut, 'document')}" for row in rows if row.cut
    ]
    notes += [
        f"‡ {entry.name} was trained on {corpus.name}: its scores are no measure of how it does on other text"
        for entry in trained_on_it(record)
    ]
    notes += on_thoughts(record)
    notes += on_unanswered(analysis, order)
    notes += [
        f"{NAMES.get(row.system, row.system)}: scored on {row.scored:,} of {count(corpus.documents, 'document')}"
        for row in rows
        if row.scored < corpus.documents
    ]
    notes += on_lengths(record, rows)
    notes += [f"{entry.name} could not be loaded: {entry.error}" for entry in record.systems if entry.error]
    notes += on_failures(record, rows)
    notes += [f"metric {metric.name} failed: {metric.error}" for metric in record.metrics if metric.error]
    notes += metric_notes(record, "")
    notes += on_spending(record)
    ranking = record.values.get(order)
    if ranking is not None and ranking.withheld:
        notes.append(f"ranked by {ranking.title} for want of another value: {ranking.withheld}")
    notes += signature_notes(record, main)
    notes += on_languages(corpus)
    if record.shard is not None:
        whole = count(record.shard.documents, "document")
        notes.append(
            f"shard {record.shard.number}/{record.shard.of} of {whole}: `sumbench merge` joins it with the others"
        )
    return [*notes, f"corpus: {corpus.name}, sha256 {corpus.fingerprint[:16]}", *corpus.notes]


def metric_notes(record: Manifest, table: str) -> list[str]:
    """Return the notes of the metrics whose values readers see in a table; the result table has those of the others."""
    notes: list[str] = []
    for metric in record.metrics:
        places = [
            title for title, values in record.shown.items() if any(value in values for value in metric.values)
        ] or [""]
        notes += metric.notes if places[0] == table else ()
    return notes


def signature_notes(record: Manifest, values: Iterable[Value]) -> list[str]:
    """Return the lines that say how values are computed."""
    lines = [record.signatures[value.name] for value in values if value.name in record.signatures]
    return [f"signature: {line}" for line in merged(lines)]


def trained_on_it(record: Manifest) -> list[SystemEntry]:
    """Return the systems that were trained on the run's corpus, be that named by its preset or by the hub's name."""
    asked = str((record.request or {}).get("corpus") or "")
    names = {record.corpus.name, preset_name(asked)}
    return [entry for entry in record.systems if names & set(entry.trained_on)]


def _on_scores(main: Sequence[Value]) -> str:
    if len({kind(value) for value in main}) > 1:
        return f"scores are means over the documents: {explain_values(main)}"
    what = f"mean {unit(main[0])}" if unit(main[0]) else "means"
    return ", ".join(part for part in (f"scores are {what} over the documents", better(main[0])) if part)


def _on_statistics(record: Manifest, analysis: Analysis, columns: set[str], order: str) -> Iterator[str]:
    settings = analysis.settings
    if "interval" in columns:
        level = f"{100 * settings.level:g} %"
        yield f"interval: {level} studentised bootstrap over documents, {settings.resamples} resamples"
        yield from _without_some(analysis, order)
    else:
        yield _without_interval(record, analysis, order)
    if "position" in columns:
        yield f"position: where {analysis.values[order].title} lies between random (0) and reference agreement (100)"
    yield from _on_letters(analysis, order)
    yield from _on_stability(analysis)
    if analysis.streamed:
        yield "scored as a stream: no comparisons, which `sumbench compare` makes from the run folder"


def _without_some(analysis: Analysis, order: str) -> Iterator[str]:
    """Say which systems have no interval of the value that ranks, and why."""
    without = [
        NAMES.get(row.system, row.system)
        for row in analysis.standings
        if order in row.means and analysis.interval(row.system, order) is None
    ]
    if without:
        yield (
            f"no interval for {', '.join(without)}: too few documents ({WANTED}), so that its coverage would be unknown"
        )


def _on_letters(analysis: Analysis, order: str) -> Iterator[str]:
    settings = analysis.settings
    tested = analysis.comparisons.get(order)
    if tested is None or not tested.differences or tested.differences[0].p is None:
        return
    pairs = count(len(tested.differences), "pair")
    if not tested.showable:
        documents = on_documents(max(each.effect.documents for each in tested.differences), analysis.sources)
        yield f"{documents} and {pairs}: no difference could have been shown, so there are no letters, nothing is bold"
        return
    kind = "exact paired" if tested.exact else "paired approximate"
    yield (
        f"systems that share a letter cannot be told apart on these documents at {settings.alpha:g} "
        f"({kind} randomization test, {CORRECTED[settings.correction]} over {pairs} within a metric); "
        "bold: the best and those not told from it, where that leaves out some"
    )
    met = len(analysis.against(LEAD, order))
    if met > 1:
        yield f"what is said of {LEAD}: the same tests, corrected over the {met} ranked systems alone"


def _on_stability(analysis: Analysis) -> Iterator[str]:
    """Say how the order of the systems holds over resamples of the documents, and under each reference alone."""
    stability = analysis.stability
    if stability is not None and stability.closest is not None:
        first, place = next(iter(stability.places.items()))
        one, other, share = stability.closest
        yield (
            f"order over resamples of the documents (no test): {first} is first in {100 * place.kept:.0f} %; "
            f"{one} and {other} change places in {100 * share:.0f} %"
        )
    alone = analysis.references
    if alone is not None:
        yield (
            f"order under each of the {alone.references} references alone (no test): {alone.kept} of "
            f"{count(alone.pairs, 'pair')} of ranked systems keep theirs; first are {', '.join(alone.best)}"
        )


WANTED = (
    f"it takes {FEWEST_UNITS}, and {FEWEST_OTHERS} with another score than the most frequent one, "
    f"{FEWEST_OTHERS_OF_FEW_VALUES} where there are fewer than {FEW_VALUES} different scores"
)
"""What an interval of a mean takes."""


def _without_interval(record: Manifest, analysis: Analysis, order: str) -> str:
    """Say why no system has an interval of the value that ranks."""
    title = analysis.values[order].title if order in analysis.values else "any value"
    if not any(order in row.means for row in analysis.standings):
        return f"nothing has a score of {title}: there is no interval, and no test of it"
    if record.corpus.documents == 1 or analysis.sources == 1:
        return "one document (or one source) cannot support an interval, nor a test"
    if analysis.streamed and analysis.sources is not None:
        return "no intervals: a stream cannot draw whole sources, as `sumbench compare` does from the run folder"
    return f"no intervals: too few documents or sources ({WANTED}), so that their coverage would be unknown"


def merged(signatures: Iterable[str]) -> list[str]:
    """Join the signatures that differ in nothing but the name they begin with."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in signatures:
        name, _, settings = line.partition("|")
        names[settings].append(name)
    return [f"{','.join(of_settings)}|{settings}" for settings, of_settings in names.items()]
