"""Which script a text is written in, and which languages are written in it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

LATIN = "latin"
HAN = "han"

KANA = ("hiragana", "katakana")

ONLY: Mapping[str, str] = MappingProxyType(
    {
        "greek": "el",
        "armenian": "hy",
        "georgian": "ka",
        "gurmukhi": "pa",
        "gujarati": "gu",
        "oriya": "or",
        "tamil": "ta",
        "telugu": "te",
        "kannada": "kn",
        "malayalam": "ml",
        "sinhala": "si",
        "thai": "th",
        "lao": "lo",
        "myanmar": "my",
        "khmer": "km",
        "hangul": "ko",
        "thaana": "dv",
    }
)
"""Scripts in which hardly anything but one language is written."""

USUAL: Mapping[str, str] = MappingProxyType(
    {
        LATIN: "en",
        "cyrillic": "ru",
        "arabic": "ar",
        "hebrew": "he",
        "devanagari": "hi",
        "bengali": "bn",
        "ethiopic": "am",
        "tibetan": "bo",
        HAN: "zh",
        **ONLY,
    }
)
"""The language that a script is most often used for."""


def script(text: str) -> str:
    """Return the script of most of a text's letters, "" where it has none; Kanji and Kana are Han."""
    found = Counter(map(_script, filter(str.isalpha, text)))
    kana = sum(found.pop(name, 0) for name in KANA)
    if kana:
        found[HAN] += kana
    return found.most_common(1)[0][0] if found else ""


def kana(text: str) -> int:
    """Count the Kana of a text."""
    return sum(_script(sign) in KANA for sign in text if sign.isalpha())


@lru_cache(maxsize=8192)
def _script(sign: str) -> str:
    name = unicodedata.name(sign, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    # The mark of a long vowel is named KATAKANA-HIRAGANA, and is Kana as these are.
    name = re.split(r"[ -]", name, maxsplit=1)[0].lower()
    return HAN if name in {"cjk", "ideographic"} else name
