import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from sumbench.rouge import RougeError
from sumbench.rouge import RougeScorer
from sumbench.rouge import WordTokenizer
from sumbench.rouge import dictionaries
from sumbench.rouge import language_tokenizer
from sumbench.rouge.segments import folded
from sumbench.rouge.tokens import _splitter
from tests.rouge.scripts import TEXTS

TOKENIZATIONS = [(language, tok) for language in TEXTS if language != "en" for tok in ("default", "words")]

_ODD = "'’.,:-_ \n\u200b\u200c\u200d\u0301١२๓５〇Ⅳ²ᄒ한ﬁﷺ🇩🇪👩"

mixed = st.lists(st.sampled_from([*"".join(TEXTS.values()), *_ODD])).map("".join)
"""Texts that mix all scripts, with joiners, digits, compatibility forms and flags."""


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("tok", ["default", "words"])
def test_equal_texts_score_one_in_every_language(language: str, tok: str) -> None:
    """A text against itself has all F1 of 1, whatever its script."""
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], tokenizer=language_tokenizer(language, tok=tok))
    scores = scorer.score(TEXTS[language], TEXTS[language])
    assert {score.fmeasure for score in scores.values()} == {1.0}


def letters(text: str) -> str:
    return "".join(regex.findall(r"[\p{L}\p{N}]", text))


@pytest.mark.parametrize(("language", "tok"), TOKENIZATIONS)
@settings(max_examples=20)
@given(mixed)
def test_no_letter_and_no_digit_is_lost(language: str, tok: str, text: str) -> None:
    """Put together, the tokens have just the letters and digits of the folded text, of any script in any language."""
    tokens = language_tokenizer(language, stem=False, tok=tok).tokenize(text)
    wanted = text.replace("İ", "i").replace("I", "ı") if language in {"tr", "az"} else text
    assert letters("".join(tokens)).replace("\u0e33", "\u0e32").replace("\u0eb3", "\u0eb2") == letters(folded(wanted))


@pytest.mark.parametrize(("language", "tok"), TOKENIZATIONS)
@settings(max_examples=20)
@given(mixed)
def test_no_token_begins_with_a_mark(language: str, tok: str, text: str) -> None:
    """A mark stays with its letter."""
    clean = regex.sub(r"(?<![\p{L}\p{M}])\p{M}+", "", unicodedata.normalize("NFKC", regex.sub(r"[\p{Cf}]", "", text)))
    tokens = language_tokenizer(language, stem=False, tok=tok).tokenize(clean)
    assert not [token for token in tokens if regex.match(r"\p{M}", token)]


@pytest.mark.parametrize("language", TEXTS)
def test_composed_and_decomposed_texts_are_one(language: str) -> None:
    """The canonical forms of Unicode have the same tokens, Hangul among them."""
    if language != "en":
        tokenizer = language_tokenizer(language)
        forms = [unicodedata.normalize(form, TEXTS[language]) for form in ("NFC", "NFD")]
        assert tokenizer.tokenize(forms[0]) == tokenizer.tokenize(forms[1])


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("th", "น้ำท่วม ABC 3.14 ๑๒", ["น้ำ", "ท่", "ว", "ม", "abc", "3.14", "๑๒"]),
        ("th", "น\u0e4d\u0e49า", ["น้ำ"]),
        ("lo", "ນ້ຳ ເມືອງ", ["ນ້ຳ", "ເ", "ມື", "ອ", "ງ"]),
        ("km", "ស្ត្រីខ្មែរ", ["ស្ត្រី", "ខ្មែ", "រ"]),
        ("my", "သင်္ဘော အား", ["သ", "င်္ဘော", "အား"]),
        ("jv-Java", "ꦲꦏ꧀ꦱꦫ", ["ꦲ", "ꦏ꧀ꦱ", "ꦫ"]),
        ("nod-Lana", "ᨲ᩠ᩅᩫᨾᩮᩬᩥᨦ", ["ᨲ᩠ᩅᩫ", "ᨾᩮᩬᩥ", "ᨦ"]),
        ("bo", "བོད་སྐད་ཡིག", ["བོད", "སྐད", "ཡིག"]),
        ("hi", "क्षि की", ["क्षि", "की"]),
        ("ta", "கூட்டம்", ["கூட்டம்"]),
        ("he", "שָׁלוֹם", ["שָׁלוֹם"]),
        ("ko", "\u1112\u1161\u11ab국", ["한국"]),
        ("ja", "ｶﾞｲﾄﾞＡＢＣ", ["ガイド", "abc"]),
        ("de", "STRASSE Straße", ["strasse", "strasse"]),
        ("el", "ΣΟΦΟΣ σοφός", ["σοφοσ", "σοφόσ"]),
        ("tr", "Ankara’nın Ankara'nın", ["ankara'nın", "ankara'nın"]),
    ],
)
def test_letters_stay_with_their_marks(language: str, text: str, tokens: list[str]) -> None:
    """Letters of scripts without blanks stand one by one with marks and what is stacked; others stand in words."""
    assert language_tokenizer(language, stem=False).tokenize(text) == tokens


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("zh", "北京大学ＡＢＣ的GPT-4o用了1,234元", "北京大学 abc 的 gpt 4o 用 了 1,234 元"),
        ("zh-Hant", "臺灣總統在臺北用iPhone15", "臺灣 總統 在 臺北 用 iphone15"),
        ("zh-TW", "行政區政府", "行政區 政府"),
        ("ja", "東京都に住むＡＢＣを5回コンピュータ", "東京 都 に 住む abc を 5 回 コンピュータ"),
        ("th", "ประเทศไทยเป็นน้ำiPhone15", "ประเทศไทย เป็น น้ำ iphone15"),
        ("lo", "ປະເທດລາວ", "ປະເທດ ລາວ"),
        ("km", "កម្ពុជាជាប្រទេស", "កម្ពុជា ជា ប្រទេស"),
        ("km", "ប្រ\u200bទេស", "ប្រ ទេស"),
        ("my", "မြန်မာနိုင်ငံသည်", "မြန်မာနိုင်ငံ သည်"),
        ("de", "Über Straßen", "über strassen"),
        ("my", "ᨲ᩠ᩅᩫᨾ", "ᨲ᩠ᩅᩫ ᨾ"),
    ],
)
def test_a_dictionary_finds_words(language: str, text: str, tokens: str) -> None:
    """With tok words a dictionary cuts the language's own script, and all else is as by default."""
    assert language_tokenizer(language, stem=False, tok="words").tokenize(text) == tokens.split()


