import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sumbench.cli import main
from sumbench.errors import SummarizerError
from sumbench.errors import UsageError
from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint import transport
from sumbench.generation.endpoint.batch import BatchStyle
from sumbench.generation.endpoint.batch_answers import AnswerFiles
from sumbench.generation.endpoint.replay import MissingAnswers
from sumbench.generation.endpoint.replay import Replay
from sumbench.generation.endpoint.summarizer import WantedDraw
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems import build_system
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.generation import tiny
from tests.systems import servers
from tests.systems.batch_runner import run_batch
from tests.systems.servers import Behaviour

SECRET = "sk-0123456789-secret"  # noqa: S105 - made up


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let back-off be short, and no proxy of this machine stand between a test and its server."""
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.02)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an environment variable that holds SECRET."""
    monkeypatch.setenv("TEST_KEY", SECRET)
    return "TEST_KEY"


def documents(*texts: str) -> list[Document]:
    return [Document(f"d{number}", text, ("A reference.",)) for number, text in enumerate(texts)]


def summarize(url: str, *texts: Document, **options: object) -> list[Summary]:
    system = Endpoint(**{"name": "served", "url": url, "model": "small", **options})  # type: ignore[arg-type]
    return list(system.load(Context(0, Store(Path("unused"), offline=True)))(texts))


