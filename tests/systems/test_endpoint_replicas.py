"""Several addresses of one server: the least busy first, what fails set aside, pauses by address."""

from itertools import pairwise
from pathlib import Path

import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation.endpoint import replicas
from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.errors import BusyError
from sumbench.generation.endpoint.errors import HopelessError
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.replicas import Replicas
from sumbench.manifest import RequestCounts
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let back-off be short, and no proxy of this machine stand between a test and its server."""
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.02)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def summarize(*urls: str, documents: int = 12, **options: object) -> tuple[list[Summary], RequestCounts]:
    system = Endpoint(**{"name": "served", "url": urls, "model": "small", **options})  # type: ignore[arg-type]
    texts = [Document(f"d{number}", f"Number{number} came.", ("A.",)) for number in range(documents)]
    writer = system.load(Context(0, Store(Path("unused"), offline=True)))
    return list(writer(texts)), writer.requests  # type: ignore[attr-defined]


def gone() -> str:
    return f"http://127.0.0.1:{servers.free_port()}/v1"


def named(url: str) -> str:
    return url.removeprefix("http://")


def test_the_least_busy_address_is_asked() -> None:
    """One that takes its time gets fewer requests, and each document is asked for once."""
    with servers.serving(servers.slow(0.2)) as slow, servers.serving(servers.echo) as fast:
        summaries, counts = summarize(slow.url, fast.url, documents=24, concurrency=4)
        assert len(slow.seen.requests) + len(fast.seen.requests) == 24
        assert 0 < len(slow.seen.requests) < len(fast.seen.requests)
    assert {summary.text for summary in summaries} == {f"Number{number} was here." for number in range(24)}
    assert counts.addresses[named(slow.url)].answered == len(slow.seen.requests)
    assert counts.addresses[named(fast.url)].answered == len(fast.seen.requests)
    assert counts.retried == 0


def test_an_address_that_fails_is_set_aside(caplog: pytest.LogCaptureFixture) -> None:
    """After three failures in a row its requests go to the others; the run says so, and loses nothing."""
    with servers.serving(servers.status(500)) as bad, servers.serving(servers.slow(0.01)) as good:
        summaries, counts = summarize(bad.url, good.url, documents=30, concurrency=3)
        assert 3 <= len(bad.seen.requests) <= 8
    assert [summary.error for summary in summaries] == [None] * 30
    told = counts.addresses[named(bad.url)]
    assert (told.answered, told.failed, told.set_aside) == (0, len(bad.seen.requests), 1)
    assert counts.addresses[named(good.url)].answered == 30
    assert f"{bad.url}: set aside for 30 s, as it failed" in caplog.text


def test_an_address_that_vanishes_costs_nothing_but_its_retries() -> None:
    """Its requests go to the others at once, and no fewer are under way for it."""
    with servers.serving(servers.echo, servers.vanish) as bad, servers.serving(servers.slow(0.01)) as good:
        summaries, counts = summarize(bad.url, good.url, documents=20, concurrency=2)
    assert [summary.error for summary in summaries] == [None] * 20
    assert counts.addresses[named(bad.url)].answered == 1


def test_a_pause_is_that_of_its_address() -> None:
    """What one address asks for (429, Retry-After) stops no other one, and it is asked again afterwards."""
    refusal = servers.status(429, Retry_After="1")
    with servers.serving(refusal, servers.echo) as busy, servers.serving(servers.slow(0.06)) as good:
        summaries, counts = summarize(busy.url, good.url, documents=40, concurrency=2)
        times = busy.seen.times
        assert max(after - before for before, after in pairwise(good.seen.times)) < 0.9
    assert [summary.error for summary in summaries] == [None] * 40
    assert len(times) > 1
    assert times[1] - times[0] >= 1
    assert counts.addresses[named(busy.url)].set_aside == 0


def test_nobody_at_an_address_is_no_end(caplog: pytest.LogCaptureFixture) -> None:
    """The others are asked; where nobody is anywhere, the system cannot be loaded."""
    absent = gone()
    with servers.serving() as good:
        summaries, counts = summarize(absent, good.url)
    assert [summary.error for summary in summaries] == [None] * 12
    assert f"{absent}: set aside" in caplog.text
    assert counts.addresses[named(absent)].answered == 0
    with pytest.raises(SummarizerError, match="cannot be reached"):
        summarize(absent, gone())


def test_an_address_that_lacks_the_model_is_not_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    """Its request is made elsewhere; where all lack it, the documents fail for that reason."""
    with servers.serving(servers.status(404, "no such model")) as bad, servers.serving() as good:
        summaries, _ = summarize(bad.url, good.url, concurrency=1)
        assert len(bad.seen.requests) == 1
    assert [summary.error for summary in summaries] == [None] * 12
    assert "not asked any more" in caplog.text
    with servers.serving(servers.status(404)) as one, servers.serving(servers.status(404)) as other:
        summaries, _ = summarize(one.url, other.url, concurrency=1)
    assert all("does not serve the model" in (summary.error or "") for summary in summaries)


def test_a_request_that_waited_while_all_were_given_up_says_why(caplog: pytest.LogCaptureFixture) -> None:
    """Its reason is that of the address that was lost last, and each loss is said once."""
    lost = Replicas.of("served", [Server(f"http://127.0.0.1:{port}/v1", "m", "", "", 1.0, 10, {}) for port in (1, 2)])
    assert lost.give_up(lost.all[0], SummarizerError("no such model"))
    assert lost.give_up(lost.all[0], SummarizerError("no such model"))
    assert len(caplog.messages) == 1
    assert not lost.give_up(lost.all[1], SummarizerError("the key is refused"))
    with pytest.raises(HopelessError, match=r"^the key is refused$"):
        lost.pick()


def test_it_is_set_aside_longer_each_time() -> None:
    """Until it answers: then it is as good as new. 429 never sets it aside."""
    now = 0.0
    server = Server("http://127.0.0.1:1/v1", "small", "", "", 1.0, 10, {})
    both = Replicas("served", Replicas.of("served", [server]).all, clock=lambda: now)
    (one,) = both.all
    spans = []
    for _ in range(6):
        while one.fail(PassingError("no"), now) == 0:
            now += 2
        spans.append(one.aside - now)
        now = one.aside + 1
    assert spans == [30, 60, 120, 240, 300, 300]
    one.succeed()
    assert [one.fail(PassingError("no"), now + 5 * number) for number in range(3)] == [0, 0, replicas.ASIDE]
    one.succeed()
    assert [one.fail(BusyError("no", 7.0), now) for _ in range(9)] == [0.0] * 9
    assert one.paused == now + 7


def test_addresses_in_a_spec_are_joined_by_plus(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one names the server in the fingerprint; an environment variable may hold them."""
    one, two = "http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"
    alone, both = (build_system(f"endpoint,url={url},model=m") for url in (one, f"{one}+{two}"))
    assert isinstance(both, Endpoint)
    assert both.addresses == (one, two)
    assert both.fingerprint() == alone.fingerprint()
    assert both.tells_apart() == alone.tells_apart()  # type: ignore[attr-defined]
    monkeypatch.setenv("MY_SERVERS", f"{one}+{two}")
    assert build_system("endpoint,url=$MY_SERVERS,model=m") == both


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:1/v1+http://127.0.0.1:1/v1/", "url= names 127.0.0.1:1/v1 twice"),
        ("http://127.0.0.1:1/v1+ftp://x", "url='ftp://x' is no address"),
        ("$NOWHERE_SET", r"\$NOWHERE_SET is not set: url=\$NOWHERE_SET takes addresses from"),
        ("$A_KEY", r"\$A_KEY holds no address"),
        ("", "url= is no address"),
    ],
)
def test_what_is_no_address_is_refused(url: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, which does not repeat what a variable holds."""
    monkeypatch.setenv("A_KEY", "sk-0123456789-secret")
    with pytest.raises(UsageError, match=says) as raised:
        build_system(f"endpoint,url={url},model=m")
    assert "sk-" not in str(raised.value)
