import pytest

from sumbench.rouge import RougeError
from sumbench.rouge import Signature
from sumbench.rouge import language_tokenizer
from tests.rouge.material import Characters

LONG = "rouge1|f1|stem:porter-nltk|refs:jackknife|sent:newline|tok:ascii|agg:mean|v:1.0.0"
SHORT = "R1|f1|s:porter-nltk|r:jackknife|n:newline|t:ascii|a:mean|v:1.0.0"


def test_both_forms_are_written_and_read() -> None:
    """A signature has a long and a short form, and either is read back as the same signature."""
    signature = Signature("rouge1")
    assert (str(signature), signature.short()) == (LONG, SHORT)
    assert Signature.parse(LONG) == Signature.parse(SHORT) == signature


def test_options_are_kept() -> None:
    """Settings beyond the common ones stand before the version and are read back."""
    signature = Signature("rougeLsum", options=(("limit", "100-words"), ("alpha", "0.5")))
    assert str(signature).endswith("|agg:mean|limit:100-words|alpha:0.5|v:1.0.0")
    assert Signature.parse(str(signature)) == Signature.parse(signature.short()) == signature


def test_differences_are_named() -> None:
    """Signatures that differ say in which settings; equal ones do not differ."""
    signature = Signature("rouge1")
    assert signature.differences(Signature("rouge1")) == []
    other = Signature("rouge1", refs="max", options=(("limit", "75-bytes"),))
    assert signature.differences(other) == ["refs: jackknife or max", "limit: none or 75-bytes"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", "lacks"), ("rouge1|f1", "lacks stem"), (LONG + "|tok:ascii", "repeats"), (LONG + "|", "empty")],
)
def test_other_text_is_refused(text: str, fault: str) -> None:
    """Text that is no signature is refused with what is wrong with it."""
    with pytest.raises(RougeError, match=fault):
        Signature.parse(text)


def test_unreadable_settings_are_refused() -> None:
    """Settings with the signature's own punctuation, or an option named like a setting, are refused."""
    with pytest.raises(RougeError, match="tok"):
        Signature("rouge1", tok="a|b")
    with pytest.raises(RougeError, match="option 'refs'"):
        Signature("rouge1", options=(("refs", "max"),))


def test_a_tokenizer_s_settings_are_named() -> None:
    """A tokenizer of the package is named with its stemmer, one of one's own is called custom."""
    turkish = Signature.of("rouge2", language_tokenizer("tr"), refs="max")
    assert (
        str(turkish)
        == "rouge2|f1|stem:snowball-turkish|refs:max|sent:newline|tok:unicode-tr-apostrophe|agg:mean|v:1.0.0"
    )
    blind = Signature.of("rougeL", language_tokenizer("tr"), split_summaries=True)
    assert (blind.sent, turkish.sent) == ("none", "newline")
    own = Signature.of("rougeLsum", Characters(), split_summaries=True)
    assert str(own) == "rougeLsum|f1|stem:custom|refs:jackknife|sent:punkt|tok:custom|agg:mean|v:1.0.0"
