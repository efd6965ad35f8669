"""Thoughts of causal models, through the code that runs real ones."""

from dataclasses import replace
from pathlib import Path

import pytest
from transformers import GenerationConfig

from sumbench.generation.seq2seq import Seq2SeqTask
from sumbench.length import Length
from sumbench.records import Document
from sumbench.records import Summary
from sumbench.systems import Context
from sumbench.systems.causal import Causal
from sumbench.weights import Store
from tests.generation import scripted

# A word stands once in what a scripted model writes.
THOUGHT = ["I", "read", "it.", "Then", "he", "writes.", "Three", "parts", "suffice.", "So", "be", "that."]
SUMMARY = ["The", "mill", "closed.", "Workers", "left", "town.", "Rain", "fell", "hard.", "Much", "more", "came."]
DOCUMENT = Document("a", "A mill stood by the river.", ("The mill closed.",))


def summarize(folder: Path, **options: object) -> Summary:
    system = Causal(name="tiny", model=str(folder), **options)  # type: ignore[arg-type]
    (summary,) = system.load(Context(0, Store(folder.with_name("store"), offline=True)))([DOCUMENT])
    return summary


@pytest.mark.parametrize(
    ("tags", "special"),
    [
        (("<think>", "</think>"), ()),
        (("<think>", "</think>"), ("<think>", "</think>")),
        (("[THINK]", "[/THINK]"), ("[THINK]", "[/THINK]")),
    ],
)
@pytest.mark.parametrize("backend", ["torch", "ctranslate2"])
def test_the_budget_begins_behind_the_thoughts(
    tmp_path: Path, tags: tuple[str, str], special: tuple[str, ...], backend: str
) -> None:
    """Tags may be special tokens, which decoding would drop: the sentences between them are no summary, nor counted."""
    words = [tags[0], *THOUGHT, tags[1], *SUMMARY]
    folder = scripted.causal(tmp_path / "model", words, special=special)
    summary = summarize(folder, sentences=2, backend=backend)
    assert summary.error is None
    assert summary.text == "The mill closed.\nWorkers left town."
    assert summary.thought_tokens == len(THOUGHT) + 2
    # Two words of a further sentence show that the second one has ended.
    assert summary.output_tokens == len(THOUGHT) + 2 + 8
    assert summary.raw == " ".join(words[: summary.output_tokens])


def test_a_template_may_open_the_thought(tmp_path: Path) -> None:
    """The model then writes only the closing tag, and is not stopped before it."""
    folder = scripted.causal(tmp_path / "model", [*THOUGHT, "</think>", *SUMMARY], opening="<think>")
    summary = summarize(folder, sentences=1)
    assert (summary.text, summary.thought_tokens) == ("The mill closed.", len(THOUGHT) + 1)
    assert str(summary.raw).startswith("<think>")


@pytest.mark.parametrize("opening", ["", "<think>"])
def test_a_thought_without_an_end_fails_its_document(tmp_path: Path, opening: str) -> None:
    """The reason names the option, what was thought is kept, and its tokens are counted."""
    words = THOUGHT if opening else ["<think>", *THOUGHT]
    folder = scripted.causal(tmp_path / "model", [*words, "</think>", *SUMMARY], opening=opening)
    summary = summarize(folder, max_new_tokens=8)
    assert summary.text == ""
    assert str(summary.error).endswith("still thinking when its tokens were used up: give more max_new_tokens=")
    assert summary.failure == "empty"
    assert (summary.output_tokens, summary.thought_tokens) == (8, 8)
    assert "read" in str(summary.raw)


def test_channels_are_told_apart(tmp_path: Path) -> None:
    """Of an answer in channels, whose marks are special tokens, only the final one is summary."""
    marks = ["<|channel|>", "<|message|>", "<|end|>", "<|start|>"]
    first = ["<|channel|>", "analysis", "<|message|>", *THOUGHT]
    # A word has one place in the chain: the marks of the second channel are those of the first in one word each.
    second = ["<|end|>", "<|start|>", "assistant<|channel|>final<|message|>", *SUMMARY]
    folder = scripted.causal(tmp_path / "model", [*first, *second], special=marks)
    summary = summarize(folder, sentences=1)
    assert (summary.text, summary.error) == ("The mill closed.", None)
    assert summary.thought_tokens == len(first) + 3


def test_announcements_go_unless_they_are_to_stay(tmp_path: Path) -> None:
    """Cleaning is the default; without it the announcement is a sentence of the summary."""
    folder = scripted.causal(tmp_path / "model", ["**Summary:**", *SUMMARY])
    clean = summarize(folder, sentences=1)
    assert (clean.text, clean.thought_tokens) == ("The mill closed.", 0)
    assert str(clean.raw).startswith("**Summary:** The mill")
    kept = summarize(folder, sentences=1, clean=False)
    assert kept.text.startswith("**Summary:**")
    assert kept.raw is None


def test_thoughts_of_sequence_to_sequence_models_are_no_summary() -> None:
    """Whatever the model, thoughts go and are counted; what it wraps around stays unless it was asked in words."""
    words = ["<think>", *THOUGHT, "</think>", "**Summary:**", *SUMMARY]
    made = scripted.tokenizer(words, special=["<think>", "</think>"])
    tokens = [made.get_vocab()[word] for word in [*words, scripted.END]]
    settings = GenerationConfig(eos_token_id=made.eos_token_id, max_new_tokens=99)  # type: ignore[no-untyped-call]
    task = Seq2SeqTask(made, settings, Length(1), lambda ids, _language: list(ids), clean=True)
    answer = task.answer(tokens, "en", 1.0)
    assert (answer.text, answer.thought_tokens, answer.tokens) == ("The mill closed.", len(THOUGHT) + 2, len(tokens))
    assert replace(task, clean=False).answer(tokens, "en", 1.0).text == "**Summary:** The mill closed."
    unfinished = task.answer(tokens[:8], "en", 1.0)
    assert (unfinished.text, unfinished.thought_tokens) == ("", 8)
    assert unfinished.nothing.endswith("give more max_new_tokens=")