def sumbench(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sumbench", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def one(*script: Behaviour, **options: object) -> Summary:
    """Return what comes of one document at a server with this script."""
    with servers.serving(*script) as server:
        (summary,) = summarize(server.url, *documents("It rained."), **options)
    return summary


def test_a_server_writes_a_summary(document: Document) -> None:
    """The prompt goes out with model and decoding, and text and tokens come back."""
    with servers.serving() as server:
        (summary,) = summarize(server.url, document, sentences=2, max_new_tokens=50)
    assert summary.error is None
    assert summary.text == "The council voted for the bridge.\nWork begins in May."
    assert (summary.input_tokens, summary.seen_tokens, summary.output_tokens) == (100, 100, 12)
    assert summary.seconds is not None
    (request,) = server.seen.requests
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("small", 50, 0)
    system, user = request["messages"]
    assert "up to two sentences" in system["content"]
    assert user == {"role": "user", "content": document.text}


def test_each_draw_is_a_request_with_a_seed_of_its_own() -> None:
    """The seeds follow from run, document and draw, and more draws change no seed of those there are."""

    def seeds(context: Context, samples: int) -> set[int]:
        with servers.serving(servers.echo) as server:
            system = Endpoint(name="served", url=server.url, model="small", samples=samples, temperature=0.7)
            made = list(system.load(context)(documents("One came.", "Two came.")))
        assert not [summary.error for summary in made if summary.error]
        assert {request["temperature"] for request in server.seen.requests} == {0.7}
        sent = {request["seed"] for request in server.seen.requests}
        assert len(sent) == len(made) == len({(summary.document, summary.draw) for summary in made})
        return sent

    store = Store(Path("unused"), offline=True)
    three = seeds(Context(0, store), 3)
    assert len(three) == 6
    assert len(seeds(Context(0, store), 2) & three) == 4
    assert not seeds(Context(1, store), 3) & three
    made = {"d0": frozenset({1, 2}), "d1": frozenset({3})}
    rest = seeds(Context(0, store, made=made), 3)
    assert len(rest) == len(rest & three) == 3


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_several_draws_need_a_temperature(temperature: float) -> None:
    """Greedy decoding would answer the same each time."""
    with pytest.raises(UsageError, match="samples=3 of greedy decoding would all be the same: give a temperature"):
        Endpoint(name="served", url="http://127.0.0.1:1/v1", model="m", samples=3, temperature=temperature)


def test_a_server_without_a_key_is_sent_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that the client library would find by itself goes to no other server."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with servers.serving() as server:
        assert summarize(server.url, *documents("It rained."))[0].error is None
    assert "authorization" not in server.seen.headers[0]


def test_the_key_is_sent(key: str) -> None:
    """The key in the named variable is the bearer token."""
    with servers.serving() as server:
        assert summarize(server.url, *documents("It rained."), key=key)[0].error is None
    assert server.seen.headers[0]["authorization"] == f"Bearer {SECRET}"


def test_no_more_documents_than_agreed_are_under_way() -> None:
    """The concurrency limit is reached and kept, and each summary belongs to its document."""
    texts = [f"Number{number} came." for number in range(12)]
    with servers.serving(servers.slow(0.05)) as server:
        summaries = summarize(server.url, *documents(*texts), concurrency=3)
    assert server.seen.most == 3
    assert {summary.document: summary.text for summary in summaries} == {
        f"d{number}": f"Number{number} was here." for number in range(12)
    }


def test_summaries_come_as_they_are_done() -> None:
    """A slow document does not hold back the others."""
    behaviour = servers.by_document(Slow=servers.slow(0.4))
    with servers.serving(behaviour) as server:
        summaries = summarize(server.url, *documents("Slow one.", "Quick one.", "Brief one."), concurrency=2)
    assert [summary.document for summary in summaries] == ["d1", "d2", "d0"]
    assert [summary.text for summary in summaries] == ["Quick was here.", "Brief was here.", "Slow was here."]


def test_work_stops_when_nobody_wants_more() -> None:
    """A caller that closes the summaries early is not made to wait for the rest, and no more is asked for."""
    with servers.serving(servers.by_document(Long=servers.slow(9))) as server:
        system = Endpoint(name="served", url=server.url, model="small", concurrency=2)
        start = time.monotonic()
        summaries = system.load(Context(0, Store(Path("unused"), offline=True)))(
            documents("Quick one.", *["Long one."] * 9)
        )
        next(summaries)
        assert isinstance(summaries, Iterator)
        summaries.close()  # type: ignore[attr-defined]
        assert time.monotonic() - start < 6
        assert len(server.seen.requests) <= 3


PASSING = {
    "too many": servers.status(429),
    "broken": servers.status(500),
    "overloaded": servers.status(503, Retry_After="nonsense"),
    "late": servers.status(408),
    "gateway": servers.raw(b"<html>Bad gateway</html>", 502),
    "cut": servers.cut,
    "hung up": servers.hang_up,
}


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_tried_again(kind: str) -> None:
    """Two failures of a kind that may pass cost time, not the summary."""
    failure = PASSING[kind]
    with servers.serving(failure, failure, servers.answer()) as server:
        (summary,) = summarize(server.url, *documents("It rained."))
    assert summary.error is None
    assert len(server.seen.requests) == 3


def test_retries_end() -> None:
    """What fails again and again is the document's failure, and the line says how often it was tried."""
    with servers.serving(servers.status(500, "out of order")) as server:
        (summary,) = summarize(server.url, *documents("It rained."), retries=2)
    assert summary.error == "the server answered 500: out of order (after 3 attempts)"
    assert (summary.text, summary.output_tokens) == ("", 0)
    assert len(server.seen.requests) == 3


def test_a_server_is_left_alone_as_long_as_it_asks() -> None:
    """Retry-After is kept, by every document."""
    script = servers.status(429, Retry_After="1"), servers.answer()
    with servers.serving(*script) as server:
        summaries = summarize(server.url, *documents("One.", "Two.", "Three."), concurrency=1)
        first, *others = server.seen.times
    assert all(summary.error is None for summary in summaries)
    assert 1 <= others[0] - first < 3


def test_all_documents_keep_the_pause_that_one_was_asked_for() -> None:
    """While one waits at the server's request, no other begins."""
    behaviour = servers.by_document(Busy=servers.status(429, Retry_After="1.2"))
    with servers.serving(behaviour) as server:
        summaries = summarize(server.url, *documents("Busy one.", *["Other one."] * 20), concurrency=2, retries=1)
        refused = server.seen.times[0]
    assert sum(summary.error is None for summary in summaries) == 20
    within = [moment for moment in server.seen.times if refused + 0.4 < moment < refused + 1.1]
    assert not within


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "86400"}, retry.LONGEST_REQUESTED_WAIT),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 -0000"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT"}, 0),
        ({"retry-after": "Sun, 22 Nov 2099 09:00:00 GMT"}, retry.LONGEST_REQUESTED_WAIT),
    ],
)
def test_the_wait_that_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    """It is given in seconds, milliseconds or as a date, and is bounded; what cannot be read is no wish."""
    assert retry.requested_wait(headers, datetime(2026, 11, 22, 10, tzinfo=UTC)) == seconds


