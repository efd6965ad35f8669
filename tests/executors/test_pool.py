"""Several workers on one system: all is done once, and what one of them cannot do, another does."""

import time
from collections.abc import Callable

import pytest

from sumbench.errors import UsageError
from sumbench.executors.devices import device_names
from sumbench.executors.local import LocalExecutor
from sumbench.executors.pool import Pool
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import Failed
from sumbench.executors.protocol import Loaded
from sumbench.executors.protocol import LoadFailed
from sumbench.executors.protocol import Spent
from sumbench.executors.protocol import chunked
from sumbench.records import Document
from sumbench.systems import Context
from tests.executors.scripted import Plan
from tests.executors.scripted import Scripted
from tests.executors.test_subprocess import faulty
from tests.executors.test_subprocess import outcome
from tests.executors.test_subprocess import workers

Documents = Callable[..., tuple[Document, ...]]


def pooled(context: Context, documents: tuple[Document, ...], *plans: Plan) -> list[Event]:
    assignment = Assignment(faulty(), context)
    return list(Pool([Scripted(assignment, plan, singly=True) for plan in plans]).run(chunked(documents)))


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


class Stuck(Scripted):
    """A worker that cannot be ended."""

    def done(self) -> None:
        """Raise, as a cluster does that was lost."""
        raise ConnectionError("the cluster is gone")


def test_a_worker_that_cannot_be_ended_holds_nobody_up(context: Context, documents: Documents) -> None:
    """Its error is that of the run, which would else wait for it for ever."""
    pool = Pool([Stuck(Assignment(faulty(), context), Plan(), singly=True)])
    with pytest.raises(ConnectionError, match="the cluster is gone"):
        list(pool.run(chunked(documents("x"))))


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
