"""Several workers on one system: all is done once, and what one of them cannot do, another does."""

import time
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

import pytest

from sumbench.errors import UsageError
from sumbench.executors.attempts import Attempts
from sumbench.executors.attempts import BrokenOffError
from sumbench.executors.devices import device_names
from sumbench.executors.local import LocalExecutor
from sumbench.executors.pool import Pool
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Chunk
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Made
from sumbench.executors.protocol import Spent
from sumbench.executors.protocol import chunked
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from tests.executors.test_subprocess import faulty
from tests.executors.test_subprocess import outcome
from tests.executors.test_subprocess import workers

Documents = Callable[..., tuple[Document, ...]]


@dataclass
class Plan:
    """What a worker of these tests does, and what it has done."""

    loads: bool = True
    dies_on: str = ""
    seconds: float = 0.0
    done: list[str] = field(default_factory=list)


class Scripted(Attempts):
    """A worker in this thread that does as its plan says."""

    def __init__(self, assignment: Assignment, plan: Plan) -> None:
        """Follow the plan."""
        super().__init__(assignment, singly=True)
        self.plan = plan
        self._loaded = False

    def _attempt(self, chunk: Chunk, *, singly: bool) -> Iterator[Event]:
        del singly
        if not self._loaded:
            if not self.plan.loads:
                yield LoadFailed("no room on this device")
                return
            self._loaded = True
            yield Loaded(0.5)
        for document in chunk.documents:
            if self.plan.dies_on and self.plan.dies_on in document.text:
                raise BrokenOffError("died")
            time.sleep(self.plan.seconds)
            self.plan.done.append(document.id)
            yield Made(Summary(document.id, "f", document.text, 1, 1, 1, 0.1))
        yield Spent(1.0, 7)

    def discard(self) -> None:
        """Nothing is held."""

    def done(self) -> None:
        """Nothing is held."""


def pooled(context: Context, documents: tuple[Document, ...], *plans: Plan) -> list[Event]:
    assignment = Assignment(faulty(), context)
    return list(Pool([Scripted(assignment, plan) for plan in plans]).run(chunked(documents)))


def test_every_document_is_done_once_by_some_worker(context: Context, documents: Documents) -> None:
    """Two workers share the documents, and loading counts once."""
    plans = Plan(seconds=0.002), Plan(seconds=0.002)
    events = pooled(context, documents(*"abcdefghijklmnop"), *plans)
    assert outcome(events) == {name: name for name in "abcdefghijklmnop"}
    assert sorted(plans[0].done + plans[1].done) == list("abcdefghijklmnop")
    assert plans[0].done
    assert plans[1].done
    assert [event for event in events if isinstance(event, Loaded)] == [Loaded(0.5)]
    assert next(event.seconds for event in events if isinstance(event, Spent) and event.seconds is not None) < 1.0


def test_a_worker_that_cannot_load_leaves_its_documents_to_the_other(context: Context, documents: Documents) -> None:
    """A device without room costs nothing but its share of the speed."""
    events = pooled(context, documents(*"abcdef"), Plan(loads=False), Plan(seconds=0.001))
    assert outcome(events) == {name: name for name in "abcdef"}
    assert not any(isinstance(event, LoadFailed | Failed) for event in events)


def test_a_system_that_no_worker_can_load_fails_on_every_document(context: Context, documents: Documents) -> None:
    """The reason is said once, and with each document."""
    events = pooled(context, documents(*"abc"), Plan(loads=False), Plan(loads=False))
    assert events[0] == LoadFailed("no room on this device")
    assert outcome(events) == dict.fromkeys("abc", "no room on this device")


def test_a_worker_that_dies_again_and_again_is_left_out(context: Context, documents: Documents) -> None:
    """It fails the documents on which it died, and the rest is done by the other."""
    events = pooled(context, documents(*"xxxxxxxxxxxxxxxxxxxxxxxx"), Plan(dies_on="x"), Plan(seconds=0.005))
    made = outcome(events)
    assert len(made) == 24
    assert list(made.values()).count("died") <= 3


def test_processes_of_a_pool_give_what_one_gives(context: Context, documents: Documents) -> None:
    """The local executor with two workers: the same summaries, a killed process costs one document, none is left."""
    texts = documents("x", "y", "die", "z", "v", "w")
    assignment = Assignment(faulty(), context)
    with LocalExecutor(workers=2) as executor:
        events = list(executor.run(assignment, chunked(texts)))
    made = outcome(events)
    assert {key: text for key, text in made.items() if len(text) == 1} == {
        "a": "x",
        "b": "y",
        "d": "z",
        "e": "v",
        "f": "w",
    }
    assert "signal 9" in made["c"]
    assert not workers()


def test_closing_the_events_ends_all_processes(
    context: Context, documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops reading leaves no worker behind, whatever they are at."""
    monkeypatch.setenv("FAULTY_PAUSE", "60")
    with LocalExecutor(workers=2) as executor:
        events = executor.run(Assignment(faulty(), context), chunked(documents("x", "y")))
        assert isinstance(next(events), Loaded)
        begun = time.monotonic()
        events.close()
    assert time.monotonic() - begun < 30
    assert not workers()


def test_devices_are_named_once_each() -> None:
    """Several devices share the documents; auto and balanced stand alone."""
    assert device_names("cuda:0,cuda:1") == ["cuda:0", "cuda:1"]
    assert device_names("auto") == ["auto"]
    for given in ("cuda:0,cuda:0", "auto,cpu", "cpu,balanced", "cpu,"):
        with pytest.raises(UsageError, match="--device"):
            device_names(given)