def test_a_date_is_kept_as_well() -> None:
    """A server that names the moment from which it may be asked again is not asked before."""
    with servers.serving(servers.busy_until_after(2), servers.answer()) as server:
        (summary,) = summarize(server.url, *documents("It rained."))
        first, second = server.seen.times
    assert summary.error is None
    # Of the two seconds up to one is lost, as the date has whole ones.
    assert second - first > 0.9


def test_back_off_grows_is_bounded_and_repeats() -> None:
    """Each wait is about twice as long as the one before, none is without end, and the same stream draws the same."""
    waits, again = (
        [retry.back_off(attempt, draws) for attempt in range(2000)]
        for draws in (np.random.default_rng(5), np.random.default_rng(5))
    )
    assert waits == again
    for attempt, wait in enumerate(waits[:8]):
        assert 0.01 * 2**attempt <= wait <= 0.02 * 2**attempt
    assert max(waits) <= retry.LONGEST_WAIT


@pytest.mark.parametrize(
    "behaviour", [servers.trickle, servers.trickle_headers, servers.slow(1.5)], ids=["body", "headers", "silence"]
)
def test_an_answer_that_never_ends_is_cut(behaviour: Behaviour) -> None:
    """The limit counts in all: neither bytes that trickle in nor headers stretch it."""
    start = time.monotonic()
    summary = one(behaviour, timeout=0.3, retries=1)
    assert summary.error == "no complete answer within 0.3 s (after 2 attempts)"
    assert time.monotonic() - start < 10


