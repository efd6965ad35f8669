"""Servers that refuse a part of a request, or an answer."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sumbench.generation.endpoint import retry
from sumbench.generation.endpoint.answer import parse_completion
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.endpoint import Endpoint
from sumbench.weights import Store
from tests.systems import servers
from tests.systems.servers import Behaviour
from tests.systems.servers import Handler


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let back-off be short, and no proxy of this machine stand between a test and its server."""
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.02)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def documents(count: int = 3) -> list[Document]:
    return [Document(f"d{number}", f"Number{number} came.", ("A reference.",)) for number in range(count)]


def system(url: str, **options: object) -> Callable[[list[Document]], list[Summary]]:
    """Return a loaded system that works on one document after the other."""
    made = Endpoint(**{"name": "served", "url": url, "model": "small", "concurrency": 1, **options})  # type: ignore[arg-type]
    summarizer = made.load(Context(0, Store(Path("unused"), offline=True)))
    return lambda texts: list(summarizer(texts))


def error(message: object, **more: object) -> dict[str, Any]:
    """Return the body of an error in OpenAI's form."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


def refusing(wrong: Callable[[dict[str, Any]], bool], status: int, body: object) -> Behaviour:
    """Answer requests that are `wrong` with an error, others well."""

    def behave(handler: Handler) -> None:
        if wrong(handler.body):
            handler.send(status, json.dumps(body).encode())
        else:
            servers.echo(handler)

    return behave


def has(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: name in body


def has_system(body: dict[str, Any]) -> bool:
    return any(turn["role"] == "system" for turn in body["messages"])


EXTRA = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted"}

NO_TEMPERATURE = {
    "parameter": (400, error("Unsupported parameter: 'temperature' is not supported.", param="temperature")),
    "value": (400, error("Unsupported value: 'temperature' does not support 0 with this model. Only the default (1).")),
    "litellm": (400, error("litellm.UnsupportedParamsError: o1 models don't support temperature=0.0.", param="None")),
    "proxy": (500, error("Unsupported value: 'temperature' does not support 0 with this model.", param="temperature")),
    "anthropic": (400, error("temperature: Extra inputs are not permitted")),
    "deprecated": (400, error("`temperature` is deprecated for this model.")),
    "tgi": (422, {"error": "Input validation error: `temperature` must be strictly positive", "error_type": "x"}),
    "fastapi": (422, {"detail": [{**EXTRA, "loc": ["body", "temperature"], "input": 0.0}]}),
    "mistral": (422, {"object": "error", "message": {"detail": [{**EXTRA, "loc": ["body", "temperature"]}]}}),
}


@pytest.mark.parametrize("kind", NO_TEMPERATURE)
def test_a_temperature_that_was_not_asked_for_is_left_out(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """A server that takes none is asked without it, once and for all chunks; a warning says so, and how to ask."""
    with servers.serving(refusing(has("temperature"), *NO_TEMPERATURE[kind])) as server:
        summarize = system(server.url)
        made = summarize(documents()) + summarize(documents(2))
    assert not [one.error for one in made if one.error]
    assert ["temperature" in request for request in server.seen.requests] == [True] + [False] * 5
    (warning,) = caplog.messages
    assert warning.startswith("served: the server takes no temperature=0, and none is sent: it decides how words are ")
    assert "(temperature=-1 asks for that)" in warning
    assert "emperature" in warning.partition("asks for that")[2]


@pytest.mark.parametrize("kind", NO_TEMPERATURE)
def test_a_temperature_that_was_asked_for_is_not_left_out(kind: str) -> None:
    """The error names the option, and no further document is asked for."""
    with servers.serving(refusing(has("temperature"), *NO_TEMPERATURE[kind])) as server:
        made = system(server.url, temperature=0.7)(documents())
    first, *others = (one.error or "" for one in made)
    assert first.startswith("the server refuses temperature=0.7: give another one, or temperature=-1 to send none: ")
    assert all(one.startswith("not asked for, as the server failed before: the server refuses") for one in others)
    assert len(server.seen.requests) == 1


NO_SYSTEM = {
    "gemma in vllm": (400, {"object": "error", "message": "System role not supported", "param": None, "code": 400}),
    "gemma in llama.cpp": (500, error("Jinja Exception: System role not supported at row 1, column 76", code=500)),
    "gemma at google": (400, [{"error": {"code": 400, "message": "Developer instruction is not enabled for gemma"}}]),
    "mistral": (400, error("Conversation roles must alternate user/assistant/user/assistant/...")),
    "first": (400, error("First message must be from user")),
    "only": (422, {"error": "Template error: invalid operation: Only user and assistant roles are supported!"}),
    "o1": (400, error("Unsupported value: 'messages[0].role' does not support 'system'.", param="messages[0].role")),
    "anthropic": (400, error('messages: Unexpected role "system". The Messages API accepts a top-level parameter.')),
    "bedrock": (400, error("This model doesn't support system messages. Try again without a system message.")),
    "fastapi": (422, {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user'"}]}),
}


@pytest.mark.parametrize("kind", NO_SYSTEM)
def test_a_system_turn_that_is_refused_begins_the_user_turn(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of the prompt is lost, it is asked so from then on, and a warning says so."""
    with servers.serving(refusing(has_system, *NO_SYSTEM[kind])) as server:
        summarize = system(server.url, retries=0)
        made = summarize(documents()) + summarize(documents(1))
    assert not [one.error for one in made if one.error]
    refused, *taken = (request["messages"] for request in server.seen.requests)
    assert len(taken) == 4
    assert taken[0] == [{"role": "user", "content": f"{refused[0]['content']}\n\n{refused[1]['content']}"}]
    assert all(len(turns) == 1 for turns in taken)
    (warning,) = caplog.messages
    assert warning.startswith("served: the server takes no system turn: its text begins the user turn (")