def test_a_dictionary_s_version_stands_in_the_signature() -> None:
    """The name of the words has the versions on which figures depend; without a dictionary it is the method's."""
    names = {
        language: language_tokenizer(language, tok="words").tok for language in ("zh", "ja", "th", "zh-Hant", "de")
    }
    assert regex.fullmatch(r"rjieba-\d[\d.]*", names["zh"])
    assert regex.fullmatch(r"unidic-lite-\d[\d.]*-fugashi-\d[\d.]*", names["ja"])
    assert regex.fullmatch(r"icu-\d[\d.]*", names["th"])
    assert names["zh-Hant"] == names["th"]
    assert names["de"] == "unicode"


def test_a_missing_dictionary_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the error says which package is missing and how to get it."""
    packages = {"rjieba": ("zh", "rjieba"), "unidic-lite": ("ja", "fugashi"), "icu": ("th", "icu4py.breakers")}
    for name, (language, module) in packages.items():
        monkeypatch.setitem(sys.modules, module, None)
        dictionaries._loaded.cache_clear()
        _splitter.cache_clear()
        with pytest.raises(RougeError, match=r"words of .* need the package .*: pip install 'sumbench\[words\]'"):
            language_tokenizer(language, tok="words")
        monkeypatch.undo()
        assert WordTokenizer(name)


def test_codes_choose_words_and_stems() -> None:
    """Codes of BCP 47 and of ISO 639-3 mean what they say: a region is ignored, a script counts."""
    chosen = {
        "nb": ("unicode", "snowball-norwegian"),
        "nn": ("unicode", "snowball-norwegian"),
        "no": ("unicode", "snowball-norwegian"),
        "pt-BR": ("unicode", "snowball-portuguese"),
        "pt_BR": ("unicode", "snowball-portuguese"),
        "sr-Latn": ("unicode", "snowball-serbian"),
        "es-419": ("unicode", "snowball-spanish"),
        "en": ("ascii", "porter-nltk"),
        "en-GB": ("ascii", "porter-nltk"),
        "ckb": ("unicode", "none"),
        "eng": ("ascii", "porter-nltk"),
        "deu-Latn": ("unicode", "snowball-german"),
        "tha": ("clusters", "none"),
        "zh-Hant": ("unicode", "none"),
        "tr": ("unicode-tr-apostrophe", "snowball-turkish"),
        "az": ("unicode-tr", "none"),
        "th": ("clusters", "none"),
        "shn": ("clusters", "none"),
        "th-Latn": ("unicode", "none"),
        "jv": ("unicode", "none"),
        "jv-Java": ("clusters", "none"),
    }
    assert {code: (language_tokenizer(code).words, language_tokenizer(code).stemmer) for code in chosen} == chosen
    assert language_tokenizer("en", stem=False) == WordTokenizer("ascii", "none")
    with pytest.raises(RougeError, match="unknown tok 'syllables': known are default, words"):
        language_tokenizer("th", tok="syllables")


@pytest.mark.parametrize("language", ["German", "de de", "d", "-", "english (UK)"])
def test_what_is_no_code_is_refused(language: str) -> None:
    """A language's name is not taken for a language without rules, whose words nobody stems."""
    with pytest.raises(RougeError, match="is no code of a language: give one of ISO 639-1"):
        language_tokenizer(language)
