"""The notes under the result table of a run: what its figures, intervals, letters and marks are."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.corpus import preset_name
from sumbench.errors import one_line
from sumbench.languages import ENGLISH
from sumbench.languages import base
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import Spending
from sumbench.manifest import SystemEntry
from sumbench.manifest import Value
from sumbench.sentences import COUNTED_BY_CHARACTERS
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import Standing
from sumbench.stats.intervals import FEW_VALUES
from sumbench.stats.intervals import FEWEST_OTHERS
from sumbench.stats.intervals import FEWEST_OTHERS_OF_FEW_VALUES
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.verdict import LEAD
from sumbench.stats.verdict import LENGTHS_APART
from sumbench.tables.model import Column
from sumbench.tables.model import count
from sumbench.tables.values import better
from sumbench.tables.values import explain_values
from sumbench.tables.values import kind
from sumbench.tables.values import rows_of
from sumbench.tables.values import shown
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
        notes.append(f"documents share {sources}: intervals and tests draw whole sources")
    notes += [
        f"† read less than all of the input: {row.system}, {count(row.cut, 'document')}" for row in rows if row.cut
    ]
    notes += [
        f"‡ {entry.name} was trained on {corpus.name}: its scores are no measure of how it does on other text"
        for entry in trained_on_it(record)
    ]
    notes += _on_thoughts(record)
    notes += _on_unanswered(analysis, order)
    notes += [
        f"{NAMES.get(row.system, row.system)}: scored on {row.scored} of {count(corpus.documents, 'document')}"
        for row in rows
        if row.scored < corpus.documents
    ]
    notes += _on_lengths(record, rows)
    notes += [f"{entry.name} could not be loaded: {entry.error}" for entry in record.systems if entry.error]
    notes += _on_failures(record, rows)
    notes += [f"metric {metric.name} failed: {metric.error}" for metric in record.metrics if metric.error]
    notes += metric_notes(record, "")
    notes += _on_spending(record)
    ranking = record.values.get(order)
    if ranking is not None and ranking.withheld:
        notes.append(f"ranked by {ranking.title} for want of another value: {ranking.withheld}")
    notes += signature_notes(record, main)
    notes += _on_languages(corpus)
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


_OTHERS = 5
"""So many languages of a corpus are named beside the commonest."""


def _on_languages(corpus: CorpusEntry) -> Iterator[str]:
    """Say the documents' languages where they were guessed or are not all English, and how words are counted."""
    if corpus.guessed or set(corpus.languages) - {ENGLISH}:
        (first, number), *others = corpus.languages.items()
        named = [f"{code} ({number})" for code, number in others]
        more = [f"{len(named) - _OTHERS} more"] if len(named) > _OTHERS else []
        yield ", ".join((f"language: {first} ({count(number, 'document')})", *named[:_OTHERS], *more)) + _guessed(
            corpus
        )
    if unspaced := sorted({base(code) for code in corpus.languages} & COUNTED_BY_CHARACTERS):
        yield f"words of {', '.join(unspaced)} are counted by characters, as there are no blanks between them"


def _guessed(corpus: CorpusEntry) -> str:
    if not corpus.guessed:
        return ""
    some = "" if corpus.guessed == corpus.documents else f"{corpus.guessed} of them "
    unclear = f" ({corpus.unclear} unclear: taken for the commonest in their script)" if corpus.unclear else ""
    return f"; {some}guessed{unclear}: `--language` says it where that is wrong"


def _on_thoughts(record: Manifest) -> Iterator[str]:
    """Say of each system that thinks how much of what it writes is thought."""
    for entry in record.systems:
        thought = entry.telemetry.mean_thought_tokens if entry.telemetry else None
        if thought:
            yield f"{entry.name} thinks: {count(round(thought), 'token')} of thought a summary, not scored"


def _on_spending(record: Manifest) -> Iterator[str]:
    """Say what metrics have asked of models and services, and what that cost."""
    for metric in record.metrics:
        if (spent := metric.spent) is not None:
            yield f"{metric.name}: {spending(spent)}; scores kept from earlier runs were not asked for again"


def spending(spent: Spending) -> str:
    """Return in words what was asked of a model or a service."""
    tokens = f"{spent.input_tokens:,} tokens read, {spent.output_tokens:,} written"
    unknown = f" (those of {count(spent.uncounted, 'call')} are not known)" if spent.uncounted else ""
    cost = "" if spent.cost is None else f", cost {spent.cost:.4g}"
    return f"{spent.calls:,} {'call' if spent.calls == 1 else 'calls'}, {tokens}{unknown}{cost}"