def test_an_answer_without_bounds_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends and sends is cut off by size."""
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 2**22)
    summary = one(servers.flood, timeout=20, retries=0)
    assert summary.error == "the answer was cut at 4 MB, and went on"


NO_SUMMARY = [
    (servers.raw(b'{"choices": [{'), "the server answered with damaged JSON: '{\"choices\": [{'"),
    (servers.raw(b"\xff\xfe\x00"), "the server answered with damaged JSON: "),
    (servers.raw(b"[" * 100_000), "the server answered with damaged JSON: "),
    (servers.raw(b""), "the server answered with damaged JSON: an empty body"),
    (servers.raw(b"<html>Welcome</html>", Content_Type="text/html"), "damaged JSON: '<html>Welcome</html>'"),
    (servers.raw(b'{"choices": []}'), "the server answered without any choices"),
    (servers.raw(b'{"choices": "none"}'), "something else than a chat completion: "),
    (servers.raw(b"[1, 2]"), "something else than a chat completion: '[1, 2]'"),
    (servers.raw(b'{"choices": [{"text": "x"}]}'), "something else than a chat completion: "),
    (servers.raw(b'{"error": {"message": "no\\nGPU"}}'), "the server answered with an error: no GPU"),
    (servers.answer(""), "the model wrote nothing"),
    (servers.answer(" \n"), "the model wrote nothing"),
    (servers.answer(None), "the model wrote nothing"),
    (servers.answer(7), "the model wrote nothing"),
    (servers.answer("", finish_reason="length"), "the model used up max_new_tokens before it wrote any text"),
    (servers.answer("Half", finish_reason="content_filter"), "the server's content filter stopped the answer"),
    (servers.answer(message={"content": None, "refusal": "I cannot."}), "the model refused: I cannot."),
    (servers.status(400, "bad words", "content_filter"), "the server answered 400: bad words (content_filter)"),
    (
        servers.status(400, "This model's maximum context length is 9 tokens.", "context_length_exceeded"),
        "chunk): the server answered 400: This model's maximum",
    ),
    (servers.raw(b'{"detail": "unexpected field"}', 422), "the server answered 422: unexpected field"),
    (servers.raw(b"no\n\nroom", 413), "chunk): the server answered 413"),
]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    NO_SUMMARY,
    ids=[
        "broken off",
        "no text",
        "too deep",
        "empty body",
        "page",
        "no choices",
        "odd choices",
        "a list",
        "no message",
        "error",
        "empty text",
        "blank text",
        "null text",
        "number",
        "all thought",
        "filtered",
        "refused",
        "filter",
        "context",
        "field",
        "too large",
    ],
)
def test_an_answer_without_a_summary_is_that_documents_failure(behaviour: Behaviour, reason: str) -> None:
    """It is not asked for again, one line says why, and the other documents are not touched."""
    with servers.serving(servers.by_document(Odd=behaviour)) as server:
        odd, fine = summarize(server.url, *documents("Odd one.", "Fine one."), concurrency=1)
    assert odd.error is not None
    assert reason in odd.error
    assert "\n" not in odd.error
    assert (odd.text, odd.output_tokens) == ("", 0)
    assert fine.text == "Fine was here."
    assert len(server.seen.requests) == 2


def test_a_server_that_counts_no_tokens() -> None:
    """Input tokens are unknown then, output tokens are words, and there is no cost."""
    for usage in (None, "many"):
        summary = one(servers.answer(usage=usage))
        assert summary.error is None
        assert (summary.input_tokens, summary.seen_tokens, summary.output_tokens) == (None, None, 10)
        assert Endpoint(name="x", url="https://h/v1", model="m", price_in=1, price_out=1).cost(summary) is None


def test_a_server_that_reads_less_than_it_was_sent_is_found_out() -> None:
    """Fewer tokens than the prompt has words were not all of it."""
    with servers.serving(servers.answer(usage=(50, 5))) as server:
        (summary,) = summarize(server.url, *documents("word " * 200))
    assert summary.error is None
    assert summary.seen_tokens == 50
    assert summary.input_tokens is not None
    assert summary.input_tokens > 200


def test_the_cost_is_the_tokens_at_their_price() -> None:
    """Prices are per million tokens; without one there is no cost."""
    summary = one(servers.answer(usage=(3000, 50)))
    assert Endpoint(name="x", url="https://h/v1", model="m", price_in=2, price_out=10).cost(summary) == pytest.approx(
        (3000 * 2 + 50 * 10) / 1e6
    )
    assert Endpoint(name="x", url="https://h/v1", model="m").cost(summary) is None


def test_the_length_budget_is_kept() -> None:
    """Further sentences are cut, and so is a last one that the token limit broke off."""
    text = "One is here. Two is here. Three is"
    assert one(servers.answer(text), sentences=1).text == "One is here."
    assert one(servers.answer(text, finish_reason="length")).text == "One is here.\nTwo is here."
    assert one(servers.answer(text)).text == "One is here.\nTwo is here.\nThree is"


def test_preambles_go_unless_they_are_to_stay() -> None:
    """Cleaning is the default, and what was taken off is kept in the raw text."""
    behaviour = servers.answer("Here is a summary:\n\nIt rained.")
    assert one(behaviour).text == "It rained."
    assert one(behaviour).raw == "Here is a summary:\n\nIt rained."
    kept = one(behaviour, clean=False)
    assert (kept.text, kept.raw) == ("Here is a summary:\nIt rained.", None)
    empty = one(servers.answer("Here is a summary:\n\n"))
    assert empty.error == "the model wrote nothing but a preamble"


THOUGHT = "I read it. Then I write."


@pytest.mark.parametrize(
    "behaviour",
    [
        servers.answer(f"<think>{THOUGHT}</think>It rained."),
        servers.answer(f"{THOUGHT}\n</think>\n\nIt rained."),
        servers.answer(message={"content": "It rained.", "reasoning_content": THOUGHT}),
        servers.answer(message={"content": "\n\nIt rained.", "reasoning": THOUGHT, "reasoning_content": THOUGHT}),
        servers.answer(message={"content": "It rained.", "thinking": THOUGHT}),
        servers.answer(
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]},
                {"type": "text", "text": "It rained."},
            ]
        ),
        servers.answer([{"type": "reasoning", "text": THOUGHT}, {"type": "output_text", "text": "It rained."}]),
        servers.answer([{"text": THOUGHT, "thought": True}, {"text": "It rained."}]),
    ],
    ids=["tags", "lone tag", "field", "two fields", "thinking", "parts", "reasoning part", "flagged part"],
)
@pytest.mark.parametrize("clean", [True, False])
def test_thoughts_are_never_summary(behaviour: Behaviour, clean: bool) -> None:  # noqa: FBT001 - a parameter
    """Be they in the text or in a field of their own; they are kept in the raw text and their tokens counted apart."""
    summary = one(behaviour, clean=clean)
    assert (summary.text, summary.error) == ("It rained.", None)
    assert THOUGHT in str(summary.raw)
    assert str(summary.raw).rstrip().endswith("It rained.")
    assert 0 < summary.thought_tokens < summary.output_tokens == 12


def test_the_servers_count_of_thoughts_is_taken() -> None:
    """It tells how many of the tokens written are thoughts; without any count of tokens they are words."""
    usage = {"prompt_tokens": 50, "completion_tokens": 30, "completion_tokens_details": {"reasoning_tokens": 21}}
    body = {**servers.completion(message={"content": "It rained.", "reasoning_content": THOUGHT}), "usage": usage}
    counted = one(servers.raw(json.dumps(body).encode()))
    assert (counted.output_tokens, counted.thought_tokens) == (30, 21)
    uncounted = one(servers.answer(f"<think> {THOUGHT} </think> It rained.", usage=None))
    assert (uncounted.output_tokens, uncounted.thought_tokens) == (10, 8)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (
            servers.answer(f"<think>{THOUGHT}", finish_reason="length"),
            "was still thinking when its tokens were used up",
        ),
        (servers.answer(message={"content": None, "reasoning_content": THOUGHT}), "used up its tokens while thinking"),
        (servers.answer(message={"content": "", "reasoning": THOUGHT}), "used up its tokens while thinking"),
        (servers.answer(f"<think>{THOUGHT}</think>"), "wrote its thoughts and no summary"),
    ],
    ids=["unfinished", "field", "empty", "no more"],
)
def test_thoughts_alone_are_a_failure(behaviour: Behaviour, reason: str) -> None:
    """The document fails, the reason names the option, and what was thought is kept."""
    summary = one(behaviour)
    assert reason in str(summary.error)
    assert "give more max_new_tokens=" in str(summary.error)
    assert (summary.text, summary.failure) == ("", "empty")
    assert THOUGHT in str(summary.raw)


def test_texts_are_fit_for_files() -> None:
    """Parts of a text are joined; half a surrogate pair is replaced, a whole one is a character."""
    parts = [{"type": "text", "text": "It \ud83d\ude00 "}, {"type": "text", "text": "rained \ud800."}]
    assert one(servers.answer(parts)).text == "It 😀 rained �."


def test_a_server_that_changes_is_noticed_once(caplog: pytest.LogCaptureFixture) -> None:
    """When another model answers than at first, a warning says so."""
    with servers.serving(*(servers.answer(served=name) for name in ("small-1", "small-1", "small-2"))) as server:
        summaries = summarize(server.url, *documents("One.", "Two.", "Three.", "Four."), concurrency=1)
    assert all(summary.error is None for summary in summaries)
    assert caplog.messages == ["served: the server changed while it worked, from small-1 to small-2"]


def test_the_newest_models_name_the_token_limit_otherwise() -> None:
    """A server that wants max_completion_tokens gets it, also for the documents that follow."""
    wants = servers.status(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    with servers.serving(wants, servers.answer()) as server:
        summaries = summarize(server.url, *documents("One.", "Two."), concurrency=1)
    assert all(summary.error is None for summary in summaries)
    assert ["max_completion_tokens" in request for request in server.seen.requests] == [False, True, True]


def test_a_temperature_below_zero_is_not_sent() -> None:
    """Then the server decides."""
    with servers.serving() as server:
        assert summarize(server.url, *documents("One."), temperature=-1.0)[0].error is None
    assert "temperature" not in server.seen.requests[0]


def test_a_server_that_is_down_fails_at_once() -> None:
    """One line at loading names the address; no document is asked for."""
    url = f"http://127.0.0.1:{servers.free_port()}/v1"
    start = time.monotonic()
    with pytest.raises(SummarizerError, match=rf"^{url} cannot be reached: [^\n]+$"):
        summarize(url, *documents("It rained."))
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_refuses_the_key_fails_at_once(key: str, code: int) -> None:
    """One line at loading names the variable, and repeats nothing of the key."""
    with servers.serving(listing=servers.repeat_the_key(code)) as server:
        with pytest.raises(SummarizerError) as caught:
            summarize(server.url, *documents("It rained."), key=key)
        assert str(caught.value) == f"{server.url} refuses the key in $TEST_KEY ({code})"
        with pytest.raises(
            SummarizerError, match=r"wants a key \(40\d\): name its environment variable with key=NAME$"
        ):
            summarize(server.url, *documents("It rained."))
        assert server.seen.listings == 2
        assert not server.seen.requests


def test_a_server_of_another_kind_is_found_out_at_loading() -> None:
    """A page for people where the list of models should be is no such server."""
    with (
        servers.serving(listing=servers.raw(b"<html>Welcome</html>")) as server,
        pytest.raises(SummarizerError, match=r"no OpenAI-compatible server \(does its address end in /v1\?\)$"),
    ):
        summarize(server.url, *documents("It rained."))


def test_a_server_that_never_gets_ready_fails_at_loading() -> None:
    """While it starts it is asked again, but not for ever."""
    with (
        servers.serving(listing=servers.status(503, "loading model")) as server,
        pytest.raises(
            SummarizerError, match=r"is not ready: the server answered 503: loading model \(after 3 attempts\)"
        ),
    ):
        summarize(server.url, *documents("It rained."), retries=2)
    assert server.seen.listings == 3


@pytest.mark.parametrize("code", [400, 404, 405, 500])
def test_a_server_that_keeps_no_list_is_as_good_as_another(code: int) -> None:
    """Its documents are asked for all the same."""
    with servers.serving(listing=servers.status(code)) as server:
        assert summarize(server.url, *documents("It rained."))[0].error is None


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (servers.status(401, "bad key"), "refuses the key in $TEST_KEY (401)"),
        (servers.status(404, "no such model"), "does not serve the model 'small': the server answered 404: no such"),
        (servers.status(402, "pay"), "the account has no credit left: the server answered 402: pay"),
        (servers.status(429, "You exceeded", "insufficient_quota"), "the account has no credit left"),
    ],
    ids=["key", "model", "payment", "quota"],
)
def test_where_there_is_no_hope_the_rest_is_not_asked_for(behaviour: Behaviour, reason: str, key: str) -> None:
    """What every document would meet is met once, and all say so."""
    with servers.serving(behaviour) as server:
        summaries = summarize(server.url, *documents(*["It rained."] * 9), key=key, concurrency=2)
    assert len(server.seen.requests) <= 2
    assert len(summaries) == 9
    assert all(summary.error is not None and reason in summary.error for summary in summaries)
    assert sum((summary.error or "").startswith("not asked for") for summary in summaries) >= 7


def test_a_server_that_goes_away_is_given_up() -> None:
    """After a few documents in a row that found nobody, the rest fails without waiting."""
    with servers.serving(servers.answer(), servers.vanish) as server:
        first, *others = summarize(server.url, *documents(*["It rained."] * 40), concurrency=1, retries=1)
    errors = [summary.error or "" for summary in others]
    assert first.error is None
    assert all("attempts" in error for error in errors)
    assert sum(error.startswith("not asked for, as the server failed before: ") for error in errors) == 39 - 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "localhost:8000"}, "is no address: give one such as http://localhost:8000/v1"),
        ({"url": "ftp://host/v1"}, "is no address"),
        ({"url": "http:///v1"}, "is no address"),
        ({"url": "http://host:port/v1"}, "is no address"),
        ({"url": "http://host:0/v1"}, "is no address"),
        ({"url": "http://[host/v1"}, "is no address"),
        ({"url": "http://ho st/v1"}, "is no address"),
        ({"model": ""}, "model= is empty"),
        ({"sentences": 0}, "sentences=0 means nothing"),
        ({"max_new_tokens": 0}, "max_new_tokens=0 is too few"),
        ({"concurrency": 0}, "concurrency=0 is too few"),
        ({"retries": -1}, "retries=-1 is too few"),
        ({"max_input_tokens": -1}, "max_input_tokens=-1 is too few"),
        ({"long": "tail"}, "strategy"),
        ({"timeout": 0.0}, "timeout=0 is no time"),
        ({"timeout": float("nan")}, "timeout=nan is no time"),
        ({"temperature": float("inf")}, "temperature=inf is no temperature"),
        ({"price_in": -1.0}, "price_in=-1 is no price"),
        ({"price_out": float("nan")}, "price_out=nan is no price"),
        ({"prompt": "summarise"}, "did you mean 'summarize'"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object], message: str) -> None:
    """They are refused before anything is loaded."""
    with pytest.raises(UsageError, match=message):
        Endpoint(**{"name": "x", "url": "https://host/v1", "model": "m", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "option",
    [
        "url=http://user:sk-0123456789-secret@host/v1",
        "url=http://sk-0123456789-secret@host/v1",
        "url=https://host/v1?key=sk-0123456789-secret",
        "url=https://host/v1?api-version=1&Api_Key=sk-0123456789-secret",
        "url=https://host/v1#sk-0123456789-secret",
        "url=http://user:sk-0123456789-secret@host:port/v1",
        "key=sk-0123456789-secret",
        "key=sk0123456789secret",
        "key=SK0123456789SECRET",
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(option: str) -> None:
    """It belongs in an environment variable; the error names the option and nothing of what it held."""
    spec = f"endpoint,model=m,{option}" + ("" if option.startswith("url") else ",url=https://host/v1")
    with pytest.raises(UsageError) as caught:
        build_system(spec)
    assert "0123456789" not in str(caught.value)
    assert option.partition("=")[0] + "=" in str(caught.value)


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "schlüssel"])
def test_a_variable_without_a_usable_key_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable, and nothing of what it holds."""
    monkeypatch.setenv("TEST_KEY", value)
    with pytest.raises(UsageError, match=r"^endpoint: \$TEST_KEY (is not set|holds no key)"):
        Endpoint(name="x", url="https://host/v1", model="m", key="TEST_KEY")


