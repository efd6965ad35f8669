"""What a server must not get, and what must not be taken from it: redirects, headers, sizes, echoes of the key."""

import gzip
import json
import zlib
from pathlib import Path

import pytest

from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint import transport
from sumbench.generation.endpoint.redaction import redacted
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers
from tests.systems.servers import Behaviour
from tests.systems.servers import Handler

SECRET = "sk-proj-7Hq2mVzL9xTn4bWc"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let back-off be short, no proxy stand between, and the key be in $TEST_KEY."""
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.02)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TEST_KEY", SECRET)


def summarize(url: str, **options: object) -> Summary:
    """Return what comes of one document at a server."""
    given = {"name": "served", "url": url, "model": "small", "retries": 0, **options}
    system = Endpoint(**given)  # type: ignore[arg-type]
    (summary,) = system.load(Context(0, Store(Path("unused"), offline=True)))([Document("d", "It rained.", ("R.",))])
    return summary


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("listed", [True, False])
def test_no_redirect_is_followed(code: int, *, listed: bool) -> None:
    """Neither document nor key reaches a server that another one points to, whatever the kind of redirect."""
    with servers.serving() as target:
        there = servers.raw(b"", code, Location=f"{target.url}/chat/completions")
        with servers.serving(there, listing=None if listed else there) as server:
            says = f"the server answered {code}: go to {target.url}/chat/completions: nothing is sent there unless url="
            if listed:
                assert says in str(summarize(f"{server.url}?api-version=1", key="TEST_KEY").error)
                assert [request["model"] for request in server.seen.requests] == ["small"]
            else:
                with pytest.raises(SummarizerError, match="nothing is sent there"):
                    summarize(server.url, key="TEST_KEY")
        assert target.seen.requests == []
        assert target.seen.listings == 0


def test_only_what_was_asked_for_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No organization from the environment, no versions of this machine: the headers are HTTP's own, and the key."""
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "private-to-another-server")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Private: private-to-another-server")
    needed = {"host", "connection", "content-length", "content-type", "accept", "accept-encoding", "user-agent"}
    for options, more in (({}, set()), ({"key": "TEST_KEY"}, {"authorization"})):
        with servers.serving() as server:
            assert summarize(server.url, **options).error is None
        (headers,) = server.seen.headers
        assert set(headers) == needed | more
        assert "private" not in json.dumps(dict(headers))


@pytest.mark.parametrize("code", [200, 400, 500])
def test_an_endless_answer_is_refused_as_it_arrives(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error without bounds is cut off by its size like an answer, however it was announced."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 2**20)

    def flood(handler: Handler) -> None:
        handler.send_response(code)
        handler.end_headers()
        for _ in range(2**8):
            handler.wfile.write(b" " * 2**16)

    with servers.serving(flood) as server:
        assert summarize(server.url, timeout=20).error == "the answer was cut at 1 MB, and went on"


PACKED = gzip.compress(json.dumps(servers.completion("It rained.")).encode())


@pytest.mark.parametrize("code", [200, 400])
def test_a_packed_answer_is_no_way_around_its_size(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes that unpack to very many are cut off like these; an answer that is packed unasked is read."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 2**20)
    for body, coding, says in (
        (gzip.compress(b" " * 2**26), "gzip", "the answer was cut at 1 MB, and went on"),
        (PACKED[:20] + bytes(9) + PACKED[20:], "gzip", "the server answered with damaged gzip: "),
        (PACKED, "br", "the server answered in the coding 'br', which was not asked for"),
    ):
        with servers.serving(servers.raw(body, code, Content_Encoding=coding)) as server:
            assert (summarize(server.url).error or "").startswith(says)
    for body, coding in ((PACKED, "gzip"), (zlib.compress(gzip.decompress(PACKED)), "deflate")):
        with servers.serving(servers.raw(body, Content_Encoding=coding)) as server:
            assert summarize(server.url).text == "It rained."


USAGE = [
    {"prompt_tokens": 10**40, "completion_tokens": 5},
    {"prompt_tokens": 5, "completion_tokens": 2**63},
    {"prompt_tokens": True, "completion_tokens": True},
    {"prompt_tokens": -5, "completion_tokens": 5},
    {"prompt_tokens": 5.5, "completion_tokens": 5},
    {"prompt_tokens": "5", "completion_tokens": 5},
]


@pytest.mark.parametrize("usage", USAGE)
def test_counts_that_cannot_be_are_none(usage: dict[str, object]) -> None:
    """A count of tokens that is no number, or beyond all bounds, is taken as not given."""
    with servers.serving(servers.answer(usage=usage)) as server:
        summary = summarize(server.url)
    assert summary.error is None
    assert summary.input_tokens is None
    assert summary.output_tokens == 10


def echo(text: str) -> list[Behaviour]:
    """Return answers that hold a text, each in another place."""
    return [
        servers.answer(f"Here: {text} was it."),
        servers.answer(model=text),
        servers.answer("Half", finish_reason=text),
        servers.status(400, f"wrong: {text}"),
        servers.status(403, "no", error_code=text),
        servers.raw(text.encode()),
        servers.raw(json.dumps({"error": text}).encode()),
        servers.raw(b"", 307, Location=f"https://example.org/{text}"),
    ]


@pytest.mark.parametrize("given", [SECRET, SECRET[:14], SECRET[9:], f"{SECRET[:8]}****{SECRET[-4:]}"])
@pytest.mark.parametrize("place", range(8))
def test_nothing_of_the_key_comes_back(given: str, place: int) -> None:
    """Wherever a server repeats the key or a part of it, no summary and no reason holds it."""
    with servers.serving(echo(given)[place]) as server:
        kept = repr(summarize(server.url, key="TEST_KEY"))
    # Its first letters say of which kind it is, and are the same in all keys.
    parts = [SECRET[start : start + 6] for start in range(6, len(SECRET) - 5)]
    assert not [part for part in parts if part in kept]
    assert f"****{SECRET[-4:]}" not in kept


def test_words_that_a_key_happens_to_share_stay() -> None:
    """A short placeholder for a key is replaced as a whole only, and other text is untouched."""
    assert redacted("the test of EMPTY tests", "test") == "the [key] of EMPTY [key]s"
    assert redacted("no project is empty", "EMPTY") == "no project is empty"
    assert redacted("a projection", SECRET) == "a projection"
    assert redacted("our company sells", "our-company-secret-2026") == "our company sells"
    assert redacted("anything", "") == "anything"


@pytest.mark.parametrize("host", ["192.168.1.7:8000", "example.org", "localhost.example.org", "127.0.0.1.example.org"])
def test_plain_http_to_another_machine_must_be_allowed(host: str) -> None:
    """Documents and keys go unencrypted to this machine itself only, unless that was asked for."""
    with pytest.raises(UsageError, match=r"unencrypted to another machine: use https://, or allow it with plain_http="):
        Endpoint(name="x", url=f"http://{host}/v1", model="m")
    assert Endpoint(name="x", url=f"http://{host}/v1", model="m", plain_http=True).plain_http
    assert Endpoint(name="x", url=f"https://{host}/v1", model="m")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "127.8.8.8", "a.localhost"])
def test_plain_http_to_this_machine_is_free(host: str) -> None:
    """All names and addresses of the loopback interface are this machine's own."""
    assert Endpoint(name="x", url=f"http://{host}/v1", model="m")
