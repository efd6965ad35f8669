"""The accounts of a run, kept from the events of an executor that tells a story of its own."""

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path

import pytest

from sumbench.errors import StoppedError
from sumbench.executors.describe import describe
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Events
from sumbench.executors.protocol import Executor
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.jobs.policy import Policy
from sumbench.jobs.summarize import Key
from sumbench.jobs.summarize import Summarized
from sumbench.jobs.summarize import SystemRunner
from sumbench.progress import Silent
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.runs import journal
from sumbench.runs import summary_index
from sumbench.runs.cache import Cache
from sumbench.systems import Context

Documents = Callable[..., tuple[Document, ...]]


@dataclass
class Story:
    """An executor in which each document's text says what comes of it, the last document first."""

    told: list[str] = field(default_factory=list)
    closed: bool = False

    def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
        """Tell it."""
        system = assignment.system
        try:
            yield Loaded(1.5)
            for chunk in chunks:
                texts = {document.id: document.text for document in chunk.documents}
                for document, draw in reversed(chunk.wanted(system.samples)):
                    self.told.append(f"{document}{draw}")
                    if texts[document] == "die":
                        yield Failed(document, draw, "it died")
                        yield Loaded(0.5)
                    else:
                        yield Made(Summary(document, system.name, texts[document], 2, 2, 1, 0.25, draw=draw))
                yield Spent(2.0, 100 * len(texts), None)
                yield Spent(None, 50, 7)
        finally:
            self.closed = True


def run(
    context: Context,
    documents: tuple[Document, ...],
    home: Path,
    executor: Executor,
    *,
    policy: Policy | None = None,
    done: dict[Key, Summary] | None = None,
    error: str | None = None,
) -> Summarized:
    from faulty import Drawing

    system = Drawing(name="f", samples=2)
    entry = replace(describe(system, context), error=error)
    file, places = home / journal.FILE, {document.id: place for place, document in enumerate(documents)}
    with journal.Journal(file) as lines, Silent().task("f") as watch:
        lines.extend((done or {}).values())
        made = summary_index.recovered(file, {"f": system.samples}, places)
        runner = SystemRunner(documents, context, policy or Policy(), lines, executor)
        return runner.run(system, entry, made["f"], watch)


def journalled(home: Path) -> list[str]:
    return [f"{one.document}{one.draw}" for one in journal.read_journal(home / journal.FILE)]


def test_summaries_stand_in_the_order_of_the_corpus(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Whatever the order of events: the journal has that of the events, the outcome that of documents and draws."""
    made = run(context, documents("x", "y"), tmp_path, Story())
    assert [(one.document, one.draw, one.text) for one in made.summaries] == [
        ("a", 1, "x"),
        ("a", 2, "x"),
        ("b", 1, "y"),
        ("b", 2, "y"),
    ]
    assert journalled(tmp_path) == ["b2", "b1", "a2", "a1"]


def test_what_was_spent_adds_up(context: Context, documents: Documents, tmp_path: Path) -> None:
    """Times of loading and working are sums, memory is the greatest, and what was not measured counts for nothing."""
    took = run(context, documents("x", "die"), tmp_path, Story()).telemetry
    assert (took.load_seconds, took.working_seconds, took.memory, took.gpu_memory) == (2.5, 2.0, 200, 7)
    assert took.documents_a_minute == 30.0


def test_a_failed_event_is_a_summary_with_the_reason(context: Context, documents: Documents, tmp_path: Path) -> None:
    """It stands in outcome and journal, is no fault of the system as such, and is not kept for other runs."""
    cache = Cache(tmp_path / "c.sqlite")
    made = run(context, documents("x", "die"), tmp_path, Story(), policy=Policy(cache=cache))
    assert [one.error for one in made.summaries] == [None, None, "it died", "it died"]
    assert [one.error for one in journal.read_journal(tmp_path / journal.FILE)] == ["it died", "it died", None, None]
    assert made.error is None
    assert cache.info().summaries == 2


def test_only_what_is_neither_done_nor_in_the_cache_reaches_the_executor(
    context: Context, documents: Documents, tmp_path: Path
) -> None:
    """Of each document it is asked for the draws that are missing, and for nothing where none is."""
    policy = Policy(cache=Cache(tmp_path / "c.sqlite"))
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    first = run(context, documents("x", "y"), tmp_path / "one", Story(), policy=policy)
    done = {("c", 1): Summary("c", "f", "z", 2, 2, 1, 0.25)}
    story = Story()
    second = run(context, documents("x", "y", "z"), tmp_path / "two", story, policy=policy, done=done)
    assert story.told == ["c2"]
    assert (second.summaries[:4], second.telemetry.reused) == (tuple(first.summaries), 5)
    story = Story()
    third = run(context, documents("x", "y", "z"), tmp_path / "three", story, policy=policy, done=done)
    assert (story.told, tuple(third.summaries)) == ([], tuple(second.summaries))
    assert sorted(journalled(tmp_path / "three")) == ["a1", "a2", "b1", "b2", "c1", "c2"]


def test_the_first_failure_closes_the_executor(context: Context, documents: Documents, tmp_path: Path) -> None:
    """A run that is to fail fast asks for nothing more, and what was made is in journal and cache."""
    story, cache = Story(), Cache(tmp_path / "c.sqlite")
    with pytest.raises(StoppedError, match="f failed on document 'b': it died"):
        run(context, documents("x", "die", "y"), tmp_path, story, policy=Policy(fail_fast=True, cache=cache))
    assert story.closed
    assert journalled(tmp_path) == story.told == ["c2", "c1", "b2"]
    assert cache.info().summaries == 2


@pytest.mark.parametrize("done", [False, True])
def test_a_system_that_is_known_not_to_load_is_not_begun(
    context: Context, documents: Documents, tmp_path: Path, *, done: bool
) -> None:
    """Each draw fails with the reason that its entry gives; where everything is there already, nothing does."""
    story = Story()
    there = {("a", draw): Summary("a", "f", "x", 2, 2, 1, 0.25, draw=draw) for draw in (1, 2)} if done else {}
    made = run(context, documents("x"), tmp_path, story, done=there, error="no weights")
    assert story.told == []
    assert made.error == (None if done else "no weights")
    assert [one.error for one in made.summaries] == [made.error, made.error]


def test_a_load_that_failed_is_the_systems_error(context: Context, documents: Documents, tmp_path: Path) -> None:
    """It is told beside the failures of its documents."""

    class Refusing(Story):
        def run(self, assignment: Assignment, chunks: Iterable[Chunk]) -> Events:
            yield LoadFailed("too large")
            for chunk in chunks:
                for document, draw in chunk.wanted(assignment.system.samples):
                    yield Failed(document, draw, "too large")

    made = run(context, documents("x"), tmp_path, Refusing())
    assert (made.error, [one.error for one in made.summaries]) == ("too large", ["too large", "too large"])
    assert made.telemetry.working_seconds is None


def test_a_cache_that_fills_up_is_given_up(
    context: Context,
    documents: Documents,
    small_disk: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Summaries that the cache has no room for are in the journal; the run goes on, and says once that it does."""
    cache = Cache(small_disk / "c.sqlite")
    cache.ready()
    texts = [f"{number}" * 300_000 for number in range(4)]
    made = run(context, documents(*texts), tmp_path, Story(), policy=Policy(cache=cache))
    assert len(made.summaries) == 8
    assert all(summary.error is None for summary in made.summaries)
    assert len(journal.read_journal(tmp_path / journal.FILE)) == 8
    (warning,) = caplog.messages
    assert "c.sqlite: the summary cache cannot be used" in warning
    assert "keeps nothing more there" in warning
