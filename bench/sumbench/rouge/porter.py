"""The Porter stemmer with NLTK's changes, as rouge_score uses it.

Porter, M. (1980), "An algorithm for suffix stripping", Program 14(3), 130-137, gives the steps; NLTK's default mode
adds a table of irregular forms, leaves words of two letters alone, treats short -ies/-ied words and final y
otherwise, and has three more rules in step 2. Written anew so that sumbench.rouge needs no NLTK, does not change with
NLTK's version, and stems an unseen word several times faster.
"""

import re
from typing import Final

_IRREGULAR: Final = {
    "sky": "sky",
    "skies": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "news": "news",
    "inning": "inning",
    "innings": "inning",
    "outing": "outing",
    "outings": "outing",
    "canning": "canning",
    "cannings": "canning",
    "howe": "howe",
    "proceed": "proceed",
    "exceed": "exceed",
    "succeed": "succeed",
}

_Rules = tuple[tuple[str, str], ...]


def _by_ending(*rules: tuple[str, str]) -> dict[str, _Rules]:
    """Gather rules (suffix, replacement) under the suffix's last two letters, longer suffixes first."""
    gathered: dict[str, _Rules] = {}
    for rule in sorted(rules, key=lambda rule: -len(rule[0])):
        ending = rule[0][-2:]
        gathered[ending] = (*gathered.get(ending, ()), rule)
    return gathered


_STEP_2: Final = _by_ending(
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
    ("logi", "log"),
)
_STEP_3: Final = _by_ending(
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
)
_STEP_4: Final = _by_ending(
    *((suffix, "") for suffix in ("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent")),
    *((suffix, "") for suffix in ("ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize")),
)

_SHORTEST_STEMMED: Final = 3
_LONGEST_SHORT: Final = 4

_VOWEL, _CONSONANT, _Y = b"v", b"c", b"y"
_YS: Final = re.compile(rb"y+")
_CLASSES: Final = bytes((_VOWEL if byte in b"aeiou" else _Y if byte in b"y" else _CONSONANT)[0] for byte in range(256))


def porter(word: str) -> str:
    """Return the stem of a lower-case word, as NLTK's `PorterStemmer().stem` does."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_STEMMED:
        return word
    if word[-1] == "s":
        word = _plural(word)
    if word[-1] in "dg":
        word = _past_and_progressive(word)
    if word[-1] == "y" and len(word) >= _SHORTEST_STEMMED and _shape(word[:-1])[-1:] == _CONSONANT:
        word = word[:-1] + "i"
    if rules := _STEP_2.get(word[-2:]):
        word = _double_suffix(word, rules)
    if rules := _STEP_3.get(word[-2:]):
        word = _replace(word, rules)
    if rules := _STEP_4.get(word[-2:]):
        word = _drop_suffix(word, rules)
    return _tidy(word) if word[-1] in "el" else word


def _shape(word: str) -> bytes:
    """Return a "c" for each consonant and a "v" for each vowel; y is a vowel after a consonant."""
    shape = word.encode("latin-1", "replace").translate(_CLASSES)
    return _YS.sub(_alternating, shape) if _Y in shape else shape


def _alternating(ys: re.Match[bytes]) -> bytes:
    """Return the classes of a run of y: each is what the letter before it is not."""
    run = ys[0]
    first = (
        _VOWEL + _CONSONANT
        if ys.start() and ys.string[ys.start() - 1 : ys.start()] == _CONSONANT
        else _CONSONANT + _VOWEL
    )
    return (first * (len(run) // 2 + 1))[: len(run)]


def _measure(stem: str) -> int:
    """Return Porter's m: how often a vowel is followed by a consonant."""
    return _shape(stem).count(b"vc")


def _ends_short(stem: str) -> bool:
    """Tell whether the stem ends consonant-vowel-consonant (not w, x, y), or is vowel-consonant."""
    shape = _shape(stem)
    return (shape[-3:] == b"cvc" and stem[-1] not in "wxy") or shape == b"vc"


def _replace(word: str, rules: _Rules, least: int = 1) -> str:
    """Apply the first rule whose suffix the word has, if what is left has at least that measure."""
    for suffix, replacement in rules:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            return stem + replacement if _measure(stem) >= least else word
    return word


def _plural(word: str) -> str:
    """Step 1a."""
    if word.endswith("ss") and not word.endswith("sses"):
        return word
    if word.endswith("ies") and len(word) == _LONGEST_SHORT:
        return word[:-1]
    return word[:-2] if word.endswith(("sses", "ies")) else word[:-1]


def _past_and_progressive(word: str) -> str:
    """Step 1b."""
    if word.endswith("ied"):
        return word[:-1] if len(word) == _LONGEST_SHORT else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    if word.endswith("ed"):
        stem = word[:-2]
    elif word.endswith("ing"):
        stem = word[:-3]
    else:
        return word
    return _restore(stem) if _VOWEL in _shape(stem) else word


def _restore(stem: str) -> str:
    """Mend the end of what step 1b left: add an e, or undouble a consonant."""
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    shape = _shape(stem)
    if shape[-1:] == _CONSONANT and stem[-2:-1] == stem[-1]:
        return stem if stem[-1] in "lsz" else stem[:-1]
    return stem + "e" if shape.count(b"vc") == 1 and _ends_short(stem) else stem


def _double_suffix(word: str, rules: _Rules) -> str:
    """Step 2."""
    if word.endswith("alli") and _measure(word[:-4]):
        word = word[:-2]
        rules = _STEP_2["al"]
    if word.endswith("logi"):
        return word[:-1] if _measure(word[:-3]) else word
    return _replace(word, rules)


def _drop_suffix(word: str, rules: _Rules) -> str:
    """Step 4."""
    if word.endswith("ion") and not word.endswith(("sion", "tion")):
        return word
    return _replace(word, rules, least=2)


def _tidy(word: str) -> str:
    """Step 5: a final e, and one l of a final double l."""
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
