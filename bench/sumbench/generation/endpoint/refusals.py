"""Tells why a server ended an answer: by a refusal, the token limit, a tool call, a failure of its own."""

from enum import Enum

from sumbench.errors import one_line

_REFUSALS = (
    "content filter",
    "content policy",
    "content management policy",
    "content violation",
    "content exists risk",
    "data inspection failed",
    "data may contain inappropriate",
    "considered high risk",
    "output blocked",
    "guardrail",
    "input was flagged",
    "prompt was flagged",
    "policy violation",
    "prohibited content",
    "responsible ai",
    "responsibleaipolicy",
    "safety polic",
    "safety settings",
    "safety system",
    "usage polic",
    "敏感内容",
)
"""How servers call a refusal, underscores taken for blanks: OpenAI, Azure, Anthropic, Gemini, DeepSeek and others."""


class End(Enum):
    """How an answer ended."""

    WHOLE = "whole"
    LENGTH = "length"
    REFUSAL = "refusal"
    TOOL = "tool"
    BROKEN = "broken"
    UNKNOWN = "unknown"


_ENDS = {
    End.WHOLE: {"", "complete", "completed", "end_turn", "eos", "eos_token", "finish", "stop", "stop_sequence"},
    End.LENGTH: {"length", "max_length", "max_tokens", "model_length"},
    End.REFUSAL: {
        *("blocked", "blocklist", "content_filter", "content_filtered", "content_policy", "error_toxic"),
        *("guardrail_intervened", "image_safety", "prohibited_content", "recitation", "refusal", "safety"),
        *("sensitive", "spii"),
    },
    End.TOOL: {"function_call", "malformed_function_call", "tool_calls", "tool_use", "unexpected_tool_call"},
    End.BROKEN: {"abort", "aborted", "cancelled", "error", "insufficient_system_resource", "network_error", "timeout"},
}
"""Finish reasons of OpenAI, vLLM, TGI, Mistral, Anthropic, Gemini, Cohere, DeepSeek, GLM, in lower case."""


def end_of(reason: object) -> End:
    """Return how an answer ended by its finish reason, in any case; a prefix such as `FinishReason.` does not count.

    >>> end_of("FinishReason.PROHIBITED_CONTENT"), end_of("content_filter: SAFETY"), end_of(None)
    (<End.REFUSAL: 'refusal'>, <End.REFUSAL: 'refusal'>, <End.WHOLE: 'whole'>)
    """
    name = "" if reason is None else str(reason).lower().rpartition(".")[2].partition(":")[0].strip()
    return next((end for end, names in _ENDS.items() if name in names), End.UNKNOWN)


def is_refusal(reason: str) -> bool:
    """Tell whether a server's reason for an error is what the text is about, and not the request."""
    plain = reason.lower().replace("_", " ")
    return any(words in plain for words in _REFUSALS)


def refusal(choice: object) -> str | None:
    """Return why a choice of a completion is a refusal, in one line; None where it is none."""
    match choice:
        case {"message": {"refusal": said}} if said:
            return f"the model refused: {one_line(str(said))}"
        case {"finish_reason": reason} if end_of(reason) is End.REFUSAL:
            return f"the server's content filter stopped the answer (finish_reason {one_line(str(reason))})"
        case {"stop_reason": str(reason)} if end_of(reason) is End.REFUSAL:
            return f"the model refused (stop_reason {one_line(reason)})"
    return None


def blocked(body: object) -> str | None:
    """Return why a server answered without any choice though nothing failed; None where it does not say."""
    match body:
        case {"promptFeedback": {"blockReason": reason}} | {"prompt_feedback": {"block_reason": reason}}:
            return f"the server's content filter refused the document ({one_line(str(reason))})"
    return None
