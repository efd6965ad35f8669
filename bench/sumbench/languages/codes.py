"""Canonical codes of languages from their names and from the codes in use: ISO 639, BCP 47, mBART's, FLORES'."""

import re
from collections.abc import Mapping
from functools import cache
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from typing import Any
from typing import Final

from sumbench.errors import UsageError
from sumbench.registry import nearest

if TYPE_CHECKING:
    from langcodes import Language

ENGLISH: Final = "en"

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")

_OWN: Mapping[str, str] = MappingProxyType(
    {
        # What CLDR prefers is not the two-letter code.
        "nb": "no",
        "fil": "tl",
        # mBART's codes name a country that its data did not come from, or not alone.
        "ar_AR": "ar",
        "bn_IN": "bn",
        "sw_KE": "sw",
        # BBC Pidgin, of XL-Sum, is that of Nigeria.
        "pidgin": "pcm",
    }
)

_SCRIPTS: Mapping[str, str] = MappingProxyType(
    {"latin": "Latn", "cyrillic": "Cyrl", "simplified": "Hans", "traditional": "Hant"}
)
_QUALIFIED = re.compile(
    rf"(?P<language>.+?)(?:\s*[(,]\s*(?P<place>[^(),]+)\)?|\s+(?P<script>{'|'.join(_SCRIPTS)}))", re.IGNORECASE
)
"""A name with a script or a country: Portuguese (Brazil), Serbian (Latin), serbian latin."""

_NO_REGION = frozenset({"XX", "ZZ"})
_UNDETERMINED = "und"
_SEVERAL_OR_NONE = frozenset({"mul", "mis", "zxx"})
_EMPTY_CELL = "nan"
"""What pandas writes for an empty cell, far more often than it means Min Nan Chinese."""

_SHORTEST_NAME = 4


class UnknownLanguageError(UsageError):
    """A name or code of no language, or of none in particular."""


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """Return the code of a language: ISO 639-1 where there is one, else ISO 639-3; "" for `und`, the undetermined.

    `name` is a name (English, German, Deutsch, "Chinese (Traditional)"), an ISO 639-1, 639-2 or 639-3 code, a BCP 47
    tag, or a code of mBART (en_XX), M2M (__en__) or FLORES (eng_Latn). A code for what one language of a family is
    usually taken for means that family's (cmn: zh, arb: ar). A script or else a region follows, as in BCP 47, where it
    is not the one that the code alone stands for (zh-Hant, sr-Latn, pt-BR). Raises UnknownLanguageError, with the
    nearest name.
    """
    text = " ".join(name.removeprefix("__label__").strip(" _").split())
    if text.lower().replace("_", "-").partition("-")[0] == _UNDETERMINED:
        return ""
    if text in _OWN or text.lower() in _OWN:
        return _OWN.get(text) or _OWN[text.lower()]
    found = _of_tag(text) if _TAG.fullmatch(text) else None
    found = found or _of_name(text.replace("_", " "))
    if found is None or text.lower() in _SEVERAL_OR_NONE:
        raise _unknown(name)
    return _reduced(found)


def base(code: str) -> str:
    """Return a canonical code without its script or region."""
    return code.partition("-")[0]


def _of_tag(text: str) -> "Language | None":
    from langcodes import Language
    from langcodes.tag_parser import LanguageTagError

    tag = text.replace("_", "-")
    head, _, region = tag.rpartition("-")
    if region.upper() in _NO_REGION and head:
        tag = head
    try:
        found = Language.get(tag)
    except LanguageTagError:
        return None
    # Codes for private use (qaa to qtz) are valid and mean nothing.
    private = "qaa" <= tag.lower() <= "qtz"
    of_none = private or found.extlangs or not found.language or tag.lower() == _EMPTY_CELL
    return found if found.is_valid() and not of_none else None


def _of_name(text: str) -> "Language | None":
    from langcodes import Language

    if len(text) < _SHORTEST_NAME and text.isascii():
        return None
    text = re.sub(r"(?i)\s+language$", "", text)
    if code := _code("language", text):
        return Language.get(code)
    parts = _QUALIFIED.fullmatch(text)
    code = "" if parts is None else _code("language", parts["language"])
    if parts is None or not code:
        return None
    kind = (parts["place"] or parts["script"]).lower()
    if kind in _SCRIPTS:
        return Language.get(f"{code}-{_SCRIPTS[kind]}")
    place = _code("territory", kind)
    return Language.get(f"{code}-{place}") if place else None


def _code(category: str, name: str) -> str:
    """Return the code of a language, script or territory by its exact name in any language; "" for none."""
    from language_data import names

    # The library's own function also takes a name that only begins as one: "German/English" would be German.
    trie = _trie(category)
    key = names.normalize_name(name)
    return names.get_trie_value(trie, key) if key in trie else ""


@cache
def _trie(category: str) -> Any:  # noqa: ANN401 - the library has no types
    from language_data import names
    from language_data.util import data_filename

    return names.load_trie(data_filename(f"trie/und/name_to_{category}.marisa"))


def _reduced(language: "Language") -> str:
    """Return the code, with its script, or else its region, where the code alone does not imply them."""
    from langcodes import Language

    family = language.prefer_macrolanguage().language or ""
    code = family if len(family) == 2 else str(language.language)  # noqa: PLR2004 - letters of ISO 639-1
    code = _OWN.get(code, code)
    full = language.maximize()
    usual = Language.get(code).maximize()
    if full.script and full.script != usual.script:
        return f"{code}-{full.script}"
    # A Portuguese text's region is said on purpose: its two norms are spelled differently, and pt is either.
    if language.territory and (language.territory != usual.territory or code == "pt"):
        return f"{code}-{language.territory}"
    return code


def _unknown(name: str) -> UnknownLanguageError:
    text = name.strip()
    if text.lower() in _SEVERAL_OR_NONE:
        return UnknownLanguageError(f"{text!r} is no language in particular: give one, or leave it out")
    if text.lower() == _EMPTY_CELL:
        return UnknownLanguageError(f"{text!r} is an empty cell of pandas: leave it empty (Min Nan is zh-min-nan)")
    hint = _hint(text)
    what = f"did you mean {hint}?" if hint else "give a name (German) or a code (de, deu, zh-Hant)"
    return UnknownLanguageError(f"unknown language {text!r}: {what}")


def _hint(text: str) -> str:
    from langcodes import Language

    if re.fullmatch(r"[A-Za-z]{2}", text):
        # Countries' codes are often taken for those of their languages: jp, cz, dk.
        country = Language.make(territory=text.upper())
        real = country.is_valid() and text.upper() not in _NO_REGION
        spoken = country.maximize().language if real else None
        return f"{english_name(spoken)!r} ({spoken})" if spoken and spoken != "und" else ""
    known = _names()
    near = nearest(text.replace("_", " "), known)
    return f"{near!r} ({known[near]})" if near else ""


@cache
def _names() -> Mapping[str, str]:
    """Return the codes of the languages that ISO 639-1 has, by their English names."""
    from langcodes.data_dicts import LANGUAGE_ALPHA3

    return {english_name(code): code for code in LANGUAGE_ALPHA3}


def english_name(code: str) -> str:
    """Return the English name of a language by its code, with its script or region: Chinese (Traditional)."""
    from langcodes import Language

    return Language.get(code).display_name()
