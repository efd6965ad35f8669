"""Lines of batch files: what OpenAI's own types and vLLM's batch runner take, and answers as either writes them."""

import json
from pathlib import Path
from typing import Any
from typing import Literal

import pytest

from sumbench.errors import RefusalError
from sumbench.errors import SummarizerError
from sumbench.generation.endpoint.batch import BatchRequest
from sumbench.generation.endpoint.batch import BatchStyle
from sumbench.generation.endpoint.batch import batch_request
from sumbench.generation.endpoint.batch import requested_ids
from sumbench.generation.endpoint.batch_answers import AnswerFiles
from sumbench.generation.endpoint.client import Server
from tests.systems import servers

SERVER = Server("http://127.0.0.1:1/v1", "small", "", "", 1.0, 50, {"temperature": 0.7})
TURNS = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "It rained.\u2028東京 \ud800"}]


def request(number: int = 0, seed: int | None = 3) -> BatchRequest:
    return batch_request(SERVER, ("served", "d1", 1), number, TURNS, seed)


def line(style: BatchStyle | None = None) -> dict[str, Any]:
    text = request().line(SERVER, style or BatchStyle()).decode()
    assert len(text.splitlines()) == 1
    return dict(json.loads(text))


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens", "none"])
def test_a_line_is_what_openai_takes(limit: str) -> None:
    """The four fields of the format, and a body in which the types of OpenAI's package know every field."""
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
    from pydantic import TypeAdapter

    written = line(BatchStyle(limit=limit))
    assert list(written) == ["custom_id", "method", "url", "body"]
    assert (written["method"], written["url"]) == ("POST", "/v1/chat/completions")
    body = written["body"]
    adapter = TypeAdapter(CompletionCreateParamsNonStreaming)
    read: Any = adapter.validate_python(body)
    assert list(read["messages"]) == body["messages"]
    assert {name: value for name, value in read.items() if name != "messages"} == {
        name: value for name, value in body.items() if name != "messages"
    }
    assert body.get(limit) == (None if limit == "none" else 50)


def test_a_line_is_what_vllm_takes() -> None:
    """Its batch runner reads three texts and a body, which the path tells to be a chat request."""
    from pydantic import BaseModel

    class BatchRequestInput(BaseModel):
        custom_id: str
        method: str
        url: Literal["/v1/chat/completions"]
        body: dict[str, Any]

    read = BatchRequestInput.model_validate(line())
    assert {"model", "messages", "max_tokens", "temperature", "seed"} == set(read.body)


def test_a_model_without_a_system_turn_gets_none() -> None:
    """Its text begins the user turn."""
    (turn,) = line(BatchStyle(merged=True))["body"]["messages"]
    assert turn["role"] == "user"
    assert turn["content"].startswith("Be brief.\n\nIt rained.")


def test_the_id_follows_from_all_that_is_asked(tmp_path: Path) -> None:
    """Another seed, draw, document or place is another request; ids are found again in a file, and fit any service."""
    made = [request(), request(1), request(seed=4), batch_request(SERVER, ("served", "d1", 2), 0, TURNS, 3)]
    ids = [each.custom_id for each in made]
    assert len(set(ids)) == 4
    assert all(len(each) <= 64 for each in ids)
    assert request().custom_id == ids[0]
    (tmp_path / "batch.jsonl").write_bytes(b"".join(each.line(SERVER, BatchStyle()) for each in made))
    assert list(requested_ids([tmp_path / "batch.jsonl"])) == ids


ANSWERS = {
    "openai": {"status_code": 200, "request_id": "r", "body": servers.completion("It rained.")},
    "rejected": {"status_code": 400, "request_id": "r", "body": {"error": {"message": "too hot", "code": "hot"}}},
    "filtered": {"status_code": 400, "body": {"error": {"message": "flagged by the content filter"}}},
    "long": {"status_code": 400, "body": {"error": {"message": "maximum context length is 8 tokens"}}},
}


@pytest.mark.parametrize(
    ("response", "error", "says"),
    [
        (ANSWERS["rejected"], None, "^the server answered 400: too hot$"),
        (ANSWERS["filtered"], None, "content filter"),
        (ANSWERS["long"], None, "^the document is longer than the model's context, give max_input_tokens="),
        (
            None,
            {"code": "batch_expired", "message": "Too late."},
            r"^the batch has no answer: Too late. \(batch_expired\)$",
        ),
        ({"status_code": 400, "request_id": "r"}, {"error": {"message": "no seed"}}, "answered 400: no seed$"),
        ({"status_code": 500, "body": None}, "it broke", "^the server answered 500: it broke$"),
    ],
)
def test_an_error_is_that_of_its_document(tmp_path: Path, response: object, error: object, says: str) -> None:
    """Said as if the server had been asked: as OpenAI's error file has it, or vLLM's output."""
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps({"id": "x", "custom_id": "a", "response": response, "error": error}))
    with AnswerFiles() as answers:
        assert answers.add(file) == {"a": 1}
        assert answers.find("a", good=True) is None
        found = answers.find("a")
        assert found is not None
        with pytest.raises(SummarizerError, match=says) as raised:
            found.completion()
    assert isinstance(raised.value, RefusalError) == (response is ANSWERS["filtered"])


def test_a_good_answer_stands_before_an_error(tmp_path: Path) -> None:
    """Whichever came first; of two good ones the first stands."""
    error = {"custom_id": "a", "response": None, "error": {"message": "no"}}
    good = {"custom_id": "a", "response": ANSWERS["openai"], "error": None}
    other = {"custom_id": "a", "response": {"status_code": 200, "body": servers.completion("Snow.")}}
    file = tmp_path / "answers.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n\n" for each in (error, good, other, error)))
    with AnswerFiles() as answers:
        answers.add(file)
        found = answers.find("a")
        assert found is not None
        assert found.completion().text == "It rained."
        assert found.where == f"{file}, line 3"
