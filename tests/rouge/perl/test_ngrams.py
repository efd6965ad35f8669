import pytest

from sumbench.rouge.perl.counts import PerlCounts
from sumbench.rouge.perl.ngrams import Ngrams
from sumbench.rouge.perl.ngrams import SkipBigrams
from sumbench.rouge.perl.text import Text


def text(tokens: str) -> Text:
    """Return a text of one sentence."""
    return Text(tokens.split(), [tokens.split()])


@pytest.mark.parametrize(
    ("length", "system", "reference", "expected"),
    [
        (1, "a a b", "a b b c", PerlCounts(4, 3, 2, 0.5)),
        (2, "a b c", "a b b c", PerlCounts(3, 2, 2, 0.66667)),
        (3, "a b", "a b c", PerlCounts(1, 0, 0, 0)),
        (1, "", "", PerlCounts(0, 0, 0, 0)),
    ],
)
def test_ngrams(length: int, system: str, reference: str, expected: PerlCounts) -> None:
    """An n-gram is hit as often as it occurs in both texts, and short texts have none."""
    ngrams = Ngrams(length)
    assert ngrams.count(ngrams.profile(text(system)), ngrams.profile(text(reference))) == expected


def test_ngrams_cross_sentences() -> None:
    """An n-gram may begin in one sentence and end in the next."""
    bigrams = Ngrams(2)
    split = Text(["a", "b"], [["a"], ["b"]])
    assert bigrams.count(bigrams.profile(split), bigrams.profile(text("a b"))).hits == 1


@pytest.mark.parametrize(
    ("gap", "unigrams", "tokens", "total"),
    [
        (0, False, "a b c d", 3),
        (1, False, "a b c d", 5),
        (-1, False, "a b c d", 6),
        (-1, True, "a b c d", 9),
        (4, True, "a", 0),
        (4, True, "", 0),
    ],
)
def test_skip_bigram_totals(gap: int, tokens: str, total: int, *, unigrams: bool) -> None:
    """Pairs reach over the gap, and the last token is never counted as a unigram."""
    assert SkipBigrams(gap, unigrams=unigrams).profile(text(tokens)).total == total


def test_skip_bigram_hits() -> None:
    """Pairs are hit in their order, not reversed."""
    pairs = SkipBigrams(-1, unigrams=False)
    system, reference = pairs.profile(text("police kill the gunman")), pairs.profile(text("police killed the gunman"))
    assert pairs.count(system, reference) == PerlCounts(6, 6, 3, 0.5)
    assert pairs.count(pairs.profile(text("b a")), pairs.profile(text("a b"))).hits == 0
