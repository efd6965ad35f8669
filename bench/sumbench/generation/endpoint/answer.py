"""Parses the responses of OpenAI-compatible servers defensively: any server may send anything."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from typing import TypeGuard

from sumbench.errors import EmptyAnswerError
from sumbench.errors import RefusalError
from sumbench.errors import SummarizerError
from sumbench.errors import one_line
from sumbench.generation.endpoint.errors import PassingError
from sumbench.generation.endpoint.refusals import End
from sumbench.generation.endpoint.refusals import blocked
from sumbench.generation.endpoint.refusals import end_of
from sumbench.generation.endpoint.refusals import is_refusal
from sumbench.generation.endpoint.refusals import refusal

MOST_TOKENS = 1_000_000_000
"""A count of tokens above this is none."""
_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
"""Fields of a message in which servers (vLLM, llama.cpp, DeepSeek, OpenRouter, Ollama) pass on thoughts."""

_REASONING_PARTS = ("reasoning", "thinking", "thought", "redacted_thinking")
"""How the types of a content's parts begin that are thoughts (Mistral, Anthropic)."""

_TEXT_KEYS = ("text", "content", "thinking", "reasoning", "summary")
_DEEPEST = 4


class ChatCompletion(NamedTuple):
    """The text of a chat completion, and whether the token limit cut it off.

    `ended` is the reason why it ended, where that is one that is not known here.
    `prompt_tokens` and `completion_tokens` are the server's counts, None where it gives none. `model` is what the
    server says it served: the model's id, with its `system_fingerprint` where there is one. `reasoning` is what the
    server passes on as the model's thoughts, apart from the text; `reasoning_tokens` its count of the thoughts' tokens,
    which are among the `completion_tokens`, None where it gives none.
    """

    text: str
    cut: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    model: str
    ended: str = ""
    reasoning: str = ""
    reasoning_tokens: int | None = None


def parse_completion(body: bytes) -> ChatCompletion:
    """Parse the body of a chat completion.

    Raises SummarizerError, which says why, for one without text or thoughts: damaged JSON, no choices, a refusal, a
    content filter, an empty text.
    """
    content = read_json(body)
    match content:
        case {"choices": [{**choice}, *_]} if reason := refusal(choice):
            raise RefusalError(reason)
        case {"choices": [{"message": {**message}, **choice}, *_], **more}:
            pass
        case {"error": error} if error:
            reason = error_reason(error)
            kind = RefusalError if is_refusal(reason) else SummarizerError
            raise kind(f"the server answered with an error: {reason}")
        case {"choices": []} | {"promptFeedback": _} | {"prompt_feedback": _}:
            if reason := blocked(content):
                raise RefusalError(reason)
            raise SummarizerError("the server answered without any choices")
        case _:
            raise SummarizerError(
                f"the server answered with something else than a chat completion: {_body_excerpt(body)}"
            )
    reason = "" if choice.get("finish_reason") is None else one_line(str(choice["finish_reason"]))
    ended = end_of(reason)
    if ended is End.BROKEN:
        raise PassingError(f"the server broke off the answer (finish_reason {reason})")
    text = _text(message.get("content"))
    reasoning = _reasoning(message)
    if not (text.strip() or reasoning.strip()):
        if ended is End.LENGTH:
            raise EmptyAnswerError("the model used up max_new_tokens before it wrote any text: give it more")
        if ended is End.TOOL:
            raise EmptyAnswerError(f"the model called a tool and wrote nothing (finish_reason {reason})")
        raise EmptyAnswerError("the model wrote nothing" + f" (finish_reason {reason})" * (ended is End.UNKNOWN))
    prompt_tokens, completion_tokens = _usage(more.get("usage"))
    served = [str(more[key]) for key in ("model", "system_fingerprint") if more.get(key)]
    return ChatCompletion(
        text,
        ended is End.LENGTH,
        prompt_tokens,
        completion_tokens,
        one_line(" ".join(served)),
        reason if ended is End.UNKNOWN else "",
        reasoning if reasoning.strip() else "",
        _reasoning_tokens(more.get("usage")),
    )


def read_json(body: bytes) -> object:
    """Return the JSON value in a body; raise SummarizerError for damaged JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SummarizerError(f"the server answered with damaged JSON: {_body_excerpt(body)}") from None


def error_reason(body: object) -> str:
    """Return the reason in a server's error body, in one line."""
    match body:
        case {"error": inner} | {"message": {**inner}} if inner:
            return error_reason(inner)
        case {"detail": [{"msg": str()}, *_] as faults}:
            return one_line("; ".join(map(_fault, faults)))
        case {"message": str(text)} | {"detail": str(text)}:
            return one_line(text)
        case str(text):
            return one_line(text)
        case None:
            return "it does not say why"
    return one_line(json.dumps(body, ensure_ascii=False, default=str))


def _fault(fault: object) -> str:
    """Return a fault of a field of the request, as FastAPI has it, without repeating the request."""
    match fault:
        case {"msg": str(text), "loc": [*place]}:
            return f"{'.'.join(map(str, place))}: {text}"
    return one_line(str(fault))


def _body_excerpt(body: bytes) -> str:
    return repr(one_line(body[:60].decode("utf-8", "replace"))) if body.strip() else "an empty body"


def _text(content: object) -> str:
    """Return the text of a message's content: a string, or a list of parts; those that are thoughts are left out."""
    parts = content if isinstance(content, list) else [content]
    return _joined(part.get("text") if isinstance(part, dict) else part for part in parts if not _is_thought(part))


def _reasoning(message: Mapping[Any, object]) -> str:
    """Return the thoughts that a message holds apart from its text; several servers send them twice."""
    for field in _REASONING_FIELDS:
        if thoughts := _nested_text(message.get(field)):
            return thoughts
    content = message.get("content")
    return "".join(_nested_text(part) for part in content if _is_thought(part)) if isinstance(content, list) else ""


def _is_thought(part: object) -> bool:
    if not isinstance(part, dict):
        return False
    return str(part.get("type", "")).lower().startswith(_REASONING_PARTS) or part.get("thought") is True


def _nested_text(value: object, depth: int = 0) -> str:
    """Return the text in a field of thoughts: a string, an object with one, or a list of these."""
    if isinstance(value, str):
        return _joined([value])
    if isinstance(value, list) and depth < _DEEPEST:
        return "".join(_nested_text(each, depth + 1) for each in value)
    if isinstance(value, dict) and depth < _DEEPEST:
        return next((text for key in _TEXT_KEYS if (text := _nested_text(value.get(key), depth + 1))), "")
    return ""


def _joined(texts: Iterable[object]) -> str:
    # JSON can hold unpaired surrogates, which UTF-8 cannot encode.
    whole = "".join(text for text in texts if isinstance(text, str))
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage(usage: object) -> tuple[int | None, int | None]:
    """Return the tokens read and written; both are None unless the server counted both, and believably."""
    match usage:
        case {"prompt_tokens": read, "completion_tokens": written} if _is_count(read) and _is_count(written):
            return read, written
    return None, None


def _reasoning_tokens(usage: object) -> int | None:
    match usage:
        case {"completion_tokens_details": {"reasoning_tokens": thought}} | {"reasoning_tokens": thought}:
            return thought if thought == 0 or _is_count(thought) else None
    return None


def _is_count(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number <= MOST_TOKENS
