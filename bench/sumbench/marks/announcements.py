"""Patterns of how models announce a summary and take their leave after it, made of the phrases in phrases.toml."""

import re
import tomllib
from pathlib import Path

_UNBROKEN = "unbroken"

_PHRASES: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8")
)

_DECOR = r"[*_]{0,3}"
_COLON = r"(?: [^\S\n]* [:：] | [^\S\n]* (?:\n|\Z) )"
_COLON_OR_STOP = r"(?: [^\S\n]* [:：] | [.。!！]? [^\S\n]* (?:\n|\Z) | [.。!！] \s )"
_INSIDE = r"[^\n:：.。!?！？]{0,120}"
_TEXTS = "article|text|document|passage|dialogue|conversation|story|report"


def _any(phrases: list[str]) -> str:
    return f"(?:{'|'.join(phrases)})".replace(" ", r"\ ")


def _all(kind: str) -> str:
    """Return the pattern of the phrases of a kind in all languages."""
    return _any([phrase for phrases in _PHRASES.values() for phrase in phrases.get(kind, ())])


def _announced() -> str:
    """Return the pattern of a line that begins with a lead and names the summary."""
    lines = []
    for language, phrases in _PHRASES.items():
        nouns, unbroken = _any(phrases["nouns"]), language == _UNBROKEN
        end = _COLON_OR_STOP if unbroken else _COLON
        boundary = "" if unbroken else r"(?!\w)"
        lines.append(rf"{_any(phrases['leads'])} {boundary} {_INSIDE} {nouns} {_INSIDE} {end}")
        if "certain" in phrases:
            lines.append(rf"{_any(phrases['certain'])} {boundary} {_INSIDE} {nouns} {_INSIDE} {_COLON_OR_STOP}")
    return " | ".join(lines)


PREAMBLE = re.compile(
    rf"""
    \A [\s#>]{{0,40}}+ {_DECOR} \s{{0,4}}
    (?: {_all("agreed")} (?!\w) [^\n:：.。!！?]{{0,40}} [,.:!，。！、：] [\s*_]{{0,8}} )?
    (?:
      {_announced()}
    | here(?:['’]s|\ is|\ are)? \ [^\n:.!?]{{0,60}} \b sentences? \b [^\n:.!?]{{0,80}} :
    | (?: i(?:['’]ve|\ have)? | (?:the|this)\ (?:{_TEXTS})\ (?:can|may)\ be ) \ summari[sz]ed \b
      [^\n:.!?]{{0,80}} {_COLON}
    | here(?:['’]s|\ is) \ [^\n:.!?]{{0,60}} : \s* (?=[{{\[`~])
    | tl;?dr [:\s]
    | {_all("headings")} {_DECOR} (?: [^\S\n]* [:：] | [^\S\n]* \n )
    )
    {_DECOR} \s*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""An announcement of a summary at the beginning of a text, with what follows it up to the summary."""

AGREEMENT = re.compile(rf"\A\s{{0,40}}+{_all('agreed')}\s?[!！.。]\s+", re.IGNORECASE)
"""A model's word of agreement in front of what was asked for."""

CLOSING = re.compile(rf"[*_(\[]{{0,3}}{_all('closing')}[^\n]{{0,300}}\Z", re.IGNORECASE)
"""What a model says to its reader after a summary, to the end of the text; match it where a sentence begins."""
