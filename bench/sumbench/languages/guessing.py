"""Guesses the language of a text: by its script where that decides, else by py3langid's classifier.

The figures behind this choice and its limits are in tests/speed/languages.md.
"""

import re
from functools import cache
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import NamedTuple

from sumbench.languages import scripts
from sumbench.languages.codes import ENGLISH
from sumbench.languages.codes import base
from sumbench.sentences import COUNTED_BY_CHARACTERS

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

CLEAR = 0.7
"""The confidence from which a guess is clear: above it, one in a thousand texts of 50 characters is guessed wrong."""

FEWEST = 12
"""Letters that a text must have for a clear guess in a script of many languages."""

FEWEST_HAN = 15
"""Han characters without any Kana that are taken for Chinese; fewer may be a Japanese headline."""

LEAST_KANA = 0.05
"""The share of Kana among the letters of a Japanese text."""

FIRST = 300
"""Characters of a text that are looked at first, and that are nearly always enough."""

FURTHER = 3000
"""Characters that are looked at where the first are not enough."""

LIKELY = 0.4
"""The confidence that does in a text of MANY letters that is FOREIGN times likelier in its language than in English.

It is then one of a few relatives (Malay and Indonesian, Croatian and Bosnian): the likeliest is nearer than English."""

MANY = 40
FOREIGN = 20

_COMMONER = {"ms": "id", "bs": "hr"}
"""Of two relatives that are hard to tell apart, the one that more is written in."""

_RELATIVES = {
    "arz": "ar",
    "ary": "ar",
    "hbo": "he",
    "grc": "el",
    "gug": "gn",
    "kik": "ki",
    "uzs": "uz",
    "pcm": "en",
    "zxx": "",
}
"""What the classifier tells apart, and stems and words do not; zxx is no language, such as markup.

Half of the English texts that are taken for something else are taken for Nigerian Pidgin (pcm)."""

_MISTAKEN = (
    {"hr", "bs", "sr"},
    {"id", "ms", "jv", "su"},
    {"no", "nn", "da"},
    {"es", "gl", "ext", "an", "ast"},
    {"en", "pcm"},
    {"zh", "yue", "wuu", "nan", "hak"},
)

_BY_SCRIPT = frozenset({*scripts.ONLY.values(), *COUNTED_BY_CHARACTERS})
"""Languages that their script tells: a text whose letters are mostly of another is none of theirs."""

_DIGITS = re.compile(r"\d+")
_OF_NO_LANGUAGE = ("://", "@", "#")
"""What marks a word as an address, a name or a tag."""


class Guess(NamedTuple):
    """A text's likeliest language ("" where none is clear), the confidence in it (0 to 1), and the text's script."""

    language: str
    confidence: float
    script: str


def guess(text: str) -> Guess:
    """Guess the language of a text from its beginning; the same text always gets the same guess."""
    return _guess_beginning(text[:FURTHER])


@lru_cache(maxsize=64)
def _guess_beginning(text: str) -> Guess:
    first = _guess(text[:FIRST])
    return first if first.language or len(text) <= FIRST else _guess(text)


def contradicts(guessed: Guess, said: str) -> bool:
    """Tell whether a text is clearly in another language than the one `said` (a canonical code).

    Relatives that are easily mistaken for each other do not contradict, nor does a guess whose classifier does not
    know the language.
    """
    code = base(said)
    if not guessed.language or guessed.confidence < CLEAR or code == guessed.language:
        return False
    if any({code, guessed.language} <= family for family in _MISTAKEN):
        return False
    return guessed.language in _BY_SCRIPT or code in _BY_SCRIPT or code in _identifier().labels


def usual(script: str) -> str:
    """Return the language that a script is most often used for; English for none and for unknown ones."""
    return scripts.USUAL.get(script, ENGLISH)


def _guess(text: str) -> Guess:
    script = scripts.script(text)
    letters = sum(map(str.isalpha, text))
    if script in scripts.ONLY:
        return Guess(scripts.ONLY[script], 1.0, script)
    if script == scripts.HAN:
        return _guess_han(text, letters)
    return _guess_words(text, script, letters) if letters >= FEWEST else Guess("", 0.0, script)


def _guess_han(text: str, letters: int) -> Guess:
    # Japanese has Kana in every sentence; a name in Katakana may stand in a Chinese one.
    kana = scripts.kana(text)
    if kana:
        return Guess("ja" if kana > letters * LEAST_KANA else "zh", 1.0, scripts.HAN)
    return Guess("zh" if letters >= FEWEST_HAN else "", 1.0, scripts.HAN)


def _guess_words(text: str, script: str, letters: int) -> Guess:
    words = [word for word in _DIGITS.sub(" ", text).split() if not any(mark in word for mark in _OF_NO_LANGUAGE)]
    shares = _shares(" ".join(words))
    best = max(shares, key=lambda code: shares[code])
    share = shares[best]
    if not best or best in _BY_SCRIPT:
        return Guess("", share, script)
    if share >= CLEAR:
        return Guess(best, share, script)
    likely = letters >= MANY and share >= LIKELY and share >= FOREIGN * shares[ENGLISH]
    return Guess(_COMMONER.get(best, best) if likely else "", share, script)


def _shares(text: str) -> dict[str, float]:
    """Return how likely each language is, as shares of 1; "" is none at all."""
    shares: dict[str, float] = {}
    for label, share in _identifier().rank(text):
        code = _RELATIVES.get(label, label)
        shares[code] = shares.get(code, 0.0) + share
    return shares


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE
    from py3langid.langid import LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
