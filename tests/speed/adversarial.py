"""Whether any text takes too long: `python -m tests.speed.adversarial [--megabytes 1] [--only split,words]`.

Texts of one megabyte that are as hard as we could make them go through everything that reads texts; each is timed once,
in seconds of the processor. An operation is a function of a text and its language: add further ones to `OPERATIONS`.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from sumbench.generation import budget
from sumbench.generation.cleaning import read_written
from sumbench.languages import guess
from sumbench.length import Length
from sumbench.marks.cleaning import cleaned
from sumbench.marks.kinds import marks_in
from sumbench.rouge import RougeScorer
from sumbench.rouge import language_tokenizer
from sumbench.rouge.perl import PerlRouge
from sumbench.sentences import split
from sumbench.sentences import words

UNITS: dict[str, tuple[str, str]] = {
    "one sentence": ("en", "The mill on the river closed on Monday, and nobody came to see it. "),
    "one word": ("en", "a"),
    "one word, again and again": ("en", "a "),
    "short sentences": ("en", "Ab cd. "),
    "initials": ("en", "J. R. "),
    "abbreviations": ("en", "Dr. "),
    "numbers": ("en", "1. "),
    "numbers without blanks": ("en", "1."),
    "decimals": ("en", "3.5 "),
    "lines of numbers": ("en", "1.\n"),
    "lines of a letter": ("en", "a\n"),
    "empty lines": ("en", "\n"),
    "blanks": ("en", " "),
    "full stops": ("en", "."),
    "end marks without blanks": ("en", "a!"),
    "spaced dots": ("en", ". . x"),
    "quotation marks": ("en", '"'),
    "quotations never closed": ("en", "“A. "),
    "guillemets never closed": ("fr", "«A. "),
    "apostrophes never closed": ("en", '\'90s "Ab." é '),
    "two kinds of quotations": ("en", "\"A.\" 'B.' "),
    "quotations within brackets": ("en", '("A. B) C." '),
    "backquotes": ("en", "``a "),
    "brackets never closed": ("en", "("),
    "brackets": ("en", "[A. B] "),
    "lists in a line": ("en", "2) Ab cd. "),
    "bullets": ("en", "• Ab. "),
    "rules": ("en", "---\n"),
    "headings": ("en", "# a\n"),
    "hash signs": ("en", "#"),
    "code fences": ("en", "```\n"),
    "special tokens": ("en", "<|im_end|>"),
    "thoughts never closed": ("en", "<think>"),
    "thoughts": ("en", "<think>a</think>"),
    "tags": ("en", "<t> a </t>"),
    "angle brackets": ("en", "<"),
    "HTML entities": ("en", "&amp;"),
    "ampersands": ("en", "&"),
    "backslashes": ("en", "\\n"),
    "JSON": ("en", '{"a": "B. C."}, '),
    "braces": ("en", "{"),
    "URLs": ("en", "http://a.b/c?d=e!f "),
    "addresses": ("en", "a@b.cc.1"),
    "emoji": ("en", "👩‍👩‍👧‍👦! "),
    "zero-width characters": ("en", "\u200ba. "),
    "combining marks": ("en", "\u0301"),
    "a letter with marks": ("en", "a\u0301\u0301\u0301 "),
    "different words": ("en", ""),
    "Italian": ("it", "La fabbrica è chiusa. "),
    "Danish": ("da", "Møllen lukkede! "),
    "Catalan": ("ca", "El molí va tancar! "),
    "Kazakh": ("kk", "Диірмен жабылды. "),
    "Turkish": ("tr", "İIıi. "),
    "Russian": ("ru", "Завод закрылся. "),
    "Arabic": ("ar", "أُغلق المصنع؟ "),
    "Hindi": ("hi", "मिल बंद हो गई। "),
    "Chinese": ("zh", "中。"),
    "Chinese without an end": ("zh", "今天"),
    "Chinese quotations": ("zh", '「中 "a" 。'),
    "Japanese": ("ja", "コンピューターを買った。"),
    "Katakana": ("ja", "ア"),
    "Korean": ("ko", "공장이 문을 닫았다. "),
    "Thai": ("th", "โรงงานปิด"),
    "Lao": ("lo", "ນ້ຳ"),
    "Khmer": ("km", "ភាសាខ្មែរ។"),
    "Burmese": ("my", "က။"),
}
"""Kinds of texts: each by its language and what it repeats; different words repeat nothing."""

REFERENCE = "The mill closed. Nobody came. 工厂关闭了。下雨了。"


class Timing(NamedTuple):
    """What took how many seconds of the processor."""

    seconds: float
    operation: str
    kind: str


def _rouge(text: str, language: str) -> object:
    return RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=language_tokenizer(language)).score(REFERENCE, text)


def _rouge_lsum(text: str, language: str) -> object:
    return RougeScorer(["rougeLsum"], tokenizer=language_tokenizer(language)).score(REFERENCE, text)


def _equal(text: str, language: str) -> object:
    return RougeScorer(["rouge1", "rouge2"], tokenizer=language_tokenizer(language)).score(text, text)


def _long_l(text: str, language: str) -> object:
    return RougeScorer(["rougeL"], tokenizer=language_tokenizer(language)).score(text + REFERENCE, f"x {text}")


def _long_lsum(text: str, language: str) -> object:
    return RougeScorer(["rougeLsum"], tokenizer=language_tokenizer(language)).score(text + REFERENCE, f"x {text}")


def _budgeted(text: str, language: str) -> object:
    return budget.trim_to_budget(text, Length(3), cut=True, language=language)


def _filled(text: str, language: str) -> object:
    return budget.fills_budget(text, Length(words=100), language)


def _ngrams_of_the_original(text: str, _language: str) -> object:
    return PerlRouge("-n 2 -m").score(text, [REFERENCE])


OPERATIONS: dict[str, Callable[[str, str], object]] = {
    "split": split,
    "words": lambda text, _language: words(text),
    "trim_to_budget": _budgeted,
    "fills_budget": _filled,
    "tokenize (language's)": lambda text, language: language_tokenizer(language).tokenize(text),
    "tokenize (English)": lambda text, _language: language_tokenizer("en").tokenize(text),
    "guess the language": lambda text, _language: guess(text),
    "find marks": lambda text, _language: marks_in(text),
    "clean (--clean)": lambda text, _language: cleaned(text),
    "read what a model wrote": lambda text, _language: read_written(text, clean=True),
    "ROUGE-1, -2 and -L, short reference": _rouge,
    "ROUGE-Lsum, short reference": _rouge_lsum,
    "ROUGE-1 and -2, against itself": _equal,
    "ROUGE-L, against a text as long": _long_l,
    "ROUGE-Lsum, against a text as long": _long_lsum,
    "ROUGE-1.5.5 -n 2 -m, short reference": _ngrams_of_the_original,
}
"""What reads texts, by name: each takes a text and its language. A further one is one line here."""


SHARES = {"ROUGE-L, against a text as long": 0.2, "ROUGE-Lsum, against a text as long": 0.01}
"""What takes time in the product of two texts' lengths gets so much of them: its seconds are those of the share."""


