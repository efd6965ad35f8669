"""Batches: exports the requests of a run to files, and carries the run out with the answers that come back."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.executors import weights
from sumbench.executors.batch import BatchExecutor
from sumbench.executors.inline import InlineExecutor
from sumbench.generation.endpoint.batch import BatchRequest
from sumbench.generation.endpoint.batch import BatchStyle
from sumbench.generation.endpoint.batch import requested_ids
from sumbench.generation.endpoint.batch_answers import AnswerFiles
from sumbench.generation.endpoint.replay import MissingAnswers
from sumbench.generation.endpoint.replay import Replay
from sumbench.generation.endpoint.summarizer import WantedDraw
from sumbench.jobs.batch_files import BatchSettings
from sumbench.jobs.batch_files import RequestWriter
from sumbench.jobs.batch_files import answer_files
from sumbench.jobs.batch_files import read_settings
from sumbench.jobs.batch_files import request_files
from sumbench.jobs.batch_files import write_answers
from sumbench.jobs.batch_files import write_settings
from sumbench.jobs.batch_report import BatchSize
from sumbench.jobs.finish import Finished
from sumbench.jobs.finish import has_failures
from sumbench.jobs.plan import Plan
from sumbench.jobs.plan import plan_manifest
from sumbench.jobs.result_table import result_table
from sumbench.jobs.run import run
from sumbench.jobs.run import summaries_done
from sumbench.jobs.run import write_manifest
from sumbench.jobs.summarize import SystemRunner
from sumbench.manifest import Manifest
from sumbench.progress import Progress
from sumbench.progress import Silent
from sumbench.records import Document
from sumbench.records import checked_answer
from sumbench.runs.resume import merge_manifest
from sumbench.runs.store import RunFolder
from sumbench.runs.store import read_run
from sumbench.runs.summary_index import SummaryIndex
from sumbench.systems import System
from sumbench.systems.endpoint import Endpoint

_NAMED = 3
"""So many documents without an answer are named."""

_Done = Mapping[str, SummaryIndex]


@dataclass(frozen=True)
class Exported:
    """What an export has written, or would write: sizes by system; `there` counts requests of files that were there."""

    sizes: tuple[BatchSize, ...]
    there: int = 0


@dataclass(frozen=True)
class Imported:
    """What an import has done: `answers` are new; the `finished` run, None where answers are still missing.

    `missing` counts the requests without an answer, and `documents` has the ids of the first documents that wait for
    them; `files` are the names of new files, with requests that follow from the answers.
    """

    answers: int
    finished: Finished | None
    missing: int = 0
    documents: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def export(plan: Plan, settings: BatchSettings | None = None, *, dry_run: bool = False) -> Exported:
    """Begin a plan's run, and write the requests of its systems that ask a server into files in the run's folder.

    A file has requests of one system. Those that stand in a file of an earlier export are not written again unless they
    failed, nor are those of summaries that are in the run's journal, or that earlier runs have kept. With `dry_run`
    nothing is written. Raises UsageError for a run into which nothing could be imported, or without such a system, and
    RunError where the folder cannot be written.
    """
    _asking(plan)
    settings = settings or BatchSettings()
    if plan.request is None:
        raise UsageError("a batch is imported into a run that its folder repeats: name corpus, systems and metrics")
    if dry_run:
        with AnswerFiles() as answers, RequestWriter(None, settings.limits) as writer:
            return _write(plan, _replays(plan, answers, good=True), {}, settings.style, writer)
    weights.check(plan.systems, plan.context, plan.metrics)
    folder = RunFolder(plan.folder)
    with folder.claimed():
        record = write_manifest(folder, plan_manifest(plan, datetime.now(UTC)), folder.read_manifest())
        folder.write_documents(plan.corpus.documents, texts=plan.texts, positions=plan.positions)
        done = summaries_done(folder, plan, _ids(plan))
        _reuse(plan, record, done)
        write_settings(plan.folder, settings)
        with _imported(plan.folder) as answers, RequestWriter(plan.folder, settings.limits) as writer:
            return _write(plan, _replays(plan, answers, good=True), done, settings.style, writer)


def import_answers(
    plan: Plan,
    files: Sequence[Path],
    progress: Progress | None = None,
    *,
    served: Collection[str] = (),
    finish: bool = False,
) -> Imported:
    """Take the answers in `files` into the run of a plan whose requests were exported, and finish it if all are there.

    Else the summaries that can be made go into the run's journal, requests that follow from the answers into further
    files, and the run waits for a further import; with `finish` what has no answer fails, and the run is finished.
    `served` are names by which the service may call the model. An answer that was imported before is not imported
    again. Raises RunError, naming file and line, for a line that is no answer to a request of this run, and has
    imported nothing then.
    """
    progress, folder = progress or Silent(), RunFolder(plan.folder)
    with _imported(plan.folder) as answers:
        replays = _replays(plan, answers, served=served)
        with folder.claimed():
            old = _begun(folder, plan)
            given = [(file, answers.add(file)) for file in files]
            done = summaries_done(folder, plan, _ids(plan))
            waiting = _survey(plan, replays, done, progress)
            new = list(_belonging(given, replays))
            if new:
                write_answers(plan.folder, map(answers.line, new))
            if old.finished and not new:
                return Imported(0, _read(plan.folder))
            if waiting.requests and not finish:
                settings = read_settings(plan.folder)
                with RequestWriter(plan.folder, settings.limits) as writer:
                    _journal(plan, replays, done)
                    following = _write(plan, replays, done, settings.style, writer)
                files_ = tuple(file for size in following.sizes for file in size.files)
                return Imported(len(new), None, waiting.requests, waiting.documents, files_)
        return Imported(len(new), run(plan, progress, lambda other: BatchExecutor(other, replays)))


def at_price(plan: Plan, factor: float) -> Plan:
    """Return a plan whose systems that ask a server cost `factor` times as much: batches have prices of their own."""
    if not 0 <= factor < float("inf"):
        raise UsageError(f"--price-factor {factor:g} is no factor: give 0 or more, such as 0.5")
    systems = [
        replace(each, price_in=each.price_in * factor, price_out=each.price_out * factor)
        if isinstance(each, Endpoint)
        else each
        for each in plan.systems
    ]
    return replace(plan, systems=systems)


def _asking(plan: Plan) -> list[Endpoint]:
    """Return the systems that ask a server; raise UsageError where there is none."""
    found = [system for system in plan.systems if isinstance(system, Endpoint)]
    if not found:
        raise UsageError("no system of this run asks a server: name one: --systems endpoint,url=…,model=…")
    return found


def _replays(
    plan: Plan, answers: AnswerFiles, *, good: bool = False, served: Collection[str] = ()
) -> dict[str, Replay]:
    names = frozenset(served)
    return {
        system.name: Replay(system.summarizer(plan.context), answers, good=good, served=names)
        for system in _asking(plan)
    }


@contextmanager
def _imported(folder: Path) -> Iterator[AnswerFiles]:
    """Yield the answers that were imported into a run's folder."""
    with AnswerFiles() as answers:
        for file in answer_files(folder):
            answers.add(file)
        yield answers


