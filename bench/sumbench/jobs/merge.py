"""Merges finished runs, the shards of one run or runs of different systems on one corpus, into one run."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sumbench import suites
from sumbench.corpus import Corpus
from sumbench.corpus.stored import StoredDocuments
from sumbench.corpus.stored import collected
from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.jobs.belonging import RunPart
from sumbench.jobs.belonging import check_parts
from sumbench.jobs.belonging import entry_of
from sumbench.jobs.belonging import in_turn
from sumbench.jobs.belonging import owners_of
from sumbench.jobs.belonging import read_parts
from sumbench.jobs.entries import metric_entries
from sumbench.jobs.entries import with_main
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import finish
from sumbench.jobs.finish import has_failures
from sumbench.jobs.gathered import Gathered
from sumbench.jobs.gathered import within_memory
from sumbench.jobs.plan import new_folder
from sumbench.jobs.scoring import Scoring
from sumbench.jobs.scoring import batches
from sumbench.jobs.scoring import score_batches
from sumbench.jobs.telemetry import merge_telemetry
from sumbench.manifest import CorpusEntry
from sumbench.manifest import Manifest
from sumbench.manifest import MergedEntry
from sumbench.manifest import MetricEntry
from sumbench.manifest import SystemEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import build_metrics
from sumbench.metrics.recorded import RecordedMetric
from sumbench.plugins import in_file
from sumbench.plugins import split_options
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Summary
from sumbench.runs.resume import keep_times
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import SUMMARIES
from sumbench.runs.store import RunFolder
from sumbench.runs.summary_index import StoredSummaries
from sumbench.runs.summary_index import SummaryIndex
from sumbench.scores import Scores
from sumbench.stats import analyse
from sumbench.weights import Store


def merge(
    paths: Sequence[Path], store: Store, out: Path | None = None, progress: Progress | None = None
) -> tuple[Path, Finished]:
    """Merge the finished runs in the folders `paths`, and return the folder of the merged run with what it holds.

    Either they are the shards of one run, each of them once, or runs of different systems on one corpus, or both. The
    documents stand in the order of the whole corpus. Metrics that cost nothing score the summaries again; of costly
    ones, and those of a Python file, the recorded scores are taken. Statistics are computed anew. The run is the one
    that would have been made at once, but for times, memory, and what is said of the merged runs. `out` is its folder;
    None makes a new one in `results/`.

    Raises RunError for runs that do not belong together, naming what differs and where, and for a shard that is missing
    or there twice; UsageError for fewer than two runs.
    """
    parts = read_parts(paths)
    by_system = check_parts(parts)
    corpus = _corpus(by_system, parts)
    documents = corpus.documents
    ids = tuple(document.id for document in documents)
    metrics = _metrics(parts)
    context = MetricContext(parts[0].manifest.seed, store)
    entry = _entry(corpus, next(iter(by_system.values())))
    described = metric_entries(metrics, entry.languages, entry, context)
    record = replace(
        _manifest(parts, by_system, ids), corpus=entry, metrics=with_main(described, parts[0].manifest.ranked_by)
    )
    folder = RunFolder(out or new_folder(record.corpus.name, f"{record.suite}-merged"))
    if folder.path.resolve() in {part.path.resolve() for part in parts}:
        raise UsageError(f"--out {folder.path}: is one of the runs to be merged: give another folder")
    with folder.claimed():
        old = folder.read_manifest()
        record = record if old is None else merge_manifest(old, record, folder.path)
        folder.write_manifest(record)
        folder.write_documents(documents, texts=True)
        summaries = within_memory(_write_summaries(folder, by_system, ids))
        gathered = Gathered(folder)
        scored = score_batches(
            Scoring(metrics, context),
            record.metrics,
            batches(documents, summaries),
            len(documents),
            folder=folder,
            progress=progress or Silent(),
            watch=gathered.add,
            ranked_by=record.ranked_by,
        )
        folder.write_details(scored.details)
        ratings = tuple(dict.fromkeys(rating for part in parts for rating in part.run.ratings))
        folder.write_ratings(ratings)
        entries = _as_recorded(scored.entries, metrics)
        ended = keep_times(old, replace(record, finished=True, metrics=entries))
        made = gathered.run(ended, summaries, documents, scored.details, ids, ratings)
        return folder.path, finish(made, folder, analyse(made), failed=has_failures(made))


def _corpus(by_system: Mapping[str, Sequence[RunPart]], parts: Sequence[RunPart]) -> Corpus:
    """Return the whole corpus, in its order; raise RunError where the documents are not those of the whole."""
    some = next(iter(by_system.values()))
    first = parts[0]
    notes = tuple(dict.fromkeys(note for part in parts for note in part.manifest.corpus.notes))
    owners = owners_of(some)
    found = collected(in_turn(owners, [part.documents() for part in some]))
    documents = found if isinstance(found, StoredDocuments) else tuple(found)
    corpus = Corpus(first.manifest.corpus.name, documents, notes=notes)
    if len(owners) != first.size or corpus.fingerprint != first.whole:
        named = ", ".join(str(part.path) for part in some)
        raise RunError(f"{named}: their documents are not those of the whole corpus: a run is damaged")
    return corpus


def _entry(corpus: Corpus, parts: Sequence[RunPart]) -> CorpusEntry:
    """Return the entry of the whole corpus, of which these parts are the shards."""
    return CorpusEntry(
        name=corpus.name,
        fingerprint=corpus.fingerprint,
        documents=len(corpus.documents),
        references=sum(len(document.references) for document in corpus.documents),
        notes=corpus.notes,
        clusters=corpus.clusters,
        languages=dict(Counter(document.language for document in corpus.documents).most_common()),
        guessed=sum(part.manifest.corpus.guessed for part in parts),
        unclear=sum(part.manifest.corpus.unclear for part in parts),
    )


def _summaries(system: str, parts: Sequence[RunPart], ids: Sequence[str]) -> Iterator[Summary]:
    """Yield a system's summaries in the order of documents and draws, a few in memory at a time."""
    streams = [groupby(part.summaries[system], key=attrgetter("document")) for part in parts]
    # A group that is not read before the next is asked for is lost: each is read at once.
    of_documents = [((name, list(draws)) for name, draws in stream) for stream in streams]
    found = in_turn(owners_of(parts), of_documents)
    for wanted in ids:
        document, draws = next(found, ("", []))
        if document != wanted:
            named = ", ".join(str(part.path) for part in parts)
            raise RunError(f"{named}: of document {wanted!r} there is no summary by {system}: a run is damaged")
        yield from draws