def test_whatever_changes_the_summary_changes_the_fingerprint(tmp_path: Path, key: str) -> None:
    """Server, model, prompt and decoding do; key, prices and the way of asking do not."""
    prompt = tmp_path / "mine.txt"
    prompt.write_text("[user]\n{document}", encoding="utf-8")
    base = {"name": "x", "url": "https://host:8000/v1", "model": "m", "prompt": str(prompt)}
    before = Endpoint(**base).fingerprint()  # type: ignore[arg-type]
    for option in (
        {"url": "https://host:8001/v1"},
        {"url": "https://host:8000/v2"},
        {"model": "n"},
        {"sentences": 2},
        {"max_new_tokens": 9},
        {"temperature": 0.5},
        {"clean": False},
    ):
        assert Endpoint(**{**base, **option}).fingerprint() != before  # type: ignore[arg-type]
    for option in (
        {"name": "y"},
        {"url": "https://HOST:8000/v1/"},
        {"key": key},
        {"concurrency": 1},
        {"retries": 9},
        {"timeout": 9.0},
        {"price_in": 1.0},
    ):
        assert Endpoint(**{**base, **option}).fingerprint() == before  # type: ignore[arg-type]
    prompt.write_text("[user]\nShort: {document}", encoding="utf-8")
    assert Endpoint(**base).fingerprint() != before  # type: ignore[arg-type]


