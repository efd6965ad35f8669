import pytest

from sumbench.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Mr. Hale paid $3.5 million. Gone.", ["Mr. Hale paid $3.5 million.", "Gone."]),
        ("A heading\nFirst one. Second one.\n\n  Third.  ", ["A heading", "First one.", "Second one.", "Third."]),
        (" \n\t\n", []),
    ],
)
def test_line_breaks_and_the_segmenter_end_sentences(text: str, sentences: list[str]) -> None:
    """Lines are never joined; within a line abbreviations and decimals do not end a sentence."""
    assert split(text) == sentences
