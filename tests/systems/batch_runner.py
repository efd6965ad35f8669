"""Plays `vllm run-batch` and a batch service: sends each request of a batch file to a server, writes the answers."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


def run_batch(requests: Path, answers: Path, server: str, errors: Path | None = None) -> None:
    """Answer the requests in a file; with `errors` those that failed stand in a file of their own, as at OpenAI.

    `server` is the address of the server without a path.
    """
    good: list[str] = []
    bad: list[str] = []
    for number, line in enumerate(requests.read_text("utf-8").split("\n")[:-1]):
        request = json.loads(line)
        status, body = _post(f"{server}{request['url']}", request["body"])
        response = {"status_code": status, "request_id": f"vllm-batch-{number}", "body": body}
        answer = {"id": f"vllm-{number}", "custom_id": request["custom_id"], "response": response, "error": None}
        (good if status == 200 or errors is None else bad).append(json.dumps(answer))
    # Services promise no order.
    answers.write_text("".join(f"{line}\n" for line in reversed(good)), "utf-8")
    if errors is not None:
        errors.write_text("".join(f"{line}\n" for line in bad), "utf-8")


def _post(url: str, body: dict[str, Any]) -> tuple[int, Any]:
    content = json.dumps(body).encode()
    asked = urllib.request.Request(url, content, {"Content-Type": "application/json"})  # noqa: S310 - the test's server
    try:
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