NO_SEED = {
    "openai": (400, error("Unrecognized request argument supplied: seed")),
    "anthropic": (400, error("seed: Extra inputs are not permitted")),
    "mistral": (422, {"object": "error", "message": {"detail": [{**EXTRA, "loc": ["body", "seed"]}]}}),
}


@pytest.mark.parametrize("kind", NO_SEED)
def test_a_seed_that_is_refused_is_left_out(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """The draws are made without it, and a warning says that they cannot be repeated."""
    with servers.serving(refusing(has("seed"), *NO_SEED[kind])) as server:
        made = system(server.url, temperature=0.5, samples=2)(documents(2))
    assert not [one.error for one in made if one.error]
    assert ["seed" in request for request in server.seen.requests] == [True, *[False] * 4]
    assert {request["temperature"] for request in server.seen.requests} == {0.5}
    (warning,) = caplog.messages
    assert warning.startswith("served: the server takes no seed, and none is sent: its draws cannot be repeated (")


@pytest.mark.parametrize(
    "refusal",
    [
        error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param="max_tokens"),
        error("max_tokens: Extra inputs are not permitted"),
        {"detail": [{**EXTRA, "loc": ["body", "max_tokens"]}]},
    ],
)
def test_the_limit_of_new_tokens_goes_by_its_newer_name(refusal: object, caplog: pytest.LogCaptureFixture) -> None:
    """It is the same limit, so nothing needs to be said."""
    with servers.serving(refusing(has("max_tokens"), 400, refusal)) as server:
        made = system(server.url)(documents(2))
    assert not [one.error for one in made if one.error]
    assert [request.get("max_completion_tokens") for request in server.seen.requests] == [None, 160, 160]
    assert not caplog.messages


def test_all_refusals_of_one_server_are_learned(caplog: pytest.LogCaptureFixture) -> None:
    """One after the other, by documents side by side, and each is said once."""
    order = ("seed", "max_tokens", "temperature", "max_completion_tokens")

    def behave(handler: Handler) -> None:
        if has_system(handler.body):
            return servers.raw(json.dumps(NO_SYSTEM["o1"][1]).encode(), 400)(handler)
        if wrong := next((name for name in order if name in handler.body), None):
            return servers.status(400, f"Unsupported parameter: '{wrong}'")(handler)
        return servers.slow(0.02)(handler)

    with servers.serving(behave) as server:
        made = system(server.url, concurrency=4)(documents(8))
    assert not [one.error for one in made if one.error]
    assert set(server.seen.requests[-1]) == {"model", "messages"}
    assert len(caplog.messages) == len(set(caplog.messages)) == 3
    assert len(server.seen.requests) <= 8 + 4 * 4


