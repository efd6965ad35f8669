import pytest

from sumbench.errors import SummarizerError
from sumbench.generation import prompts
from sumbench.generation.chat import Chat
from sumbench.generation.limits import FittedText
from sumbench.generation.limits import keep_head
from sumbench.length import Length
from tests.generation import tiny


def chat(*, context: int = 512, template: str | None = tiny.TEMPLATE) -> Chat:
    """Return a chat with a small tokenizer."""
    asked = prompts.read_prompt("summarize")
    return Chat(tiny.tokenizer(template=template), asked, Length(3), context, max_new_tokens=40)


def fit(asked: Chat, text: str, limit: int) -> FittedText:
    """Return the beginning of a text that the chat has room for."""
    return keep_head(text, asked.spans(text), limit, asked.fits)


def test_a_document_that_fits_is_seen_whole() -> None:
    """Nothing is cut where there is room, and all tokens count as seen."""
    seen = fit(chat(), tiny.TEXT, 10_000)
    assert seen.text == tiny.TEXT
    assert seen.seen_tokens == seen.input_tokens > 90


def test_a_long_document_is_cut_to_the_context_and_says_so() -> None:
    """Prompt, what is seen of the document and the tokens still to write fit into the context, and fill it."""
    asked = chat(context=300)
    text = tiny.TEXT * 20
    seen = fit(asked, text, asked.room("tiny"))
    assert text.startswith(seen.text)
    assert seen.input_tokens == len(asked.tokenizer(text, add_special_tokens=False)["input_ids"])
    assert len(asked.ids(seen.text)) + 40 <= 300
    assert len(asked.ids(seen.text)) + 40 >= 295
    assert 0 < seen.seen_tokens < seen.input_tokens
    assert abs(seen.seen_tokens - len(asked.tokenizer(seen.text)["input_ids"])) <= 1


def test_an_input_limit_is_kept() -> None:
    """A limit below the context's room decides."""
    assert fit(chat(), tiny.TEXT, 10).seen_tokens == 10


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
    """Without a chat template, the model goes on from the prompt's completion."""
    asked = chat(template=None)
    text = str(asked.tokenizer.decode(asked.ids("The document.")))
    assert "<|im_start|>" not in text
    assert text.endswith("Text:\n\nThe document.\n\nSummary of the text in three sentences:")


def test_a_prompt_is_the_same_every_day() -> None:
    """Templates that print today's date, one way or another, are given a fixed one."""
    for today in ('{{ strftime_now("%d %B %Y") }}', "{{ date_string }}"):
        asked = chat(template=today + ": {{ messages[-1]['content'] }}")
        text = str(asked.tokenizer.decode(asked.ids("The document.")))
        assert text in {"26 July 2024: The document.", "26 Jul 2024: The document."}


def test_a_template_without_a_system_turn_gets_it_with_the_users() -> None:
    """A template that refuses system turns is not an error, and nothing of the prompt is lost."""
    refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('none') }}{% endif %}" + tiny.TEMPLATE
    asked = chat(template=refusing)
    text = str(asked.tokenizer.decode(asked.ids("The document.")))
    assert text.startswith("<|im_start|>user\nSummarize")
    assert "The document.<|im_end|>" in text