_KINDS = {"missing": "no output", "empty": "empty", "refusal": "refused", "error": "error"}


def _on_unanswered(analysis: Analysis, order: str) -> Iterator[str]:
    """Say of each system without some summaries how these are scored, and what it reaches on the others."""
    for row in analysis.standings:
        if not (row.failed or row.failed_draws) or not row.means:
            continue
        asked, failed = row.documents * row.draws, sum(row.failures.values())
        what = count(asked, "document" if row.draws == 1 else "draw")
        kinds = ", ".join(f"{number} {_KINDS[kind]}" for kind, number in row.failures.items())
        value = analysis.values.get(order)
        scored = "" if value is None else f", scored {_unanswered_score(value)}"
        only = ""
        if value is not None and order in row.answered_means:
            only = f"; over what it wrote, {value.title} is {shown(row.answered_means[order], value)}"
        yield f"{row.system}: no summary of {failed} of {what} ({kinds}){scored}{only}"


def _unanswered_score(value: Value) -> str:
    return "0 where higher is better" if value.direction == Direction.HIGHER else "on the others alone"


def _on_lengths(record: Manifest, rows: Sequence[Standing]) -> Iterator[str]:
    """Say the length budget, and warn of summaries that differ much in length, which overlap follows."""
    if record.words is not None:
        yield f"length budget: {count(record.words, 'word')} a summary, in whole sentences"
    elif record.sentences is not None:
        yield f"length budget: {count(record.sentences, 'sentence')} a summary"
    lengths = {row.system: row.words for row in rows if row.words and row.role == "ranked"}
    if lengths and max(lengths.values()) > LENGTHS_APART * min(lengths.values()):
        low, high = min(lengths.values()), max(lengths.values())
        yield (
            f"mean lengths differ by more than a third ({low:.0f} to {high:.0f} words), which overlap with a reference "
            "follows: `--words N` gives all systems one budget"
        )


def _on_failures(record: Manifest, rows: Sequence[Standing]) -> Iterator[str]:
    """Say of each system that loaded why its first document failed, and what could not be scored."""
    unloaded = {entry.name for entry in record.systems if entry.error}
    for row in rows:
        if row.failure is not None and row.system not in unloaded:
            document, reason, others = row.failure
            more = f" (and {others} more: summaries.jsonl has every reason)" if others else ""
            yield f"{row.system} failed on {document}: {one_line(reason)}{more}"
    owners = {value: metric.name for metric in record.metrics for value in (each.name for each in metric.values)}
    for row in rows:
        # A summary that a metric cannot score has no score of any of its values: the reason is said once.
        said = dict.fromkeys((owners.get(value, value), failure) for value, failure in row.unscored.items())
        for metric, (document, reason, others) in said:
            more = f" (and {others} more: scores.parquet has every reason)" if others else ""
            yield f"{metric} cannot score what {row.system} wrote of {document}: {one_line(reason)}{more}"


def _on_statistics(record: Manifest, analysis: Analysis, columns: set[str], order: str) -> Iterator[str]:
    settings = analysis.settings
    if "interval" in columns:
        yield f"interval: {bootstrap(settings)} over documents, {settings.resamples} resamples"
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
        documents = count(max(each.effect.units for each in tested.differences), "document")
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
    """Say how the order of the first systems holds over resamples of the documents."""
    stability = analysis.stability
    if stability is None or stability.closest is None:
        return
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
    units = set((record.corpus.clusters or {}).values())
    if record.corpus.documents == 1 or len(units) == 1:
        return "one document (or one source) cannot support an interval, nor a test"
    return f"no intervals: too few documents or sources ({WANTED}), so that their coverage would be unknown"


def bootstrap(settings: Settings) -> str:
    """Return in words how the intervals of means were made."""
    return f"{100 * settings.level:g} % studentised bootstrap"


def merged(signatures: Iterable[str]) -> list[str]:
    """Join the signatures that differ in nothing but the name they begin with."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in signatures:
        name, _, settings = line.partition("|")
        names[settings].append(name)
    return [f"{','.join(of_settings)}|{settings}" for settings, of_settings in names.items()]
