"""What it means for a document that a server rejected its request: too long, refused for what it says, or failed."""

from sumbench.errors import RefusalError
from sumbench.errors import SummarizerError
from sumbench.generation.endpoint.errors import RejectionError
from sumbench.generation.endpoint.refusals import is_refusal

_TOO_LONG = (
    "context_length_exceeded",
    "context length",
    "context size",
    "context window",
    "exceeds the maximum number of tokens",
    "inputs` tokens",
    "maximum model length",
    "prompt is too long",
    "too many tokens",
)
"""Phrases in the errors of OpenAI, vLLM, llama.cpp, TGI, Gemini and others about a prompt that is too long."""


def document_failure(rejection: RejectionError) -> SummarizerError:
    """Return the error to raise for a document whose request was rejected for good."""
    text = str(rejection)
    if is_too_long(rejection):
        advice = "give max_input_tokens= and long= (truncate, head-tail, chunk)"
        return SummarizerError(f"the document is longer than the model's context, {advice}: {text}")
    return RefusalError(text) if is_refusal(rejection.reason) else SummarizerError(text)


def is_about_the_document(rejection: RejectionError) -> bool:
    """Tell whether a request was rejected for its document, and not for a parameter."""
    return is_too_long(rejection) or is_refusal(rejection.reason)


def is_too_long(rejection: RejectionError) -> bool:
    """Tell whether a request was rejected because its prompt is longer than the model's context."""
    return rejection.status == 413 or any(words in rejection.reason.lower() for words in _TOO_LONG)  # noqa: PLR2004