def text_of(kind: str, size: int) -> str:
    """Return a text of a kind, of about so many bytes of UTF-8."""
    unit = UNITS[kind][1]
    if not unit:
        return " ".join(f"w{number:x}." for number in range(size // 7))
    return unit * (size // len(unit.encode()))


def timings(size: int, chosen: list[str]) -> list[Timing]:
    """Time the chosen operations on every kind of text; each is used once before, on a short text."""
    found = []
    for name in chosen:
        operation = OPERATIONS[name]
        for kind, (language, _) in UNITS.items():
            text = text_of(kind, int(size * SHARES.get(name, 1)))
            operation(text_of(kind, 200), language)
            start = time.process_time()
            operation(text, language)
            found.append(Timing(time.process_time() - start, name, kind))
    return found


def main() -> None:
    """Print the slowest kinds of text of each operation, and the slowest of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--only", default=",".join(OPERATIONS), help="operations, by the beginning of their names")
    parser.add_argument("--slowest", type=int, default=3, help="how many kinds of each operation to print")
    arguments = parser.parse_args()
    starts = tuple(arguments.only.split(","))
    chosen = [name for name in OPERATIONS if name.startswith(starts)]
    found = timings(int(arguments.megabytes * 1e6), chosen)
    for name in chosen:
        slowest = sorted((timing for timing in found if timing.operation == name), reverse=True)[: arguments.slowest]
        cells = ", ".join(f"{timing.kind} {timing.seconds:.2f} s" for timing in slowest)
        share = f", {SHARES[name]:.0%} of the text" if name in SHARES else ""
        sys.stdout.write(f"| {name}{share} | {cells} |\n")
    worst = max(found)
    sys.stdout.write(f"worst: {worst.operation} on {worst.kind}: {worst.seconds:.2f} s\n")


if __name__ == "__main__":
    main()
