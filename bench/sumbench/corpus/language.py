"""Guesses a text's language by script and stop words: good enough to notice a wrong declaration."""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

_LONG_ENOUGH = 20
_CLEAR = 0.08

_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        code: frozenset(words.split())
        for code, words in {
            "en": "the of and to in is was that for on with as it by he his are be have you your my we they what",
            "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es",
            "fr": "le la les de des et en un une du dans est que pour qui par sur au pas plus ce il avec",
            "es": "el la los las de que y en un una del se por con para es su al lo como más no",
            "pt": "o a os as de que e do da em um uma para com não se na no por mais dos ao foi",
            "it": "il la di che e un una in per del è della con non si da le dei nel sono al gli",
            "nl": "de het een van en in is dat op te zijn met voor niet die aan er om ook als bij",
            "sv": "och i att det som en på är av för med till den har de inte om ett han var",
            "da": "og i at det er en til på som med for af den de ikke der har et han var",
            "fi": "ja on ei se että oli hän mutta ovat myös kun kuin joka sen mukaan ole",
            "pl": "w na się nie że jest od po jak przez dla był oraz są może tym które ich jego tak",
            "cs": "se na je že jsou jsem ve pro ale jako po byl který při nebo také podle jeho bude až",
            "tr": "ve bir bu da için ile de olarak olan çok daha gibi sonra kadar ise ancak",
            "ro": "și de în a la cu pe care din să nu este un o pentru mai că au fost",
            "hu": "az és hogy nem egy ez volt meg csak már mint azt még lesz pedig vagy után",
            "id": "yang dan di dengan untuk ini dari dalam pada itu tidak adalah akan oleh ke juga",
            "vi": "và của là có trong được cho các một với không những người đã này khi",
            "sw": "na ya wa kwa ni katika za la cha kuwa hii huo alisema hiyo lakini",
        }.items()
    }
)

_SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "GREEK": "el",
        "HEBREW": "he",
        "DEVANAGARI": "hi",
        "BENGALI": "bn",
        "GURMUKHI": "pa",
        "GUJARATI": "gu",
        "TAMIL": "ta",
        "TELUGU": "te",
        "SINHALA": "si",
        "THAI": "th",
        "MYANMAR": "my",
        "HANGUL": "ko",
        "HIRAGANA": "ja",
        "KATAKANA": "ja",
        "CJK": "zh",
        "ETHIOPIC": "am",
        "GEORGIAN": "ka",
        "ARMENIAN": "hy",
    }
)

_LETTERS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "CYRILLIC": (("uk", "іїєґ"), ("sr", "ђјљњћџ"), ("ru", "ыэё")),
        "ARABIC": (("ur", "ٹڈڑےں"), ("fa", "پچژگ"), ("ar", "ةىأإ")),
    }
)

SAME_SCRIPT: Mapping[str, frozenset[str]] = MappingProxyType({"hi": frozenset({"mr", "ne"}), "am": frozenset({"ti"})})
"""For a guessed language, the others in the same script that the guess cannot distinguish from it."""


def guess_language(text: str) -> str:
    """Return the ISO 639-1 code of the likeliest language of a text; empty where none is clear."""
    script = _script(text[:4000])
    if script in _SCRIPTS:
        return "ja" if script == "CJK" and any("぀" <= sign <= "ヿ" for sign in text[:4000]) else _SCRIPTS[script]
    if script in _LETTERS:
        counts = {code: sum(text.count(letter) for letter in letters) for code, letters in _LETTERS[script]}
        best = max(counts, key=lambda code: counts[code])
        return best if counts[best] else ""
    words = [word.strip(".,;:!?\"'()«»“”") for word in text[:20000].casefold().split()]
    if len(words) < _LONG_ENOUGH:
        return ""
    seen = Counter(words)
    shares = {code: sum(seen[word] for word in common) / len(words) for code, common in _WORDS.items()}
    best, second = sorted(shares, key=lambda code: shares[code], reverse=True)[:2]
    return best if shares[best] > _CLEAR and shares[best] > 1.2 * shares[second] else ""


def may_be_language(declared: str, guessed: str) -> bool:
    """Tell whether the text may be in the declared language, given the guess (see SAME_SCRIPT)."""
    return not guessed or declared.partition("-")[0] in {guessed, *SAME_SCRIPT.get(guessed, ())}


def _script(text: str) -> str:
    found = Counter(unicodedata.name(sign, "?").partition(" ")[0] for sign in text if sign.isalpha())
    return found.most_common(1)[0][0] if found else ""
