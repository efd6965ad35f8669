"""Tokenizers: split a text into the words that ROUGE compares, with optional stemming."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final
from typing import Protocol

from sumbench.rouge.errors import RougeError
from sumbench.rouge.stems import NO_STEMMER
from sumbench.rouge.stems import PORTER_NLTK
from sumbench.rouge.stems import SNOWBALL
from sumbench.rouge.stems import stem_cache

ASCII: Final = "ascii"
UNICODE: Final = "unicode"
UNICODE_TURKISH: Final = "unicode-tr"

_ASCII_WORD_BYTES: Final = b"abcdefghijklmnopqrstuvwxyz0123456789"
ASCII_SEPARATORS: Final = bytes(byte if byte in _ASCII_WORD_BYTES else ord(" ") for byte in bytes(range(256)).lower())
"""What the `ascii` tokenizer makes of each byte: letters become small, digits stay, the others become blanks."""
_TURKISH_I: Final = str.maketrans({"İ": "i", "I": "ı"})
_DOTTED_I: Final = "i\u0307"
_JOINERS: Final = "\u200c\u200d"

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
    "ne": "nepali",
    "nl": "dutch",
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


class Tokenizer(Protocol):
    """Anything that turns a text into tokens, rouge_score's own tokenizers among them."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of `text`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class WordTokenizer:
    """A tokenizer of this package: words found by the method `words`, stemmed by the stemmer `stemmer`.

    `words` is one of:

    - `ascii`: rouge_score's rule exactly. Maximal runs of a-z and 0-9 after lower-casing; all else separates.
    - `unicode`: words by Unicode's UAX #29, of which those with a letter or a number are kept. Han and Hiragana
      stand character by character, Katakana and Hangul in words. Case is folded, compatibility forms are unified
      (NFKC), combining marks stay with their letter, and invisible marks such as those of direction are dropped.
    - `unicode-tr`: the same for Turkish and Azeri, where I and ı, İ and i belong together.

    `stemmer` is a name that `stem_cache` knows.
    """

    words: str = ASCII
    stemmer: str = NO_STEMMER

    def __post_init__(self) -> None:
        """Refuse unknown names.

        Raises:
            RougeError: If there is no such method or stemmer, or its package is not installed.
        """
        _splitter(self.words)
        stem_cache(self.stemmer)

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text` in order, stemmed."""
        words = _splitter(self.words)(text)
        stems = stem_cache(self.stemmer)
        return words if stems is None else list(map(stems.__getitem__, words))


def language_tokenizer(language: str, *, stem: bool = True) -> WordTokenizer:
    """Return the tokenizer for a language, given by its ISO 639-1 code (a region such as -BR is ignored).

    English keeps rouge_score's words and stemmer. Other languages get `unicode` words and their Snowball stemmer;
    one for which Snowball has none, such as Chinese, is not stemmed. No language ("") is taken for English. The
    tokenizer's two names say what was chosen.
    """
    code = language.lower().replace("_", "-").split("-")[0]
    if code in {"en", ""}:
        return WordTokenizer(ASCII, PORTER_NLTK if stem else NO_STEMMER)
    words = UNICODE_TURKISH if code in {"tr", "az"} else UNICODE
    algorithm = _SNOWBALL_LANGUAGES.get(code)
    return WordTokenizer(words, f"{SNOWBALL}{algorithm}" if stem and algorithm else NO_STEMMER)


@cache
def _splitter(name: str) -> Callable[[str], list[str]]:
    if name == ASCII:
        return _ascii_words
    if name == UNICODE:
        return _unicode_splitter()
    if name == UNICODE_TURKISH:
        split = _unicode_splitter()
        return lambda text: split(unicodedata.normalize("NFC", text).translate(_TURKISH_I))
    msg = f"unknown tokenizer {name!r}: known are {ASCII}, {UNICODE} and {UNICODE_TURKISH}"
    raise RougeError(msg)


def _ascii_words(text: str) -> list[str]:
    # Other alphabets separate words, so it is enough that they become some separator.
    return text.lower().encode("ascii", "replace").translate(ASCII_SEPARATORS).decode("ascii").split()


def _unicode_splitter() -> Callable[[str], list[str]]:
    try:
        import regex
    except ImportError as error:
        msg = f"tokenizer {UNICODE!r} needs the package regex: pip install regex"
        raise RougeError(msg) from error
    boundary = regex.compile(r"(?V1w)\b")
    letter_or_number = regex.compile(r"[\p{L}\p{N}]")
    invisible = regex.compile(rf"[\p{{Cf}}--[{_JOINERS}]]", flags=regex.V1)

    def words(text: str) -> list[str]:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        shown = invisible.sub("", folded.replace(_DOTTED_I, "i"))
        return [word for word in boundary.split(shown) if letter_or_number.search(word)]

    return words