def _begun(folder: RunFolder, plan: Plan) -> Manifest:
    """Return the manifest of the run in a folder; raise RunError where no batch of this plan was exported into it."""
    old = folder.read_manifest()
    if old is None or not (request_files(folder.path) or answer_files(folder.path)):
        raise RunError(f"{folder.path}: holds no batch: sumbench batch export … --out {folder.path} begins one")
    merge_manifest(old, plan_manifest(plan, datetime.now(UTC)), folder.path)
    return old


def _ids(plan: Plan) -> tuple[str, ...]:
    return tuple(document.id for document in plan.corpus.documents)


def _reuse(plan: Plan, record: Manifest, done: _Done) -> None:
    """Put summaries that earlier runs have kept, and that are not done, into the run's journal."""
    with RunFolder(plan.folder).journal() as journal:
        runner = SystemRunner(plan.corpus.documents, plan.context, plan.policy, journal, InlineExecutor())
        for system, entry in zip(plan.systems, record.systems, strict=True):
            if isinstance(system, Endpoint):
                runner.reuse(system, entry, done[system.name])


class _Waiting(NamedTuple):
    """How many requests lack an answer, and the first documents (their ids) that wait for one."""

    requests: int
    documents: tuple[str, ...]


def _wanted(system: System, documents: Iterable[Document]) -> Iterator[WantedDraw]:
    return (WantedDraw(document, number) for document in documents for number in range(1, system.samples + 1))


