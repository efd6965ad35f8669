import pytest

from bench.generation.cleaning import clean

SUMMARY = "The council voted for the bridge.\nWork begins in May: it will take a year."


@pytest.mark.parametrize(
    "before",
    [
        "Here is a summary:\n\n",
        "Here's a concise summary of the article in three sentences: ",
        "Here’s the summary:\n",
        "Sure! Here is a brief overview of the text:\n\n",
        "Certainly. The following is a summary of the article:\n",
        "Of course, I can help with that. Below is a summary in two sentences:\n",
        "**Here is a summary:**\n\n",
        "Summary: ",
        "**Summary:** ",
        "**Summary**\n\n",
        "## Summary\n\n",
        "TL;DR: ",
        "<think>\nThe user wants a summary.\n</think>\n\n",
        "<think></think>Here are three sentences that summarize it:\n",
    ],
)
def test_what_announces_a_summary_goes(before: str) -> None:
    """A preamble, a heading or a block of thoughts is taken away, the summary behind it is not touched."""
    assert clean(before + SUMMARY).strip() == SUMMARY


@pytest.mark.parametrize(
    "text",
    [
        SUMMARY,
        "Here is where the bridge will stand. Work begins in May.",
        "This is the second summary judgment in a week. The court said: no.",
        "Summary executions were reported. The envoy called for calm.",
        "Sure of its votes, the council met: nine were in favour.",
        "The minister gave a summary: it was late.",
        "",
    ],
)
def test_a_text_without_them_stays_as_it_is(text: str) -> None:
    """What merely sounds like a preamble is part of the summary."""
    assert clean(text) == text


def test_thoughts_without_an_end_are_no_summary() -> None:
    """A model that was cut off while it thought has written nothing."""
    assert clean("<think>The user wants") == ""
