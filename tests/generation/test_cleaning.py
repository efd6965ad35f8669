import pytest

from sumbench.generation.cleaning import clean
from sumbench.generation.cleaning import cut_at_stop


@pytest.mark.parametrize(
    "preamble",
    [
        "Here is a summary:\n\n",
        "Here's a concise summary of the text in three sentences: ",
        "Sure! Here is the summary you asked for:\n",
        "Of course. Below is a short summary:\n",
        "Summary: ",
        "**Summary:** ",
        "The following is a summary of the article: ",
    ],
)
def test_an_announcement_is_taken_away(preamble: str) -> None:
    """What chat models say before a summary goes, and the summary stays as it is."""
    assert clean(f"{preamble}The council voted: nine to four.") == "The council voted: nine to four."


@pytest.mark.parametrize(
    "text",
    [
        "The council voted: nine to four.",
        "Here is where the bridge stood. It cost little: two million.",
        "Summary judgment was given on Monday: the council lost.",
        "",
    ],
)
def test_a_summary_without_one_is_not_touched(text: str) -> None:
    """Colons and such words within a summary are no announcement."""
    assert clean(text) == text


def test_a_text_ends_at_a_stop_string() -> None:
    """The first one counts; without one, all is kept."""
    assert cut_at_stop("One. ### Two. ### Three.", "###") == "One. "
    assert cut_at_stop("One. Two.", "###") == cut_at_stop("One. Two.", "") == "One. Two."