def test_the_key_is_found_nowhere(tmp_path: Path, key: str, write_article: Callable[..., Path]) -> None:
    """Neither a run's folder nor its output has it, though the servers repeat it wherever they can."""
    corpus = tmp_path / "corpus"
    for word in ("Fine", "Leak", "Error", "Plain", "Json"):
        write_article(corpus / word.lower(), text=f"{word} weather came. It rained all day.")
    behaviour = servers.by_document(
        Leak=servers.leak,
        Error=servers.repeat_the_key(400),
        Plain=servers.raw(f"key {SECRET}".encode(), 400),
        Json=servers.raw(f'"{SECRET}'.encode()),
    )
    out, home = tmp_path / "run", tmp_path / "home"
    with (
        servers.serving(behaviour) as server,
        servers.serving(listing=servers.repeat_the_key(401)) as shut,
    ):
        specs = [f"endpoint,url={place.url},model=small,key={key}" for place in (server, shut)]
        done = sumbench(
            *("run", "--corpus", str(corpus), "--systems", f"lead,{','.join(specs)}", "--out", str(out)),
            OPENAI_LOG="debug",
            SUMBENCH_HOME=str(home),
        )
    assert done.returncode == 3, done.stderr
    assert server.seen.headers[0]["authorization"] == f"Bearer {SECRET}"
    lines = [json.loads(line) for line in (out / "summaries.jsonl").read_text("utf-8").splitlines()]
    errors = {line["document"]: line["error"] for line in lines if line["system"] == f"small,url={server.url}"}
    assert errors == {
        "fine": None,
        "leak": "the answer repeats the key, and is not kept",
        "error": "the server answered 400: wrong: Bearer [key]",
        "plain": "the server answered 400: key [key]",
        "json": "the server answered with damaged JSON: '\"[key]'",
    }
    refused = {line["error"] for line in lines if line["system"] == f"small,url={shut.url}"}
    assert refused == {f"{shut.url} refuses the key in $TEST_KEY (401)"}
    texts = [done.stdout, done.stderr]
    texts += [file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()]
    assert len(texts) > 8
    assert not [text for text in texts if "0123456789" in text]


