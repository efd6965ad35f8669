"""Thoughts are told from the summary behind, around and between them, and from what a text says about them."""

import time

import pytest

from sumbench.marks.thoughts import opened_thought
from sumbench.marks.thoughts import split_thoughts

SUMMARY = "The mill closed. Workers left."
THOUGHT = "I read it first. Then I write."
FINAL = "<|start|>assistant<|channel|>final<|message|>"

ANSWERS = [
    f"<think>{THOUGHT}</think>{SUMMARY}",
    f"<think>\n{THOUGHT}\n</think>\n\n{SUMMARY}",
    f"<THINK>{THOUGHT}</Think>{SUMMARY}",
    f"< think >{THOUGHT}</ think >{SUMMARY}",
    f'<think type="deep">{THOUGHT}</think>{SUMMARY}',
    f"<thinking>{THOUGHT}</thinking>{SUMMARY}",
    f"<thought>{THOUGHT}</thought>\n{SUMMARY}",
    f"<thoughts>{THOUGHT}</thoughts>{SUMMARY}",
    f"<reasoning>{THOUGHT}</reasoning>{SUMMARY}",
    f"<reflection>{THOUGHT}</reflection>{SUMMARY}",
    f"<scratchpad>{THOUGHT}</scratchpad>{SUMMARY}",
    f"<analysis>{THOUGHT}</analysis>{SUMMARY}",
    f"<seed:think>{THOUGHT}</seed:think>{SUMMARY}",
    f"[THINK]{THOUGHT}[/THINK]{SUMMARY}",
    f"◁think▷{THOUGHT}◁/think▷{SUMMARY}",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|>{SUMMARY}",
    f"<|START_THINKING|>{THOUGHT}<|END_THINKING|>{SUMMARY}",
    f"<unused94>thought\n{THOUGHT}<unused95>{SUMMARY}",
    f"<|channel>thought\n{THOUGHT}<channel|>{SUMMARY}",
    f'<details type="reasoning" done="true"><summary>Thought for 3 s</summary>{THOUGHT}</details>{SUMMARY}',
    f"Here is my thought process: {THOUGHT} Here is my response: {SUMMARY}",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|>{FINAL}{SUMMARY}<|return|>",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>commentary<|message|>x{FINAL}{SUMMARY}",
    f"{THOUGHT}<|end|>{FINAL}{SUMMARY}",
    f"analysisThe user wants a summary.assistantfinal{SUMMARY}",
    f"{THOUGHT} </think> {SUMMARY}",
    f"{THOUGHT}</think>{SUMMARY}",
    f"Now I write it down</think>\n\n{SUMMARY}",
    f"</think>{SUMMARY}",
    f"<think></think>{SUMMARY}",
    f"<think/>{SUMMARY}",
    f"<think>{THOUGHT}</think><think>{THOUGHT}</think>{SUMMARY}",
    f"<think>{THOUGHT} I close with </think> here.\nDone.</think>{SUMMARY}",
    f"<think>{THOUGHT} I write <think> tags.</think>{SUMMARY}",
    f"<thinking>{THOUGHT}</think>{SUMMARY}",
    f"<think>{THOUGHT}<analysis>x</analysis> More.</think>{SUMMARY}",
    f"<|im_start|>assistant\n<think>{THOUGHT}</think>{SUMMARY}",
    f"<s> <think>{THOUGHT}</think>{SUMMARY}",
    f"The mill closed.\n<think>{THOUGHT}</think>\nWorkers left.",
    f"The mill closed. <think>{THOUGHT}</think> Workers left.",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_thoughts_are_no_summary(answer: str) -> None:
    """Whatever the tags, one block or several, opened by the model or by its template: the summary is left."""
    found = split_thoughts(answer)
    assert " ".join(found.text.split()) == SUMMARY
    assert found.spans
    assert not found.unfinished


@pytest.mark.parametrize(
    "text",
    [
        "Models write <think> before they answer.",
        "Models write <think>…</think> before they answer.",
        "The tags are <think> and </think>.",
        "<think> and </think> are the tags.",
        "<think> is a tag of reasoning models.",
        "The tags are: <think> and </think>.",
        "They end with </think> and answer then.",
        "The token is </think>, it says.",
        "`<think>` opens thoughts. `</think>` ends them.",
        'They call it "</think>" there.',
        "gpt-oss writes <|channel|>analysis<|message|> first.",
        "The thinking man thought. An analysis of the reasoning was final.",
        "He wrote <thinker> and [Thinking] at the margin.",
        "",
    ],
)
def test_what_a_text_says_about_tags_is_no_thought(text: str) -> None:
    """A summary of an article about such tags keeps its words."""
    assert split_thoughts(text) == (text, (), False)


@pytest.mark.parametrize(
    "answer",
    [
        f"<think>{THOUGHT}",
        "<think>",
        f"[THINK]{THOUGHT}",
        f"◁think▷{THOUGHT}",
        f"<|channel|>analysis<|message|>{THOUGHT}",
        f"<think>{THOUGHT}</think><think>more",
        f"<think>{THOUGHT} <analysis>x</analysis> more",
        f"Here is my thought process: {THOUGHT}",
    ],
)
def test_a_thought_that_never_ends_is_found(answer: str) -> None:
    """It has used up the tokens, and nothing of it is summary."""
    found = split_thoughts(answer)
    assert found.unfinished
    assert not found.text.strip()


@pytest.mark.parametrize(
    ("prompt", "tag"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>"),
        ("<|Assistant|><think>", "<think>"),
        ("[THINK]", "[THINK]"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("<|im_start|>assistant\n", ""),
        ("Explain <think> to me.<|im_start|>assistant\n", ""),
    ],
)
def test_a_template_that_opens_a_thought_is_known(prompt: str, tag: str) -> None:
    """The prompt's end shows whether the model will write the opening tag itself."""
    assert opened_thought(prompt) == tag


@pytest.mark.parametrize(
    "part", ["<think>", "</think>", "a </think> b ", "a <think> ", "<", "<think ", "<think>x</think>", "[THINK]", "<s>"]
)
def test_time_is_linear_in_the_text(part: str) -> None:
    """A text of 200,000 characters made to be slow takes well below a second."""
    start = time.process_time()
    split_thoughts("x " + part * (200_000 // len(part)))
    assert time.process_time() - start < 1
