"""Chooses words and stemmer by language."""

import re
from typing import Final

from sumbench.rouge.errors import RougeError
from sumbench.rouge.stems import NO_STEMMER
from sumbench.rouge.stems import PORTER_NLTK
from sumbench.rouge.stems import SNOWBALL
from sumbench.rouge.tokens import ASCII
from sumbench.rouge.tokens import CHINESE_WORDS
from sumbench.rouge.tokens import CLUSTERS
from sumbench.rouge.tokens import ICU_WORDS
from sumbench.rouge.tokens import JAPANESE_WORDS
from sumbench.rouge.tokens import TURKISH
from sumbench.rouge.tokens import UNICODE
from sumbench.rouge.tokens import UNICODE_TURKISH
from sumbench.rouge.tokens import WordTokenizer

BY_LANGUAGE: Final = "default"
BY_DICTIONARY: Final = "words"
TOKENIZATIONS: Final = (BY_LANGUAGE, BY_DICTIONARY)
"""What `language_tokenizer` may do with scripts that put no blanks between words."""

_SCRIPT_LENGTH: Final = 4

_SNOWBALL_LANGUAGES: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

_TWO_LETTERS: Final = {
    "ara": "ar",
    "arb": "ar",
    "aze": "az",
    "cat": "ca",
    "ces": "cs",
    "dan": "da",
    "deu": "de",
    "ell": "el",
    "eng": "en",
    "epo": "eo",
    "spa": "es",
    "est": "et",
    "ekk": "et",
    "eus": "eu",
    "fas": "fa",
    "pes": "fa",
    "fin": "fi",
    "fra": "fr",
    "gle": "ga",
    "hin": "hi",
    "hun": "hu",
    "hye": "hy",
    "ind": "id",
    "ita": "it",
    "jpn": "ja",
    "khm": "km",
    "lao": "lo",
    "lit": "lt",
    "mya": "my",
    "nob": "nb",
    "nep": "ne",
    "npi": "ne",
    "nld": "nl",
    "nno": "nn",
    "nor": "no",
    "pol": "pl",
    "por": "pt",
    "ron": "ro",
    "rus": "ru",
    "srp": "sr",
    "sot": "st",
    "swe": "sv",
    "tam": "ta",
    "tha": "th",
    "tur": "tr",
    "yid": "yi",
    "zho": "zh",
}
"""The codes of ISO 639-3 of languages with rules, which the tables have by those of ISO 639-1."""

_CODE: Final = re.compile("[a-z]{2,3}")

_METHODS: Final = {"en": ASCII, "tr": TURKISH, "az": UNICODE_TURKISH}

_UNSPACED_LANGUAGES: Final = frozenset(
    ("th", "tts", "sou", "nod", "lo", "km", "kxm", "my", "rki", "shn", "mnw", "ksw", "blk", "kht", "khb", "tdd", "blt")
)
"""Languages whose own script puts no blanks between words and has no marks of syllables either."""

_UNSPACED_SCRIPTS: Final = frozenset(
    ("thai", "laoo", "khmr", "mymr", "lana", "tale", "talu", "tavt", "ahom", "java", "bali", "cham", "batk", "kawi")
)
"""Such scripts by their ISO 15924 codes, for languages that are mostly written in another one (`jv-Java`)."""

_DICTIONARIES: Final = {
    **dict.fromkeys(("zh", "cmn", "wuu"), CHINESE_WORDS),
    "ja": JAPANESE_WORDS,
    **dict.fromkeys(("th", "lo", "km", "my", "yue", "lzh"), ICU_WORDS),
}
"""Languages whose words a dictionary finds."""

WITH_RULES: Final = frozenset({*_SNOWBALL_LANGUAGES, *_METHODS, *_DICTIONARIES})
"""Languages with words of their own, a stemmer or a dictionary."""

_TRADITIONAL: Final = frozenset(("hant", "tw", "hk", "mo"))
"""Scripts and regions of traditional Chinese, of which jieba knows few words and ICU many."""


def language_tokenizer(language: str, *, stem: bool = True, tok: str = BY_LANGUAGE) -> WordTokenizer:
    """Return the tokenizer for a language, given by its code: ISO 639-1 or 639-3, or BCP 47 such as `pt-BR`.

    English keeps rouge_score's words and stemmer. Other languages get `unicode` words and their Snowball stemmer;
    one for which Snowball has none, such as Chinese, is not stemmed. Languages in a script that puts no blanks between
    words, such as Thai, get `clusters`: a letter with its marks. A region is ignored; a script counts (`jv-Java`). No
    language ("") is taken for English.
    With `tok` "words" a dictionary finds the words of Chinese, Japanese, Thai, Lao, Khmer and Burmese (the extra
    `words`); traditional Chinese is said by `zh-Hant` or `zh-TW`. Other languages are as by default. The tokenizer's
    two names say what was chosen.

    Raises:
        RougeError: If `language` is no code (a name, say), there is no such `tok`, or the dictionary's package is not
            installed.
    """
    if tok not in TOKENIZATIONS:
        msg = f"unknown tok {tok!r}: known are {', '.join(TOKENIZATIONS)}"
        raise RougeError(msg)
    code, rest = _parted(language)
    algorithm = _SNOWBALL_LANGUAGES.get(code) if stem else None
    stemmer = PORTER_NLTK if stem and code == "en" else f"{SNOWBALL}{algorithm}" if algorithm else NO_STEMMER
    return WordTokenizer(_method(code, rest, tok), stemmer)


def dictionary_of(language: str) -> str:
    """Return the name of the dictionary that finds a language's words with `tok` "words"; "" where there is none.

    It may still have to be installed.
    """
    code, rest = _parted(language)
    found = _method(code, rest, BY_DICTIONARY)
    return found if found in _DICTIONARIES.values() else ""


def _parted(language: str) -> tuple[str, list[str]]:
    """Return the code of a language, ISO 639-1 where there are rules for it, and what follows the code."""
    code, *rest = (language or "en").lower().replace("_", "-").split("-")
    if not _CODE.fullmatch(code):
        msg = f"{language!r} is no code of a language: give one of ISO 639-1 (de), ISO 639-3 (ckb) or BCP 47 (pt-BR)"
        raise RougeError(msg)
    return _TWO_LETTERS.get(code, code), rest


def _method(code: str, rest: list[str], tok: str) -> str:
    script = next((part for part in rest if len(part) == _SCRIPT_LENGTH and part.isalpha()), "")
    unspaced = script in _UNSPACED_SCRIPTS if script else code in _UNSPACED_LANGUAGES
    if tok == BY_DICTIONARY and code in _DICTIONARIES and script != "latn":
        return ICU_WORDS if _DICTIONARIES[code] == CHINESE_WORDS and _traditional(script, rest) else _DICTIONARIES[code]
    return CLUSTERS if unspaced else _METHODS.get(code, UNICODE)


def _traditional(script: str, rest: list[str]) -> bool:
    return script in _TRADITIONAL if script else not _TRADITIONAL.isdisjoint(rest)