NOT_A_PARAMETER = {
    "filter": (
        400,
        error("The text 'temperature must be 3' was filtered", code="content_filter"),
        "refusal",
        "filtered",
    ),
    "azure": (400, error("no", innererror={"code": "ResponsibleAIPolicyViolation"}), "refusal", "ResponsibleAIPolicy"),
    "moonshot": (400, error("rejected", type="content_filter"), "refusal", "rejected"),
    "openai": (400, error("Invalid prompt: your prompt was flagged.", code="invalid_prompt"), "refusal", "flagged"),
    "openrouter": (403, error("This model requires moderation, and your input was flagged"), "refusal", "flagged"),
    "deepseek": (400, error("Content Exists Risk"), "refusal", "Content Exists Risk"),
    "dashscope": (
        400,
        error("Input data may contain inappropriate content.", code="data_inspection_failed"),
        "refusal",
        "",
    ),
    "context": (
        400,
        error("'max_tokens' or 'max_completion_tokens' is too large: 160. The maximum context length is 9 tokens."),
        "error",
        "give max_input_tokens= and long=",
    ),
}


@pytest.mark.parametrize("kind", NOT_A_PARAMETER)
def test_what_is_refused_for_the_document_changes_no_request(kind: str) -> None:
    """A filter's or a limit's error that names a parameter is that document's failure, of its kind."""
    status, body, failure, reason = NOT_A_PARAMETER[kind]
    behaviour = servers.by_document(Number1=servers.raw(json.dumps(body).encode(), status))
    with servers.serving(behaviour) as server:
        made = system(server.url)(documents())
    assert [one.failure for one in made] == [None, failure, None]
    assert reason in (made[1].error or "")
    first, *others = ({**request, "messages": None} for request in server.seen.requests)
    assert others == [first, first]


def test_too_many_new_tokens_are_an_error_that_names_the_option() -> None:
    """Every document would meet it, so that it is met once."""
    refused = servers.status(400, "max_tokens is too large: 160. This model supports at most 100 completion tokens")
    with servers.serving(refused) as server:
        first, second = system(server.url)(documents(2))
    assert str(first.error).startswith(
        "the server refuses max_new_tokens=160: give another number: the server answered"
    )
    assert str(second.error).startswith("not asked for, as the server failed before: ")
    assert len(server.seen.requests) == 1


def test_an_error_that_says_nothing_of_a_parameter_is_the_documents() -> None:
    """A rejection for another reason is not tried in other ways."""
    with servers.serving(servers.status(400, "the system is only for paying users")) as server:
        made = system(server.url)(documents(2))
    assert [one.error for one in made] == ["the server answered 400: the system is only for paying users"] * 2
    assert len(server.seen.requests) == 2


ENDS = [
    (
        {"finish_reason": "content_filter"},
        "refusal",
        "content filter stopped the answer (finish_reason content_filter)",
    ),
    ({"finish_reason": "SAFETY"}, "refusal", "(finish_reason SAFETY)"),
    ({"finish_reason": "RECITATION"}, "refusal", "(finish_reason RECITATION)"),
    ({"finish_reason": "PROHIBITED_CONTENT"}, "refusal", "(finish_reason PROHIBITED_CONTENT)"),
    ({"finish_reason": "content_filter: SPII"}, "refusal", "(finish_reason content_filter: SPII)"),
    ({"finish_reason": "FinishReason.BLOCKLIST"}, "refusal", "(finish_reason FinishReason.BLOCKLIST)"),
    ({"finish_reason": "refusal"}, "refusal", "(finish_reason refusal)"),
    ({"stop_reason": "refusal"}, "refusal", "the model refused (stop_reason refusal)"),
    ({"finish_reason": "content_filter", "message": None}, "refusal", "(finish_reason content_filter)"),
    ({"message": {"content": "", "refusal": "I cannot\nhelp."}}, "refusal", "the model refused: I cannot help."),
    ({"finish_reason": "tool_calls", "message": {"content": None}}, "empty", "called a tool and wrote nothing"),
    ({"finish_reason": "MALFORMED_FUNCTION_CALL", "message": {"content": ""}}, "empty", "called a tool"),
    ({"finish_reason": "odd", "message": {"content": ""}}, "empty", "the model wrote nothing (finish_reason odd)"),
    ({"finish_reason": "MAX_TOKENS", "message": {"content": ""}}, "empty", "the model used up max_new_tokens"),
    ({"finish_reason": "error"}, "error", "the server broke off the answer (finish_reason error) (after 2 attempts)"),
    ({"finish_reason": "insufficient_system_resource"}, "error", "broke off the answer"),
]


