import sys
from collections.abc import Callable

import pytest

from sumbench.executors.subprocess import Worker
from sumbench.executors.worker import Task
from sumbench.records import Document
from sumbench.systems import Context

Documents = Callable[..., tuple[Document, ...]]


def outcome(worker: Worker) -> dict[str, str]:
    return {summary.document: summary.error or summary.text for summary in worker.summaries()}


def worker(context: Context, documents: tuple[Document, ...], name: str = "Faulty", **limits: float) -> Worker:
    import faulty

    system = getattr(faulty, name)(name="f")
    return Worker(Task(system, documents, context, int(limits.get("memory", 0)) or None), limits.get("timeout"))


def test_a_system_works_in_a_process_of_its_own(context: Context, documents: Documents) -> None:
    """Summaries come back in order, with the load time and the peak memory of the process."""
    one = worker(context, documents("x", "y"))
    assert outcome(one) == {"a": "x", "b": "y"}
    assert one.error is None
    assert one.load_seconds >= 0
    assert (one.memory or 0) > 10_000_000
    assert "faulty" in sys.modules


def test_what_a_library_prints_does_not_get_between_the_messages(context: Context, documents: Documents) -> None:
    """Anything written to stdout, even what looks like a message, leaves the summaries alone."""
    assert outcome(worker(context, documents("chatter", "y"))) == {"a": "chatter", "b": "y"}


def test_a_system_that_raises_on_each_third_document_does_the_others(context: Context, documents: Documents) -> None:
    """Only the documents on which it raises carry the error."""
    made = outcome(worker(context, documents("x", "y", "raise", "x", "y", "raise")))
    assert [key for key, text in made.items() if text == "ValueError: cannot read this"] == ["c", "f"]
    assert made["e"] == "y"


def test_a_process_that_is_killed_costs_one_document(context: Context, documents: Documents) -> None:
    """After a kill -9 the rest goes on in another process, and the reason is said."""
    made = outcome(worker(context, documents("x", "die", "y", "die", "z")))
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "e": "z"}
    assert "signal 9" in made["b"]
    assert list(made) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(("fault", "limits"), [("die", {}), ("hang", {"timeout": 2.0})])
def test_a_batch_is_taken_apart_to_find_the_document_that_broke_it(
    context: Context, documents: Documents, fault: str, limits: dict[str, float]
) -> None:
    """A system that works on many documents at once, in an order of its own, loses only the one that it died of."""
    made = outcome(worker(context, documents("x", fault, "y", "z"), "Batching", **limits))
    assert {key: text for key, text in made.items() if len(text) == 1} == {"a": "x", "c": "y", "d": "z"}
    assert "signal 9" in made["b"] or "no summary within" in made["b"]


def test_a_process_that_dies_again_and_again_is_given_up(context: Context, documents: Documents) -> None:
    """After three deaths in a row without a summary the remaining documents fail without being tried."""
    made = outcome(worker(context, documents("die", "die", "die", "x", "y")))
    assert all("signal 9" in text for text in made.values())
    assert list(made) == ["a", "b", "c", "d", "e"]


def test_a_document_that_hangs_is_cut_off(context: Context, documents: Documents) -> None:
    """A document that takes longer than the limit fails; the others do not."""
    made = outcome(worker(context, documents("x", "hang", "y"), timeout=2))
    assert made == {"a": "x", "b": "no summary within 2 s", "c": "y"}


def test_a_system_that_takes_all_memory_is_held_to_its_limit(context: Context, documents: Documents) -> None:
    """Beyond the limit of its own process it runs out of memory, and only there."""
    made = outcome(worker(context, documents("x", "eat", "y"), memory=2 << 30))
    assert (made["a"], made["c"]) == ("x", "y")
    assert "MemoryError" in made["b"]


def test_a_system_that_cannot_be_loaded_fails_on_all_documents(context: Context, documents: Documents) -> None:
    """The reason stands with the system and with every document, and it is loaded once only."""
    one = worker(context, documents("x", "y"), "Unloadable")
    assert outcome(one) == {"a": "nothing to load", "b": "nothing to load"}
    assert one.error == "nothing to load"


@pytest.mark.parametrize("count", [0, 1])
def test_a_worker_that_is_broken_off_leaves_no_process(context: Context, documents: Documents, count: int) -> None:
    """Closing the stream of summaries ends the process at once."""
    import psutil

    stream = worker(context, documents("x", "hang")).summaries()
    for _ in range(count):
        next(stream)
    stream.close()  # type: ignore[attr-defined]
    children = [" ".join(child.cmdline()) for child in psutil.Process().children()]
    assert not [command for command in children if "sumbench.executors.worker" in command]
