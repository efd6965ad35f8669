import pytest

from sumbench.rouge.perl.lcs import Lcs
from sumbench.rouge.perl.text import Text


def text(sentences: str) -> Text:
    """Return a text whose sentences are parted by slashes."""
    split = [sentence.split() for sentence in sentences.split("/")]
    return Text([token for sentence in split for token in sentence], split)


@pytest.mark.parametrize(
    ("system", "reference", "hits"),
    [
        ("the gunman police killed", "police killed the gunman", 2),
        ("w1 w2 w6 w7 w8 / w1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", 4),
        ("a", "a / a", 1),
        ("a / a", "a", 1),
        ("a b / b a", "a b", 2),
        ("", "a", 0),
        ("a", "", 0),
    ],
)
def test_hits(system: str, reference: str, hits: int) -> None:
    """Sentences are aligned each with each, their matches united, and no token is hit more often than it occurs."""
    lcs = Lcs()
    assert lcs.count(lcs.profile(text(system)), lcs.profile(text(reference))).hits == hits


def test_bases() -> None:
    """Recall is measured by the reference's sentences, precision by the system's tokens."""
    lcs = Lcs()
    system = lcs.profile(Text(["a"], [["a", "b"]]))
    reference = lcs.profile(Text(["a"], [["a", "b"], ["c"]]))
    assert lcs.count(system, reference) == (3, 1, 1, 1 / 3)
