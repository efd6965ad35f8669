"""Parses the responses of OpenAI-compatible servers defensively: any server may send anything."""

import json
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple

from sumbench.errors import EmptyAnswerError
from sumbench.errors import RefusalError
from sumbench.errors import SummarizerError
from sumbench.errors import one_line

_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
"""Fields of a message in which servers (vLLM, llama.cpp, DeepSeek, OpenRouter, Ollama) pass on thoughts."""

_REASONING_PARTS = ("reasoning", "thinking", "thought", "redacted_thinking")
"""How the types of a content's parts begin that are thoughts (Mistral, Anthropic)."""

_TEXT_KEYS = ("text", "content", "thinking", "reasoning", "summary")
_DEEPEST = 4

_REFUSALS = (
    "content filter",
    "content policy",
    "content management policy",
    "responsible ai policy",
    "safety policy",
    "safety settings",
)
"""How servers call a refusal, underscores taken for blanks."""


class ChatCompletion(NamedTuple):
    """The text of a chat completion, and whether the token limit cut it off.

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
    reasoning: str = ""
    reasoning_tokens: int | None = None


def parse_completion(body: bytes) -> ChatCompletion:
    """Parse the body of a chat completion.

    Raises SummarizerError, which says why, for one without text or thoughts: damaged JSON, no choices, a refusal, a
    content filter, an empty text.
    """
    match read_json(body):
        case {"choices": [{"message": {**message}, **choice}, *_], **more}:
            pass
        case {"error": error} if error:
            reason = error_reason(error)
            kind = RefusalError if is_refusal(reason) else SummarizerError
            raise kind(f"the server answered with an error: {reason}")
        case {"choices": []}:
            raise SummarizerError("the server answered without any choices")
        case _:
            raise SummarizerError(
                f"the server answered with something else than a chat completion: {_body_excerpt(body)}"
            )
    ended = choice.get("finish_reason")
    if refusal := message.get("refusal"):
        raise RefusalError(f"the model refused: {one_line(str(refusal))}")
    if ended == "content_filter":
        raise RefusalError("the server's content filter stopped the answer")
    text = _text(message.get("content"))
    reasoning = _reasoning(message)
    if not (text.strip() or reasoning.strip()):
        if ended == "length":
            raise EmptyAnswerError("the model used up max_new_tokens before it wrote any text: give it more")
        raise EmptyAnswerError("the model wrote nothing")
    prompt_tokens, completion_tokens = _usage(more.get("usage"))
    served = [str(more[key]) for key in ("model", "system_fingerprint") if more.get(key)]
    return ChatCompletion(
        text,
        ended == "length",
        prompt_tokens,
        completion_tokens,
        one_line(" ".join(served)),
        reasoning if reasoning.strip() else "",
        _reasoning_tokens(more.get("usage")),
    )


def read_json(body: bytes) -> object:
    """Return the JSON value in a body; raise SummarizerError for damaged JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise SummarizerError(f"the server answered with damaged JSON: {_body_excerpt(body)}") from None


def served_models(content: object) -> list[str]:
    """Return the ids in a server's list of models; none where it is no such list."""
    match content:
        case {"data": [*entries]}:
            return [entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    return []


def is_refusal(reason: str) -> bool:
    """Tell whether a server's reason for an error is what the text is about, and not the request."""
    plain = reason.lower().replace("_", " ")
    return any(words in plain for words in _REFUSALS)


def error_reason(body: object) -> str:
    """Return the reason in a server's error body, in one line."""
    match body:
        case {"error": error} if error:
            return error_reason(error)
        case {"message": str(text)} | {"detail": str(text)}:
            return one_line(text)
        case str(text):
            return one_line(text)
        case None:
            return "it does not say why"
    return one_line(json.dumps(body, ensure_ascii=False, default=str))


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
    """Return the tokens read and written; both are None unless the server counted both."""
    match usage:
        case {"prompt_tokens": int(read), "completion_tokens": int(written)} if read > 0 and written > 0:
            return read, written
    return None, None


def _reasoning_tokens(usage: object) -> int | None:
    match usage:
        case {"completion_tokens_details": {"reasoning_tokens": int(thought)}} if thought >= 0:
            return thought
        case {"reasoning_tokens": int(thought)} if thought >= 0:
            return thought
    return None