def _survey(plan: Plan, replays: Mapping[str, Replay], done: _Done, progress: Progress) -> _Waiting:
    """Return what is missing of the summaries that are not done, once all requests are known to the `replays`."""
    requests, waiting = 0, dict[str, None]()
    for system in _asking(plan):
        size = len(plan.corpus.documents) * system.samples
        with progress.task(f"answers to {system.name}", size, "summaries") as advance:
            for number, draw in enumerate(_wanted(system, plan.corpus.documents), 1):
                lacking = _lacking(replays[system.name], draw)
                if lacking and not done[system.name].has(draw.document.id, draw.number):
                    requests += len(lacking)
                    waiting[draw.document.id] = None
                advance(number)
    return _Waiting(requests, tuple(waiting)[:_NAMED])


def _lacking(replay: Replay, draw: WantedDraw) -> list[BatchRequest]:
    """Return the requests of a summary that can be made now and lack an answer."""
    try:
        replay.summary(draw)
    except MissingAnswers as missing:
        return missing.requests
    return []


def _belonging(given: Iterable[tuple[Path, Mapping[str, int]]], replays: Mapping[str, Replay]) -> Iterator[str]:
    """Yield the ids of given answers; raise RunError for the first one that answers no request of the run."""
    known = set().union(*(replay.known for replay in replays.values()))
    for file, lines in given:
        for custom_id, line in lines.items():
            if custom_id not in known:
                raise RunError(
                    f"{file}, line {line}: answers no request of this run ({custom_id[:60]!r}): "
                    "was its batch exported from another run, or with other options?"
                )
            yield custom_id


def _journal(plan: Plan, replays: Mapping[str, Replay], done: _Done) -> None:
    """Put the summaries that can be made, and did not fail, into the run's journal: then they are done."""
    with RunFolder(plan.folder).journal() as journal:
        for system in _asking(plan):
            there = done[system.name]
            for draw in _wanted(system, plan.corpus.documents):
                if there.has(draw.document.id, draw.number):
                    continue
                try:
                    summary = checked_answer(replays[system.name].summary(draw))
                except MissingAnswers:
                    continue
                if summary.error is None:
                    there.add(summary, journal.append(summary))


def _write(
    plan: Plan, replays: Mapping[str, Replay], done: _Done, style: BatchStyle, writer: RequestWriter
) -> Exported:
    """Write the requests that lack an answer and stand in no file yet, or that failed."""
    asked = set() if writer.folder is None else set(requested_ids(request_files(writer.folder)))
    there, sizes = 0, []
    for system in _asking(plan):
        replay, made = replays[system.name], done.get(system.name)
        server = replay.summarizer.server
        size = BatchSize(system, server.max_new_tokens)
        for draw in _wanted(system, plan.corpus.documents):
            if made is not None and made.has(draw.document.id, draw.number):
                continue
            for request in _lacking(replay, draw):
                if request.custom_id in asked and replay.answers.find(request.custom_id) is None:
                    there += 1
                    continue
                line = request.line(server, style)
                size.add(writer.write(line), request.turns, len(line))
        writer.close_file()
        sizes.append(size)
    return Exported(tuple(sizes), there)


def _read(folder: Path) -> Finished:
    """Return the run that a folder holds."""
    made = read_run(folder)
    return Finished(made, result_table(made), failed=has_failures(made))
