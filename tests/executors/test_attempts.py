"""What is tried again after a failure, and what is given up, whatever a worker is."""

from collections.abc import Callable

import pytest

from sumbench.executors.attempts import STUBBORN
from sumbench.executors.protocol import Assignment
from sumbench.executors.protocol import Event
from sumbench.executors.protocol import chunked
from sumbench.records import Document
from sumbench.systems import Context
from tests.executors.scripted import Plan
from tests.executors.scripted import Scripted
from tests.executors.test_subprocess import faulty
from tests.executors.test_subprocess import loads
from tests.executors.test_subprocess import outcome

Documents = Callable[..., tuple[Document, ...]]


def attempted(context: Context, documents: tuple[Document, ...], size: int, *, singly: bool = False) -> list[Event]:
    """Return what happens to a worker that dies of documents with the text `die`."""
    worker = Scripted(Assignment(faulty(), context), Plan(dies_on="die"), singly=singly)
    return list(worker.run(chunked(documents, size=size)))


@pytest.mark.parametrize("singly", [False, True])
@pytest.mark.parametrize("size", [500, 2, 1])
def test_a_worker_that_dies_again_and_again_is_given_up(
    context: Context, documents: Documents, size: int, *, singly: bool
) -> None:
    """After three deaths in a row without a summary the remaining documents, of any chunk, fail without being tried."""
    made = outcome(attempted(context, documents("die", "die", "die", "x", "y"), size, singly=singly))
    assert made == dict.fromkeys("abcde", "died")


@pytest.mark.parametrize("singly", [False, True])
@pytest.mark.parametrize("size", [500, 3, 1])
def test_a_summary_between_two_deaths_begins_the_count_anew(
    context: Context, documents: Documents, size: int, *, singly: bool
) -> None:
    """More deaths than the limit, but never so many in a row, cost only the documents that they happened on."""
    texts = ("die", "die", "x", "die", "die", "y", "die", "z")
    made = outcome(attempted(context, documents(*texts), size, singly=singly))
    assert made == {chr(97 + at): "died" if text == "die" else text for at, text in enumerate(texts)}
    assert texts.count("die") > STUBBORN


def test_only_the_chunk_that_broke_is_taken_apart(context: Context, documents: Documents) -> None:
    """The rest of it is handed over one by one, and the next chunk together again: a batch is many times as fast."""
    plan = Plan(dies_on="die")
    worker = Scripted(Assignment(faulty(), context), plan)
    events = list(worker.run(chunked(documents("x", "die", "y", "z", "v", "w"), size=3)))
    assert outcome(events) == {"a": "x", "b": "died", "c": "y", "d": "z", "e": "v", "f": "w"}
    assert plan.groups == ["abc", "b", "c", "def"]
    assert loads(events) == 3
