"""Tokenizers: split a text into the words that ROUGE compares, with optional stemming."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from functools import partial
from typing import Final
from typing import Protocol

from sumbench.rouge import dictionaries
from sumbench.rouge.errors import RougeError
from sumbench.rouge.stems import NO_STEMMER
from sumbench.rouge.stems import stem_cache

ASCII: Final = "ascii"
UNICODE: Final = "unicode"
UNICODE_TURKISH: Final = "unicode-tr"
TURKISH: Final = "unicode-tr-apostrophe"
CLUSTERS: Final = "clusters"
CHINESE_WORDS: Final = "rjieba"
JAPANESE_WORDS: Final = "unidic-lite"
ICU_WORDS: Final = "icu"

_BY_RULES: Final = (UNICODE, UNICODE_TURKISH, TURKISH, CLUSTERS)

_ASCII_WORD_BYTES: Final = b"abcdefghijklmnopqrstuvwxyz0123456789"
ASCII_SEPARATORS: Final = bytes(byte if byte in _ASCII_WORD_BYTES else ord(" ") for byte in bytes(range(256)).lower())
"""What the `ascii` tokenizer makes of each byte: letters become small, digits stay, the others become blanks."""


class Tokenizer(Protocol):
    """Anything that turns a text into tokens, rouge_score's own tokenizers among them."""

    def tokenize(self, text: str) -> list[str]:
        """Return the tokens of `text`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class WordTokenizer:
    """A tokenizer of this package: words found by the method `words`, stemmed by the stemmer `stemmer`.

    `words` is one of:

    - `ascii`: rouge_score's rule exactly. Maximal runs of a-z and 0-9 after lower-casing; all else separates, so that
      a text in another script has no words at all (`letters.lost_letters` tells).
    - `unicode`: words by Unicode's UAX #29, of which those with a letter or a number are kept. Han and Hiragana
      stand character by character, Katakana and Hangul in words. Case is folded, compatibility forms are unified
      (NFKC), combining marks stay with their letter, and invisible marks such as those of direction are dropped.
    - `unicode-tr`: the same for Turkish and Azeri, where I and ı, İ and i belong together.
    - `unicode-tr-apostrophe`: the same for Turkish, where the apostrophe before a name's case ending is one character,
      however it is printed, so that the stemmer finds it.
    - `clusters`: the same, but letters of scripts without blanks between words (Thai, Lao, Khmer, Burmese, …) stand
      one by one, each with its marks and what is stacked below it.
    - `rjieba`, `unidic-lite`, `icu`: the same, but words of Chinese, of Japanese, and of Thai, Lao, Khmer, Burmese
      and traditional Chinese are those that a dictionary finds: jieba's, UniDic's (with MeCab), those of Unicode's ICU.

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

    @property
    def tok(self) -> str:
        """The name of `words` in signatures: with the dictionary's version, on which figures depend."""
        return dictionaries.versioned(self.words) if self.words in dictionaries.CUTTERS else self.words

    def tokenize(self, text: str) -> list[str]:
        """Return the words of `text` in order, stemmed."""
        words = _splitter(self.words)(text)
        stems = stem_cache(self.stemmer)
        return words if stems is None else list(map(stems.__getitem__, words))


@cache
def _splitter(name: str) -> Callable[[str], list[str]]:
    if name == ASCII:
        return _ascii_words
    if name not in _BY_RULES and name not in dictionaries.CUTTERS:
        msg = f"unknown tokenizer {name!r}: known are {', '.join((ASCII, *_BY_RULES, *dictionaries.CUTTERS))}"
        raise RougeError(msg)
    try:
        from sumbench.rouge import segments
    except ImportError as error:
        msg = f"tokenizer {name!r} needs the package regex: pip install regex"
        raise RougeError(msg) from error
    if name in dictionaries.CUTTERS:
        return partial(segments.unspaced_words, cutter=dictionaries.cutter(name))
    by_rules: dict[str, Callable[[str], list[str]]] = {
        UNICODE: segments.unicode_words,
        UNICODE_TURKISH: lambda text: segments.unicode_words(segments.turkish(text)),
        TURKISH: lambda text: segments.unicode_words(segments.turkish(text, apostrophes=True)),
        CLUSTERS: segments.unspaced_words,
    }
    return by_rules[name]


def _ascii_words(text: str) -> list[str]:
    # Other alphabets separate words, so it is enough that they become some separator.
    return text.lower().encode("ascii", "replace").translate(ASCII_SEPARATORS).decode("ascii").split()
