"""Notes on what a run's systems and metrics did: languages, thoughts, spending, lengths, failures."""

from collections.abc import Iterator
from collections.abc import Sequence

from sumbench.errors import one_line
from sumbench.languages import ENGLISH
from sumbench.languages import base
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Direction
from sumbench.manifest import Manifest
from sumbench.manifest import Spending
from sumbench.manifest import Value
from sumbench.sentences import COUNTED_BY_CHARACTERS
from sumbench.stats import Analysis
from sumbench.stats import Standing
from sumbench.stats.phrases import count
from sumbench.stats.verdict import LENGTHS_APART
from sumbench.tables.values import shown

_OTHERS = 5
"""So many languages of a corpus are named beside the commonest."""


def on_languages(corpus: CorpusEntry) -> Iterator[str]:
    """Yield the documents' languages where they were guessed or are not all English, and how words are counted."""
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


def on_thoughts(record: Manifest) -> Iterator[str]:
    """Say of each system that thinks how much of what it writes is thought."""
    for entry in record.systems:
        thought = entry.telemetry.mean_thought_tokens if entry.telemetry else None
        if thought:
            yield f"{entry.name} thinks: {count(round(thought), 'token')} of thought a summary, not scored"


def on_spending(record: Manifest) -> Iterator[str]:
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


def on_unanswered(analysis: Analysis, order: str) -> Iterator[str]:
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


def on_lengths(record: Manifest, rows: Sequence[Standing]) -> Iterator[str]:
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


def on_failures(record: Manifest, rows: Sequence[Standing]) -> Iterator[str]:
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
