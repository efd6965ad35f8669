import pytest

from bench.errors import SummarizerError
from bench.generation import prompts
from bench.generation.chat import Chat
from tests.generation import tiny


def chat(*, context: int = 512, template: str | None = tiny.TEMPLATE) -> Chat:
    """Return a chat with a small tokenizer."""
    return Chat(tiny.tokenizer(template=template), prompts.read("summarize"), 3, context, max_new_tokens=40)


def test_a_document_that_fits_is_seen_whole() -> None:
    """Nothing is cut where there is room, and all tokens count as seen."""
    fit = chat().fit(tiny.TEXT, 10_000)
    assert fit.text == tiny.TEXT
    assert fit.seen_tokens == fit.input_tokens > 90


def test_a_long_document_is_cut_to_the_context_and_says_so() -> None:
    """Prompt, what is seen of the document and the tokens still to write fit into the context, and fill it."""
    asked = chat(context=300)
    text = tiny.TEXT * 20
    fit = asked.fit(text, asked.room("tiny"))
    assert text.startswith(fit.text)
    assert fit.input_tokens == len(asked.tokenizer(text, add_special_tokens=False)["input_ids"])
    assert len(asked.ids(fit.text)) + 40 <= 300
    assert len(asked.ids(fit.text)) + 40 >= 295
    assert 0 < fit.seen_tokens < fit.input_tokens
    assert abs(fit.seen_tokens - len(asked.tokenizer(fit.text)["input_ids"])) <= 1


def test_an_input_limit_is_kept() -> None:
    """A limit below the context's room decides."""
    assert chat().fit(tiny.TEXT, 10).seen_tokens == 10


def test_a_context_without_room_is_refused() -> None:
    """A context that the prompt and the summary fill already is an error with the numbers."""
    with pytest.raises(SummarizerError, match=r"^tiny: its context of 64 tokens has no room .*max_new_tokens=40"):
        chat(context=64).room("tiny")


def test_a_chat_template_gets_both_turns() -> None:
    """With a chat template, system and user turn are marked and the answer is opened."""
    asked = chat()
    text = str(asked.tokenizer.decode(asked.ids("The document.")))
    assert text.startswith("<|im_start|>system\nSummarize")
    assert text.endswith("<|im_start|>user\nThe document.<|im_end|>\n<|im_start|>assistant\n")


def test_a_model_without_a_chat_template_gets_plain_text() -> None:
    """Without a chat template, the turns stand above each other and "Summary:" asks for the answer."""
    asked = chat(template=None)
    text = str(asked.tokenizer.decode(asked.ids("The document.")))
    assert "<|im_start|>" not in text
    assert text.endswith("\n\nThe document.\n\nSummary:")
