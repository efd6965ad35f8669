from pathlib import Path

import pytest

from sumbench.rouge import language_tokenizer

PAGE = Path(__file__).with_name("xlsum.md")
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| language")
]


@pytest.mark.parametrize(("language", "text", "ours"), [row[:3] for row in ROWS])
def test_the_page_shows_our_words_as_they_are(language: str, text: str, ours: str) -> None:
    """The column of our words is what the tokenizers make of the text today, with tok words behind the slash."""
    default, _, words = ours.partition(" / ")
    assert language_tokenizer(language).tokenize(text) == default.split(" · ")
    assert language_tokenizer(language, tok="words").tokenize(text) == (words or default).split(" · ")
