import pytest

from sumbench.rouge.perl.porter import porter
from sumbench.rouge.perl.porter import stem


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("cats", "cat"),
        ("agreed", "agre"),
        ("feed", "feed"),
        ("plastered", "plaster"),
        ("bled", "bled"),
        ("motoring", "motor"),
        ("conflated", "conflat"),
        ("troubled", "troubl"),
        ("sized", "size"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("filing", "file"),
        ("happy", "happi"),
        ("relational", "relat"),
        ("rational", "ration"),
        ("possibly", "possibl"),
        ("apology", "apolog"),
        ("sensibiliti", "sensibl"),
        ("triplicate", "triplic"),
        ("goodness", "good"),
        ("revival", "reviv"),
        ("replacement", "replac"),
        ("cement", "cement"),
        ("adoption", "adopt"),
        ("probate", "probat"),
        ("rate", "rate"),
        ("cease", "ceas"),
        ("controll", "control"),
        ("roll", "roll"),
    ],
)
def test_algorithm(word: str, expected: str) -> None:
    """The suffixes fall as in Porter's paper, with the later rules for bli and logi."""
    assert porter(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("documentation", "docum"),
        ("implementations", "implem"),
        ("exceptionally", "except"),
        ("sentiment", "sentim"),
    ],
)
def test_cascade(word: str, expected: str) -> None:
    """Where Porter drops one suffix in step 4, the original drops up to three."""
    assert porter(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("yelling", "yell"), ("yed", "yed"), ("toying", "toi"), ("crying", "cry"), ("1970s", "1970"), ("a00ed", "a0")],
)
def test_letters(word: str, expected: str) -> None:
    """A first y and all digits are consonants, and y after a consonant is a vowel."""
    assert porter(word) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("better", "well"),
        ("best", "well"),
        ("comics", "comic_strip"),
        ("testes", "testes"),
        ("were", "be"),
        ("geese", "goose"),
    ],
)
def test_exceptions(token: str, expected: str) -> None:
    """An irregular form becomes its base form, which is not stemmed again."""
    assert stem(token) == expected


@pytest.mark.parametrize("token", ["a", "was", "ate", "its", "ies"])
def test_short_tokens(token: str) -> None:
    """Tokens of up to three characters stay as they are, irregular or not."""
    assert stem(token) == token
