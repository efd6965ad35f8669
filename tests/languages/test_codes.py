"""Codes of languages."""

import pytest

from sumbench.languages import UnknownLanguageError
from sumbench.languages import base
from sumbench.languages import canonical
from sumbench.sentences import split

SAME: dict[str, tuple[str, ...]] = {
    "en": (
        "English",
        "ENGLISH",
        "eng",
        "EN",
        "en_XX",
        "en-US",
        "eng_Latn",
        "__en__",
        "__label__eng_Latn",
        "English (US)",
    ),
    "de": ("German", "Deutsch", "ger", "deu", "de_DE", "de-Latn-DE", "deu_Latn", "German language"),
    "fr": ("French", "français", "fre", "fra", "fr_XX", "fra_Latn"),
    "zh": (
        "Chinese",
        "Chinese (Simplified)",
        "chinese_simplified",
        "zh-CN",
        "zh_CN",
        "zho_Hans",
        "cmn",
        "Mandarin",
        "中文",
    ),
    "zh-Hant": ("Chinese (Traditional)", "chinese_traditional", "zh-TW", "zh_HK", "zho_Hant", "cmn_Hant"),
    "ar": ("Arabic", "ara", "arb", "ar_AR", "arb_Arab"),
    "fa": ("Persian", "Farsi", "per", "fas", "fa_IR", "pes_Arab"),
    "sw": ("Swahili", "swa", "swh", "sw_KE", "swh_Latn"),
    "no": ("Norwegian", "Norwegian Bokmål", "nb", "nob", "nor", "nob_Latn"),
    "nn": ("nno", "nno_Latn", "Norwegian Nynorsk"),
    "tl": ("Tagalog", "Filipino", "fil", "tgl", "tl_XX"),
    "he": ("Hebrew", "iw", "heb", "he_IL"),
    "id": ("Indonesian", "in", "ind", "ind_Latn"),
    "ro": ("Romanian", "mo", "rum", "ron"),
    "my": ("Burmese", "bur", "mya_Mymr", "my_MM"),
    "bn": ("Bengali", "Bangla", "ben", "bn_IN", "ben_Beng"),
    "sr": ("Serbian", "serbian_cyrillic", "srp_Cyrl", "sr-RS"),
    "sr-Latn": ("serbian_latin", "Serbian (Latin)", "sh", "sr-Latn-RS"),
    "pcm": ("pidgin", "Nigerian Pidgin"),
    "gd": ("scottish_gaelic", "Scottish Gaelic", "gla"),
    "yue": ("Cantonese", "yue_Hant"),
    "ckb": ("Central Kurdish", "ckb_Arab"),
    "pt-BR": ("pt_BR", "Portuguese (Brazil)", "Brazilian Portuguese"),
    "pt": ("Portuguese", "por_Latn", "pt_XX"),
    "en-GB": ("British English", "en_GB"),
    "": ("und", "und-Latn"),
}


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in SAME.items() for name in (code, *names)])
def test_a_language_has_one_code_whatever_it_is_called(code: str, name: str) -> None:
    """Names, ISO 639, BCP 47, mBART's, M2M's and FLORES' codes mean the same; a code means itself."""
    assert canonical(name or "und") == code


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Englsh", "did you mean 'English' (en)?"),
        ("Japanse", "did you mean 'Japanese' (ja)?"),
        ("jp", "did you mean 'Japanese' (ja)?"),
        ("cz", "did you mean 'Czech' (cs)?"),
        ("xx", "give a name (German) or a code (de, deu, zh-Hant)"),
        ("qaa", "unknown language"),
        ("", "give a name"),
        ("German and English", "unknown language"),
        ("en-Foo", "unknown language"),
        ("mul", "no language in particular"),
        ("zxx", "no language in particular"),
        ("nan", "an empty cell of pandas"),
    ],
)
def test_what_is_no_language_is_refused_with_what_it_may_mean(name: str, hint: str) -> None:
    """The nearest name, the language of a country, or how a language is said."""
    with pytest.raises(UnknownLanguageError) as error:
        canonical(name)
    assert hint in str(error.value)


def test_a_region_changes_no_sentences() -> None:
    """Austrian abbreviations are German ones."""
    text = "Das ist z. B. gut. Am 3. Mai kam Dr. Maier."
    assert split(text, "de-AT") == split(text, "de") == ["Das ist z. B. gut.", "Am 3. Mai kam Dr. Maier."]


def test_a_code_without_its_script_is_that_of_the_language() -> None:
    """Stems and stop words are a language's, whatever its script or region."""
    assert [base(code) for code in ("en", "zh-Hant", "pt-BR", "pcm")] == ["en", "zh", "pt", "pcm"]
