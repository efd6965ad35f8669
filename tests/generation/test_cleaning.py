import pytest

from sumbench.generation.cleaning import count_thought_tokens
from sumbench.generation.cleaning import cut_at_stop
from sumbench.generation.cleaning import read_written
from sumbench.marks.thoughts import split_thoughts


def test_thoughts_are_taken_out_always_and_wrappers_where_that_is_asked_for() -> None:
    """The raw text is kept where something was taken off it."""
    raw = "<think>Hm, well now.</think>Summary: It rained."
    assert read_written(raw, clean=True).text == "It rained."
    assert read_written(raw, clean=False).text == "Summary: It rained."
    assert read_written(raw, clean=False).kept == raw
    assert read_written("It rained.", clean=True).kept is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("<think>Hm, well", "the model was still thinking when its tokens were used up: give more max_new_tokens="),
        ("<think>Hm.</think>", "the model wrote its thoughts and no summary: give more max_new_tokens="),
        ("Here is a summary:\n\n", "the model wrote nothing but a preamble"),
        (" \n", "the model wrote nothing"),
        ("", "the model wrote nothing"),
        ("It rained.", ""),
    ],
)
def test_why_there_is_no_summary_is_said(raw: str, reason: str) -> None:
    """Thoughts without an end, thoughts alone, a preamble alone, nothing."""
    assert read_written(raw, clean=True).nothing == reason


def test_a_text_ends_at_a_stop_string() -> None:
    """The first one counts; without one, all is kept; one among the thoughts does not count."""
    assert cut_at_stop("One. ### Two. ### Three.", "###") == "One. "
    assert cut_at_stop("One. Two.", "###") == cut_at_stop("One. Two.", "") == "One. Two."
    written = read_written("<think>Not ###, I think.</think>One. ### Two.", clean=True, stop="###")
    assert (written.text, written.stopped) == ("One.", True)
    assert not read_written("<think>Not ###, I think.</think>One.", clean=True, stop="###").stopped


@pytest.mark.parametrize(
    ("text", "begun", "thoughts"),
    [
        ("<think> a b </think> It rained.", 0, 4),
        ("<think> a b </think> It rained.", len("<think>"), 3),
        ("It rained. <think> a b c </think> Yes.", 0, 5),
        ("<think> a b c", 0, 4),
        ("It rained.", 0, 0),
    ],
)
def test_tokens_of_thoughts_are_counted(text: str, begun: int, thoughts: int) -> None:
    """Each token counts as thought whose text lies in one; an opening tag that the prompt had is no token of it."""
    words = text[begun:].split()

    def decode(tokens: list[int]) -> str:
        return " ".join(words[token] for token in tokens)

    joined = text[:begun] + " ".join(words)
    assert count_thought_tokens(split_thoughts(joined), range(len(words)), decode, begun) == thoughts