def _write_summaries(
    folder: RunFolder, by_system: Mapping[str, Sequence[RunPart]], ids: Sequence[str]
) -> StoredSummaries:
    """Write the summaries in the order of systems, documents and draws, and return them as they stand in the file."""
    places = {identifier: place for place, identifier in enumerate(ids)}
    indexes = {name: SummaryIndex(folder.path / SUMMARIES, name, places) for name in by_system}
    with folder.writing_summaries() as writer:
        for system, parts in by_system.items():
            indexes[system].widen(max(part.summaries[system].samples for part in parts))
            for summary in _summaries(system, parts, ids):
                indexes[system].add(summary, writer.write_one(summary))
    return StoredSummaries(list(indexes.values()))


def _manifest(parts: Sequence[RunPart], by_system: Mapping[str, Sequence[RunPart]], ids: Sequence[str]) -> Manifest:
    first = parts[0].manifest
    return replace(
        first,
        finished=False,
        request=_request(parts),
        systems=tuple(
            _system([entry_of(part, name) for part in some], _summaries(name, some, ids))
            for name, some in by_system.items()
        ),
        started=min(part.manifest.started for part in parts),
        seconds=sum(part.manifest.seconds for part in parts),
        shard=None,
        merged=tuple(
            MergedEntry(
                part.path.resolve().name,
                part.shard,
                part.manifest.started,
                part.manifest.seconds,
                part.manifest.machine,
                part.manifest.packages,
            )
            for part in parts
        ),
    )