def test_the_command_line_says_what_is_wrong_with_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 2, no traceback, and nothing of the secret."""
    spec = f"endpoint,url=http://me:{SECRET}@host/v1,model=m"
    assert main(["run", "--systems", spec, "--out", str(tmp_path / "run")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("sumbench: endpoint: url= takes an address without user, password")
    assert said.err.count("\n") == 1
    assert SECRET not in said.out + said.err


@pytest.fixture(scope="session")
def transformers_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a `transformers serve` with a small random model, and the name by which it knows the model."""
    home = tmp_path_factory.mktemp("serve")
    folder = str(tiny.causal(home / "tiny"))
    port = servers.free_port()
    command = [str(Path(sys.executable).with_name("transformers")), "serve", folder]
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            for _ in range(600):
                if process.poll() is not None:
                    break
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health"):
                    break
                time.sleep(0.2)
            assert process.poll() is None, (home / "log.txt").read_text("utf-8", errors="replace")
            yield f"http://127.0.0.1:{port}/v1", folder
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_model_behind_a_real_server(transformers_server: tuple[str, str], document: Document) -> None:
    """`transformers serve` writes the same summary twice, and counts as many tokens as its tokenizer."""
    from transformers import AutoTokenizer

    url, model = transformers_server
    other = Document("other", "It rained all day in the valley. " * 3, ())
    system = Endpoint(name="served", url=url, model=model, max_new_tokens=12, concurrency=2)
    write = system.load(Context(0, Store(Path("unused"), offline=True)))
    summaries = {summary.document: summary for summary in write([document, other])}
    (again,) = write([document])
    first = summaries["bridge"]
    assert all(summary.error is None and summary.text for summary in summaries.values())
    assert again.text == first.text
    template: Any = AutoTokenizer.from_pretrained(model).apply_chat_template
    prompt = template(
        [
            {"role": role, "content": text}
            for role, text in zip(("system", "user"), _asked(system, document), strict=True)
        ],
        add_generation_prompt=True,
    )
    assert first.input_tokens == first.seen_tokens == len(prompt["input_ids"])
    assert first.output_tokens in range(1, 13)


