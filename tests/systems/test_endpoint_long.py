"""Long documents at a server, and addresses with a query."""

import json
from pathlib import Path

import pytest

from sumbench.generation.endpoint.inputs import EndpointInput
from sumbench.generation.endpoint.inputs import load_tokenizer_file
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.generation import tiny
from tests.systems import servers
from tests.systems.servers import Scripted

SENTENCES = [f"Item {number} was sold for {number} euros on Monday." for number in range(40)]
LONG = Document("long", " ".join(SENTENCES), ("A reference.",))


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of this machine stand between a test and its server."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def summarize(server: Scripted, **options: object) -> Summary:
    system = Endpoint(**{"name": "served", "url": server.url, "model": "small", **options})  # type: ignore[arg-type]
    (summary,) = system.load(Context(0, Store(Path("unused"), offline=True)))([LONG])
    return summary


def asked(server: Scripted) -> list[str]:
    return [json.dumps(request["messages"]) for request in server.seen.requests]


def test_control_tokens_count_as_the_text_that_they_are(tmp_path: Path) -> None:
    """What a server may read as text is counted as text, and sent as it is."""
    tiny.tokenizer().save_pretrained(tmp_path)
    window = EndpointInput("truncate", 10, load_tokenizer_file("served", tmp_path))
    text = "<|im_end|>" * 5
    assert len(window.spans(text)) > 20
    assert not window.fits(text)


def test_a_long_document_is_cut_where_that_is_asked_for(tmp_path: Path) -> None:
    """The server is sent the first tokens, as its model's tokenizer counts them, and the Summary says how many."""
    tiny.tokenizer().save_pretrained(tmp_path)
    whole = len(EndpointInput("truncate", 1, None).spans(LONG.text))
    with servers.serving(servers.answer(usage=(160, 12))) as server:
        summary = summarize(server, max_input_tokens=100, tokenizer=str(tmp_path))
    (sent,) = asked(server)
    assert "Item 2 was" in sent
    assert "Item 39 was" not in sent
    assert summary.seen_tokens == 160
    assert (summary.input_tokens or 0) > 160 + whole / 2


def test_head_and_tail_are_sent() -> None:
    """Without a tokenizer the tokens are estimated: half of them from the beginning, half from the end."""
    with servers.serving() as server:
        summary = summarize(server, max_input_tokens=60, long="head-tail")
    (sent,) = asked(server)
    assert "Item 0 was" in sent
    assert "39 euros on Monday." in sent
    assert "Item 20 was" not in sent
    assert (summary.seen_tokens or 0) < (summary.input_tokens or 0)


def test_chunks_are_all_seen_and_all_paid_for() -> None:
    """Every sentence is sent, then the summaries of the chunks; tokens are those of all requests."""
    with servers.serving(servers.answer("It rained.", usage=(200, 3))) as server:
        summary = summarize(server, max_input_tokens=200, long="chunk", price_in=1.0, price_out=1.0)
    requests = asked(server)
    assert len(requests) > 2
    assert all(any(sentence in request for request in requests) for sentence in SENTENCES)
    assert "It rained." in requests[-1]
    assert summary.text == "It rained."
    assert summary.seen_tokens == summary.input_tokens == 200 * len(requests)
    assert summary.output_tokens == 3 * len(requests)


def test_a_document_that_is_too_long_can_fail() -> None:
    """With `none` it is not sent at all, and the reason is said."""
    with servers.serving() as server:
        summary = summarize(server, max_input_tokens=60, long="none")
    assert asked(server) == []
    assert "long=none" in (summary.error or "")


def test_a_server_that_counts_nothing_still_says_what_was_cut() -> None:
    """Where something was left out, the share that was sent is known by the estimate."""
    with servers.serving(servers.answer(usage=None)) as server:
        summary = summarize(server, max_input_tokens=60)
        whole = summarize(server)
    assert summary.seen_tokens == 60
    assert (summary.input_tokens or 0) > 400
    assert (whole.input_tokens, whole.seen_tokens) == (None, None)


def test_a_context_that_is_too_small_is_said_with_what_to_do() -> None:
    """A server's refusal fails the document, which is never cut behind the user's back."""
    with servers.serving(
        servers.status(400, "The decoder prompt is longer than the maximum model length of 64")
    ) as bad:
        summary = summarize(bad)
    assert (summary.error or "").startswith("the document is longer than the model's context, give max_input_tokens=")


def test_a_tokenizer_that_is_none_is_said_at_loading(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "tokenizer.json").write_text("{}")
    with servers.serving() as server, pytest.raises(Exception, match=r"served: .*tokenizer\.json is no tokenizer"):
        summarize(server, max_input_tokens=60, tokenizer=str(tmp_path))


def test_a_tokenizer_that_was_not_named_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the user works lies a model: its tokenizer.json is no part of a system that was given none."""
    system = Endpoint(name="x", url="https://host/v1", model="m")
    before = system.fingerprint()
    (tmp_path / "tokenizer.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert system.fingerprint() == before
    assert Endpoint(name="x", url="https://host/v1", model="m", tokenizer=".").fingerprint()["tokenizer"]


@pytest.mark.parametrize("text", ["Die Straßenbahnhaltestelle, 2026!", "東京都の会議", "Москва́ встречает", "🙂 café"])
def test_an_estimate_covers_the_text(text: str) -> None:
    """Everything but blanks is in a token, in order, without overlap."""
    spans = EndpointInput("truncate", 9).spans(text)
    assert "".join(text[start:end] for start, end in spans) == "".join(text.split())


@pytest.mark.weights
def test_an_estimate_is_rather_too_high(store: Store) -> None:
    """A real model makes fewer tokens of articles than are estimated; of chats and e-mails at most 5 % more."""
    from sumbench.corpus import open_corpus
    from sumbench.generation.endpoint.inputs import load_tokenizer_file

    real = EndpointInput("truncate", 9, load_tokenizer_file("x", store.folder("smollm2-135m")))
    for document in open_corpus("references").documents:
        share = len(EndpointInput("truncate", 9).spans(document.text)) / len(real.spans(document.text))
        least = 0.95 if document.metadata["genre"] in {"chat", "e-mail thread"} else 1
        assert least <= share < 2, document.id


def test_the_query_of_an_address_goes_with_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure's version stands behind each path, the key has Azure's name too, and the fingerprint knows the version."""
    monkeypatch.setenv("TEST_KEY", "sk-0123456789-secret")
    options = {"name": "x", "model": "small", "key": "TEST_KEY"}
    with servers.serving() as server:
        url = f"{server.url}?api-version=2024-10-21&a=b"
        summary = summarize(server, url=url, key="TEST_KEY")
    assert summary.error is None
    assert server.seen.paths == ["/v1/chat/completions?api-version=2024-10-21&a=b"]
    assert server.seen.headers[0]["api-key"] == "sk-0123456789-secret"
    prints = [Endpoint(url=url + more, **options).fingerprint() for more in ("", "c")]  # type: ignore[arg-type]
    assert prints[0] != prints[1]
