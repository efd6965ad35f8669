import re
import warnings

import pytest
import regex
from hypothesis import given
from rouge_score.rouge_scorer import RougeScorer as Original

from sumbench.rouge import CorpusScorer
from sumbench.rouge import LostLettersWarning
from sumbench.rouge import RougeScorer
from sumbench.rouge import drops_letters
from sumbench.rouge import language_tokenizer
from sumbench.rouge.perl import PerlRouge
from tests.rouge.material import odd_texts


@pytest.mark.parametrize(
    ("text", "drops"),
    [
        ("", False),
        ("The café opened on Zoë's birthday — at “noon”.", False),
        ("café", True),
        ("naïve résumés", True),
        ("nai\u0308ve re\u0301sume\u0301s", True),
        ("Ten letters and é.", False),
        ("我们在北京。", True),
        ("我们在 GPT", True),
        ("Совет", True),
        ("١٢٣", True),
        ("123 👩\u200d👧", False),
        ("— “2026” …", False),
    ],
)
def test_texts_that_lose_more_than_a_tenth_are_told(text: str, drops: object) -> None:
    """A letter with its mark counts as one; of a text without letters the numbers count."""
    assert drops_letters(text) is drops


@given(odd_texts)
def test_the_quick_look_is_right(text: str) -> None:
    """For any text the answer is that of counting letters one by one in its tokens."""
    units = regex.findall(r"\p{L}\p{M}*", text)
    lost = [unit for unit in units if not re.fullmatch("[A-Za-z]", unit)]
    if not units:
        return
    assert drops_letters(text) is (len(lost) > len(units) / 10)


@pytest.mark.parametrize("text", ["我们在北京。", "Совет голосовал"])
def test_rouge_score_s_words_warn_once(text: str) -> None:
    """The figures are rouge_score's, with a warning; where no letter is lost there is none."""
    scorer = RougeScorer(["rouge1"])
    with pytest.warns(LostLettersWarning, match="more than a tenth of its letters") as warned:
        found = scorer.score(text, text)
    assert found["rouge1"] == Original(["rouge1"]).score(text, text)["rouge1"]
    with pytest.warns(LostLettersWarning):
        CorpusScorer(["rouge1"]).score([[text]], {"s": [text]})
    with pytest.warns(LostLettersWarning) as warned_too:
        PerlRouge("-n 1").score(text, [text])
    assert {each.filename for each in (*warned, *warned_too)} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scorer.score(text, text)
        RougeScorer(["rouge1"]).score("The café is open.", "The café is shut.")
        RougeScorer(["rouge1"], tokenizer=language_tokenizer("ru")).score(text, text)
        RougeScorer(["rouge1"], warn=False).score(text, text)