@pytest.mark.parametrize(("choice", "failure", "reason"), ENDS)
def test_how_an_answer_ended_is_recorded(choice: dict[str, object], failure: str, reason: str) -> None:
    """A refusal by any name is one, with the server's word for it; half an answer is none."""
    with servers.serving(servers.answer("Half of it", **choice)) as server:
        (made,) = system(server.url, retries=1)(documents(1))
    assert (made.text, made.failure) == ("", failure)
    assert reason in (made.error or "")
    assert len(server.seen.requests) == (2 if "broke off" in reason else 1)


def test_a_document_that_was_blocked_without_an_answer_is_refused() -> None:
    """Gemini says so beside the choices that are not there."""
    for body in (
        {"promptFeedback": {"blockReason": "OTHER"}},
        {"choices": [], "prompt_feedback": {"block_reason": "X"}},
    ):
        with servers.serving(servers.raw(json.dumps(body).encode())) as server:
            (made,) = system(server.url)(documents(1))
        assert made.failure == "refusal"
        assert "the server's content filter refused the document (" in (made.error or "")


@pytest.mark.parametrize("reason", ["stop", "STOP", "end_turn", "eos_token", "COMPLETE", None, "FinishReason.STOP"])
def test_a_whole_answer_is_kept_whole(reason: str | None) -> None:
    """However its end is called."""
    answer = parse_completion(json.dumps(servers.completion("One. Two", finish_reason=reason)).encode())
    assert (answer.cut, answer.ended) == (False, "")


@pytest.mark.parametrize("reason", ["length", "max_tokens", "MAX_TOKENS", "model_length"])
def test_an_answer_at_the_token_limit_is_cut(reason: str) -> None:
    """Whatever a server calls the limit: its last sentence is not whole."""
    assert parse_completion(json.dumps(servers.completion("One. Two", finish_reason=reason)).encode()).cut


def test_an_unknown_end_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """The answer is kept, as nobody can tell what it means."""
    with servers.serving(servers.answer("It rained.", finish_reason="odd")) as server:
        made = system(server.url)(documents())
    assert {one.text for one in made} == {"It rained."}
    assert caplog.messages == ["served: the server ended answers for an unknown reason, and they are kept (odd)"]


def test_the_command_line_shows_what_a_server_refused(tmp_path: Path) -> None:
    """Warnings reach stderr, each once, and nothing of the key."""
    corpus = tmp_path / "a.jsonl"
    corpus.write_text(
        "".join(json.dumps({"id": str(i), "text": "It rained.", "summary": "Rain."}) + "\n" for i in range(3))
    )
    message = "Unsupported value: 'temperature' of sk-0123456789-secret does not support 0"
    with servers.serving(refusing(has("temperature"), 400, error(message))) as server:
        spec = f"endpoint,url={server.url},model=small,key=TEST_KEY"
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "sumbench",
                "run",
                "--corpus",
                str(corpus),
                "--systems",
                spec,
                "--out",
                str(tmp_path / "o"),
            ],
            env={**os.environ, "TEST_KEY": "sk-0123456789-secret"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the server takes no temperature=0, and none is sent") == 1
    assert "0123456789" not in done.stderr + done.stdout
