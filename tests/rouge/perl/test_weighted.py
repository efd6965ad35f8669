import pytest

from sumbench.rouge.errors import RougeError
from sumbench.rouge.perl import PerlRouge


def test_identical_texts() -> None:
    """The base of recall is weighted twice, so a text does not reach 1 against itself."""
    assert PerlRouge("-w 1.2").score("a b c d e f g h i j", ["a b c d e f g h i j"])["ROUGE-W-1.2"][:2] == (0.63096, 1)


def test_runs_count_more() -> None:
    """Of two texts with as many hits, the one whose hits stand together in the reference scores higher."""
    rouge = PerlRouge("-w 1.2")
    together = rouge.score("a b c d", ["a b c d e f g h"])["ROUGE-W-1.2"]
    apart = rouge.score("a c e g", ["a b c d e f g h"])["ROUGE-W-1.2"]
    assert together.f_measure > apart.f_measure > 0


def test_weight_one() -> None:
    """With weight 1 it is ROUGE-L."""
    scores = PerlRouge("-w 1").score("a b d c\na e", ["a c b d\ne f"])
    assert scores["ROUGE-W-1"] == scores["ROUGE-L"]


def test_unfinished_run_is_lost() -> None:
    """A run whose last token goes over the budget is not counted."""
    counts = PerlRouge("-w 2").counts("a b c", ["b\na b"])["ROUGE-W-2"]
    assert counts[0].hits == 1


def test_reference_without_tokens() -> None:
    """A reference without tokens, which stops the original, scores 0."""
    assert PerlRouge("-w 1.2").score("a", [""])["ROUGE-W-1.2"] == (0, 0, 0)
    assert PerlRouge("-w 1.2 -f B").score("a", ["", "a"])["ROUGE-W-1.2"] == (1, 1, 1)


def test_excessive_weight() -> None:
    """A weight that goes beyond floating point is refused."""
    with pytest.raises(RougeError, match="ROUGE-W-999: the weight is too large"):
        PerlRouge("-w 999").score("a b c", ["a b c"])
