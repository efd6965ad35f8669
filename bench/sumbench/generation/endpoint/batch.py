"""Request lines of OpenAI's batch format, as `vllm run-batch` and batch services read them."""

import hashlib
import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import NamedTuple

from sumbench.errors import RunError
from sumbench.errors import UsageError
from sumbench.generation.endpoint.client import Server
from sumbench.generation.endpoint.fallbacks import Fallbacks
from sumbench.generation.endpoint.fallbacks import Turns

PATH = "/v1/chat/completions"
"""The path that vLLM and OpenAI want in a line."""

LIMITS = ("max_tokens", "max_completion_tokens", "none")
"""How the limit of new tokens may be called; none is sent with the last."""

_SEPARATORS = "\x85\u2028\u2029"
"""What some readers take for the end of a line, and JSON does not escape."""

_ID = re.compile(rb'"custom_id": "(sumbench-[0-9a-f]{40})"')


@dataclass(frozen=True)
class BatchStyle:
    """How request lines are written: the `path` in them, the name of the `limit` of new tokens.

    With `merged` the system turn's text begins the user turn, for models without a system turn.
    """

    path: str = PATH
    limit: str = LIMITS[0]
    merged: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no path, and a limit that no server knows."""
        if not re.fullmatch(r"/[!-~]*", self.path):
            raise UsageError(f"--endpoint {self.path!r} is no path: give one such as {PATH}")
        if self.limit not in LIMITS:
            raise UsageError(f"--token-limit {self.limit}: give {', '.join(LIMITS[:-1])} or {LIMITS[-1]}")


class BatchRequest(NamedTuple):
    """A request of a batch: its `custom_id`, the `turns` of its chat, and its `seed`, None without sampling."""

    custom_id: str
    turns: Turns
    seed: int | None

    def line(self, server: Server, style: BatchStyle) -> bytes:
        """Return the request as a line of a batch file."""
        limit = "" if style.limit == LIMITS[-1] else style.limit
        fallbacks = Fallbacks(limit=limit, merged=style.merged)
        body = {"model": server.model, **fallbacks.request(self.turns, server.max_new_tokens, _options(server, self))}
        line = {"custom_id": self.custom_id, "method": "POST", "url": style.path, "body": body}
        text = json.dumps(line, ensure_ascii=False)
        for separator in _SEPARATORS:
            text = text.replace(separator, f"\\u{ord(separator):04x}")
        return text.encode("utf-8", "replace") + b"\n"


def batch_request(
    server: Server, summary: tuple[str, str, int], number: int, turns: Turns, seed: int | None
) -> BatchRequest:
    """Return the request of this `number` (from 0) for a `summary`: its system's name, document id and draw.

    Its id follows from these and from all that is asked for, so that an answer to another question is none to this one.
    """
    asked = [*summary, number, server.model, server.max_new_tokens, dict(server.decoding), seed, turns]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return BatchRequest(f"sumbench-{digest[:40]}", turns, seed)


def requested_ids(files: list[Path]) -> Iterator[str]:
    """Yield the custom_id of each request in batch files of ours; raise RunError for a file that cannot be read."""
    for file in files:
        try:
            with file.open("rb") as lines:
                yield from (found[1].decode() for line in lines if (found := _ID.search(line[:80])))
        except OSError as error:
            raise RunError(f"{file}: cannot be read: {error.strerror}") from None


def _options(server: Server, request: BatchRequest) -> Mapping[str, Any]:
    return {**server.decoding, **({} if request.seed is None else {"seed": request.seed})}
