"""How many documents are under way: as many as the server answers at its pace, fewer when it is too busy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint.throttle import FIRST
from sumbench.generation.endpoint.throttle import MOST
from sumbench.generation.endpoint.throttle import Throttle
from sumbench.records import Document
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers


def simulated(seconds: Callable[[int], float], windows: int) -> tuple[Throttle, list[int]]:
    """Return the throttle, and its limits, after windows of answers that take so long with so many under way."""
    now = 0.0
    throttle = Throttle(clock=lambda: now)
    limits = []
    for _ in range(windows):
        limit = throttle.limit
        begun, now = now, now + seconds(limit)
        for _ in range(limit):
            throttle.answered(begun)
        limits.append(throttle.limit)
    return throttle, limits


def test_it_grows_while_answers_keep_their_pace() -> None:
    """A server that answers as fast with many as with few is asked for many."""
    throttle, limits = simulated(lambda _: 0.5, 8)
    assert limits == [8, 16, 32, 64, 128, 128, 128, 128]
    assert throttle.limit == MOST


def test_it_stops_where_answers_only_wait_for_each_other() -> None:
    """A server that works on four at once is not asked for many more: eight take twice as long."""
    _, limits = simulated(lambda under_way: max(1.0, under_way / 4), 12)
    assert limits[:2] == [8, 4]
    assert max(limits[2:]) <= 7


def test_a_refusal_halves_it_once_for_all_that_were_under_way() -> None:
    """Ten requests of one moment that are refused are one sign; one that was begun later is another."""
    now = 0.0
    throttle = Throttle(clock=lambda: now)
    throttle.limit = 64
    now = 1.0
    for _ in range(10):
        throttle.refused(0.5)
    assert throttle.limit == 32
    now = 2.0
    throttle.refused(1.5)
    assert throttle.limit == 16
    assert throttle.counts.retried == 11


def test_after_a_refusal_it_grows_by_one() -> None:
    """What was once too many is approached with care."""
    now = 10.0
    throttle = Throttle(clock=lambda: now)
    throttle.limit = 16
    throttle.refused(5.0)
    for _ in range(8):
        throttle.answered(9.0)
    assert throttle.limit == 9


def test_a_fixed_number_stays() -> None:
    """Whatever the server does, it is as many as the user said."""
    throttle = Throttle(3)
    for _ in range(50):
        throttle.answered(0.0)
    throttle.refused(1e9)
    assert throttle.limit == 3


def test_the_limit_never_falls_below_one() -> None:
    """One document is always under way."""
    now = 0.0
    throttle = Throttle(clock=lambda: now)
    for moment in range(1, 10):
        now = moment
        throttle.refused(moment - 0.5)
    assert throttle.limit == 1
    assert throttle.free


@pytest.mark.parametrize(("concurrency", "peak"), [("auto", range(FIRST + 1, MOST + 1)), (2, range(2, 3))])
def test_a_server_is_asked_for_as_many_as_it_answers(
    monkeypatch: pytest.MonkeyPatch, concurrency: int | str, peak: range
) -> None:
    """Sixty documents at a server that takes its time: many at once, each once, and the peak is told."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    documents = [Document(f"d{number}", f"Number{number} came.", ("A.",)) for number in range(40)]
    with servers.serving(servers.slow(0.05)) as server:
        system = Endpoint(name="served", url=server.url, model="small", concurrency=concurrency)  # type: ignore[arg-type]
        summarize = system.load(Context(0, Store(Path("unused"), offline=True)))
        summaries = list(summarize(documents))
    assert sorted(summary.document for summary in summaries) == sorted(document.id for document in documents)
    assert server.seen.most in peak
    # The server sees a request a little later than it is sent, and perhaps after another was answered.
    assert summarize.requests.peak >= server.seen.most  # type: ignore[attr-defined]


def test_a_busy_server_is_asked_for_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals are counted with the time that was waited for them."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.02)
    documents = [Document(f"d{number}", f"Number{number} came.", ("A.",)) for number in range(6)]
    with servers.serving(servers.status(429), servers.answer()) as server:
        system = Endpoint(name="served", url=server.url, model="small")
        summarize = system.load(Context(0, Store(Path("unused"), offline=True)))
        assert all(summary.error is None for summary in summarize(documents))
    counts = summarize.requests  # type: ignore[attr-defined]
    assert counts.retried == 1
    assert counts.waited > 0