def _system(entries: Sequence[SystemEntry], summaries: Iterable[Summary]) -> SystemEntry:
    telemetry = [entry.telemetry for entry in entries if entry.telemetry is not None]
    return replace(
        entries[0],
        weights=next((entry.weights for entry in entries if entry.weights is not None), None),
        error=next((entry.error for entry in entries if entry.error is not None), None),
        telemetry=merge_telemetry(summaries, telemetry) if telemetry else None,
    )


def _request(parts: Sequence[RunPart]) -> Mapping[str, Any] | None:
    """Return the request of the whole run, None where it cannot be repeated from a single one."""
    requests = [part.manifest.request for part in parts]
    whole: dict[str, Any] | None = None
    systems: dict[str, None] = {}
    for request in requests:
        if request is None:
            return None
        rest = {**request, "shard": None, "systems": None}
        if whole is not None and rest != whole:
            return None
        whole = rest
        named = request["systems"]
        if named is None:
            suite = suites.read_suite(request["suite"])
            named = suite.task(request["task"] or request["corpus"]).systems
        systems |= dict.fromkeys(named)
    one = requests[0] or {}
    same = all(request and request["systems"] == one["systems"] for request in requests)
    return whole and {**whole, "systems": one["systems"] if same else list(systems)}


def _metrics(parts: Sequence[RunPart]) -> list[Metric]:
    """Return the metrics of the runs: to be computed again, or with their recorded scores.

    Raises RunError where a metric is computed otherwise today than in a run, or was in two runs.
    """
    built = {metric.name: metric for metric in _built(parts[0])}
    return [
        metric
        if (metric := built.get(entry.name)) is not None and not metric.costly and _computed_alike(metric, parts)
        else _recorded(entry.name, parts)
        for entry in parts[0].manifest.metrics
    ]


def _as_recorded(entries: Sequence[MetricEntry], metrics: Sequence[Metric]) -> tuple[MetricEntry, ...]:
    """Return the entries, those of metrics that were not computed again with prompt and spending as recorded."""
    recorded = {metric.name: metric.entry for metric in metrics if isinstance(metric, RecordedMetric)}
    return tuple(
        replace(entry, prompt=known.prompt, spent=known.spent) if (known := recorded.get(entry.name)) else entry
        for entry in entries
    )


def _built(part: RunPart) -> list[Metric]:
    """Return the metrics that a run's request names, without those of Python files, which only a command may name."""
    request = part.manifest.request
    if request is None:
        return []
    try:
        named = request["metrics"] or suites.read_suite(request["suite"]).metrics
        return build_metrics([spec for spec in named if spec and not in_file(split_options(spec)[0])])
    except UsageError:
        # A plug-in or a suite that is no longer there: what was recorded is.
        return []


def _computed_alike(metric: Metric, parts: Sequence[RunPart]) -> bool:
    for part in parts:
        entry = next(each for each in part.manifest.metrics if each.name == metric.name)
        now = metric.signatures(sorted(part.manifest.corpus.languages))
        for value, line in entry.signatures.items():
            if now.get(value) != line:
                raise RunError(f"{part.path}: its {value} is {line}, which would today be {now.get(value)}")
        if entry.error:
            return False
    return True


def _recorded(name: str, parts: Sequence[RunPart]) -> RecordedMetric:
    entries = [next(each for each in part.manifest.metrics if each.name == name) for part in parts]
    for part, entry in zip(parts, entries, strict=True):
        if entry.signatures != entries[0].signatures or entry.values != entries[0].values:
            raise RunError(f"{part.path}: its {name} is computed otherwise than that of {parts[0].path}")
    values = [value.name for value in entries[0].values]
    spent = [entry.spent for entry in entries if entry.spent is not None]
    recorded = MetricEntry(
        name,
        entries[0].values,
        entries[0].signatures,
        next((entry.error for entry in entries if entry.error), None),
        tuple(dict.fromkeys(note for entry in entries for note in entry.notes)),
        prompt=entries[0].prompt,
        spent=sum(spent[1:], start=spent[0]) if spent else None,
    )
    scores = Scores.concat([part.run.scores.where(metric=values) for part in parts])
    details = [each for part in parts for each in part.run.details if each.metric in values]
    return RecordedMetric(recorded, scores, details)