def _asked(system: Endpoint, document: Document) -> tuple[str, str]:
    from sumbench.generation import prompts

    return prompts.read_prompt(system.prompt).chat_turns(document.text, system.length)


def test_a_real_server_says_what_is_wrong(transformers_server: tuple[str, str]) -> None:
    """A model that it does not serve is each document's failure, in its own words."""
    url, _ = transformers_server
    (summary,) = summarize(url, *documents("It rained."), model="another")
    assert summary.error is not None
    assert "requested 'another'" in summary.error


def test_a_batch_equals_a_real_server(transformers_server: tuple[str, str], document: Document, tmp_path: Path) -> None:
    """`transformers serve` takes the lines of a batch as they are, and the answers make the same summaries."""
    url, model = transformers_server
    system = Endpoint(name="served", url=url, model=model, max_new_tokens=12)
    context = Context(0, Store(Path("unused"), offline=True))
    (asked,) = system.load(context)([document])
    with AnswerFiles() as answers:
        replay = Replay(system.summarizer(context), answers)
        with pytest.raises(MissingAnswers) as missing:
            replay.summary(WantedDraw(document, 1))
        lines = [each.line(replay.summarizer.server, BatchStyle()) for each in missing.value.requests]
        (tmp_path / "batch.jsonl").write_bytes(b"".join(lines))
        run_batch(tmp_path / "batch.jsonl", tmp_path / "answers.jsonl", url.removesuffix("/v1"))
        answers.add(tmp_path / "answers.jsonl")
        assert replay.summary(WantedDraw(document, 1)) == replace(asked, seconds=None)
