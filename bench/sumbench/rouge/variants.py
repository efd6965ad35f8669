"""The names of the ROUGE variants: rouge1 to rouge9, rougeL and rougeLsum."""

import re
from collections.abc import Iterable
from typing import Final

from sumbench.rouge.errors import RougeError

ROUGE_L: Final = "rougeL"
ROUGE_LSUM: Final = "rougeLsum"

_ROUGE_N: Final = re.compile(r"rouge([1-9])")


def ngram_order(rouge_type: str) -> int | None:
    """Return n for rouge1 to rouge9, and None for any other name."""
    match = _ROUGE_N.fullmatch(rouge_type)
    return int(match[1]) if match else None


def check_rouge_types(rouge_types: Iterable[str]) -> tuple[str, ...]:
    """Return the requested variants, in the given order.

    Raises:
        RougeError: If one of them is no variant, or none is named.
    """
    if isinstance(rouge_types, str):
        msg = f"rouge_types is the string {rouge_types!r}: pass a list of names"
        raise RougeError(msg)
    names = tuple(rouge_types)
    if not names:
        msg = "no rouge type is asked for"
        raise RougeError(msg)
    for name in names:
        if not isinstance(name, str) or not (name in {ROUGE_L, ROUGE_LSUM} or ngram_order(name)):
            msg = f"unknown rouge type {name!r}: known are rouge1 to rouge9, {ROUGE_L} and {ROUGE_LSUM}"
            raise RougeError(msg)
    return names
