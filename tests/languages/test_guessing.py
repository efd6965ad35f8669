"""The guess at a text's language."""

import pytest

from sumbench.languages import contradicts
from sumbench.languages import guess
from sumbench.languages import usual
from tests.languages.texts import TEXTS

SHORT_ENGLISH = (
    "lol haha",
    "ok",
    "hahaha no way",
    "Police arrest man",
    "Obama wins",
    "Tesla Model S",
    "Real Madrid vs Barcelona",
    "De Niro in Berlin",
    "Kim Jong Un, Xi Jinping, Vladimir Putin",
    "Angela Merkel, Emmanuel Macron, Mario Draghi, Pedro Sánchez",
    "Rob: gr8 m8\nKim: thx u 2 :)",
    "Ajax beat Feyenoord at Amsterdam Arena",
    "#Person1# appreciates #Person2#'s kind help.",
    "Quennell , H M Hyde , ed K Miller deny book is pornography ,",
    "<div class='a'>x</div> https://example.org/de/index.html",
    "1. 2. 3.",
    "",
)


@pytest.mark.parametrize("code", TEXTS)
def test_two_sentences_are_enough(code: str) -> None:
    """News of a hundred characters is told in every language, also in capitals."""
    assert guess(" ".join(TEXTS[code])).language == code
    assert guess(" ".join(TEXTS[code]).upper()).language == code


@pytest.mark.parametrize("text", SHORT_ENGLISH)
def test_short_english_is_never_clearly_something_else(text: str) -> None:
    """Chat lines, names, headlines, markup: English or unclear, and then what Latin letters usually are."""
    found = guess(text)
    assert (found.language or usual(found.script)) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("สะพานใหม่", "th"),
        ("새 다리", "ko"),
        ("ΝΕΑ ΓΕΦΥΡΑ", "el"),
        ("新しい橋", "ja"),
        ("スーパー", "ja"),
        ("新桥开通", "zh"),
        ("Мост", "ru"),
        ("جسر", "ar"),
        ("पुल", "hi"),
        ("გზა", "ka"),
        ("Hello 世界", "en"),
        ("ソニーが新型カメラを発表", "ja"),
        ("Windows 11 の新しいアップデートが公開された", "ja"),
    ],
)
def test_a_few_letters_are_told_by_their_script(text: str, code: str) -> None:
    """Too short for more, a text is taken to be in the language that its letters are most used for."""
    found = guess(text)
    assert (found.language or usual(found.script)) == code


def test_markup_at_the_beginning_does_not_decide() -> None:
    """Where the first characters leave it open, more of the text is looked at."""
    assert guess("1234 " * 100 + " ".join(TEXTS["fr"])).language == "fr"


def test_a_guess_contradicts_only_what_it_can_tell() -> None:
    """German declared as English is reported; a relative, an unclear text, and what the guess does not know are not."""
    german, croatian = (
        guess(" ".join(TEXTS["de"])),
        guess("Vijeće je u ponedjeljak glasovalo za novi most preko rijeke."),
    )
    assert contradicts(german, "en")
    assert not contradicts(german, "de-AT")
    assert not contradicts(croatian, "sr-Latn")
    assert not contradicts(guess("lol haha"), "de")
    assert not contradicts(guess(" ".join(TEXTS["hi"])), "mai")
    assert contradicts(guess(" ".join(TEXTS["zh"])), "tlh")
