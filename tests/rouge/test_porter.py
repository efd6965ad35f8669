import re

from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer

from sumbench.rouge.porter import porter
from tests.rouge.material import HARD_CASES
from tests.rouge.material import corpus_pairs

_PARTS = (
    *("ational", "tional", "enci", "anci", "izer", "bli", "alli", "entli", "eli", "ousli", "ization", "ation", "ator"),
    *("alism", "iveness", "fulness", "ousness", "aliti", "iviti", "biliti", "fulli", "logi", "icate", "ative", "alize"),
    *("iciti", "ical", "ful", "ness", "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"),
    *("ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize", "s", "ed", "ing", "ied", "ies", "eed", "y", "e", "ll"),
    *("at", "bl", "iz", "sses", "ss", "tt", "yy", "a", "b", "o", "t", "w", "x", "1", "é"),
)


def test_stems_the_corpus_as_nltk() -> None:
    """Every word of the corpus and of the hard cases has the stem that NLTK gives it."""
    nltk = PorterStemmer()
    texts = [text for pair in corpus_pairs() for text in pair] + HARD_CASES
    words = {word for text in texts for word in re.findall("[a-z0-9]+", text.lower())}
    assert {word: porter(word) for word in words} == {word: nltk.stem(word) for word in words}


@given(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=4).map("".join))
def test_stems_made_up_words_as_nltk(word: str) -> None:
    """Words put together from the rules' own suffixes have the stem that NLTK gives them."""
    assert porter(word) == PorterStemmer().stem(word)


def test_keeps_irregular_forms() -> None:
    """The irregular forms of NLTK's table have their stems."""
    words = ["sky", "skies", "dying", "lying", "tying", "news", "inning", "innings", "outing", "outings"]
    words += ["canning", "cannings", "howe", "proceed", "exceed", "succeed"]
    nltk = PorterStemmer()
    assert [porter(word) for word in words] == [nltk.stem(word) for word in words]
