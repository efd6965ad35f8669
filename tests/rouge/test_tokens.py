import pytest
from hypothesis import given
from rouge_score import tokenize as original
from uniseg.wordbreak import words as segments

from sumbench.rouge import RougeError
from sumbench.rouge import WordTokenizer
from sumbench.rouge import language_tokenizer
from sumbench.rouge.stems import StemCache
from tests.rouge.material import odd_texts


@given(odd_texts)
def test_ascii_words_are_the_original_s(text: str) -> None:
    """The ascii tokenizer finds rouge_score's tokens in any text."""
    assert WordTokenizer("ascii").tokenize(text) == original.tokenize(text, None)


@pytest.mark.parametrize(
    "text",
    ["Can't stop: 3.14, or 1,000?", "नेपालको राजधानी काठमाडौं हो।", "我们在北京。", "ひらがなとカタカナ", "한국어 문장"],
)
def test_unicode_words_are_uax_29_s(text: str) -> None:
    """The unicode tokenizer cuts where another implementation of UAX #29 cuts."""
    expected = [word for word in segments(text.casefold()) if any(character.isalnum() for character in word)]
    assert WordTokenizer("unicode").tokenize(text) == expected


def test_chinese_is_compared_by_character() -> None:
    """Chinese has a token for each character, numbers stay whole, and punctuation goes."""
    assert language_tokenizer("zh-CN").tokenize("我们2026年，在北京。") == ["我", "们", "2026", "年", "在", "北", "京"]


def test_nepali_marks_stay_with_their_letters() -> None:
    """Vowel signs do not cut Nepali words, and the Snowball stemmer takes the case ending off."""
    assert language_tokenizer("ne", stem=False).tokenize("नेपालको राजधानी काठमाडौं।") == ["नेपालको", "राजधानी", "काठमाडौं"]
    assert language_tokenizer("ne").tokenize("नेपालको") == ["नेपाल"]


def test_arabic_is_blind_to_marks_of_direction() -> None:
    """Marks that only steer the direction of writing do not make words differ."""
    tokenizer = language_tokenizer("ar", stem=False)
    assert tokenizer.tokenize("\u202bالكتاب،\u200f والمدرسة\u202c") == ["الكتاب", "والمدرسة"]


def test_turkish_i_keeps_its_dot() -> None:
    """In Turkish İ is the capital of i and I that of ı; elsewhere a dotted capital is an i."""
    turkish = language_tokenizer("tr", stem=False)
    assert turkish.tokenize("İSTANBUL ISPARTA I\u0307ZM\u0130R") == ["istanbul", "ısparta", "izmir"]
    assert language_tokenizer("de", stem=False).tokenize("İstanbul Isar") == ["istanbul", "isar"]


def test_composed_and_decomposed_letters_are_one() -> None:
    """A letter and its combining mark are the same token as the letter that has both."""
    tokenizer = WordTokenizer("unicode")
    assert tokenizer.tokenize("cafe\u0301 nai\u0308ve") == tokenizer.tokenize("CAFÉ naïve") == ["café", "naïve"]


@pytest.mark.parametrize("names", [("words", "none"), ("ascii", "porter"), ("ascii", "snowball-klingon")])
def test_unknown_names_are_refused(names: tuple[str, str]) -> None:
    """A tokenizer or stemmer that does not exist is refused."""
    with pytest.raises(RougeError, match="unknown"):
        WordTokenizer(*names)


def test_the_cache_of_stems_is_bounded() -> None:
    """A full cache of stems starts afresh and goes on stemming."""
    cache = StemCache(str.upper, size=2)
    assert [cache[token] for token in "abcab"] == list("ABCAB")
    assert len(cache) <= 2
