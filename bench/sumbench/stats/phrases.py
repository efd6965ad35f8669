"""Parts of sentences: numbers with what they count, differences with their unit, lists of names."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sumbench.manifest import Value

PER_CENT: Final = "%"

_NAMED: Final = 3


def count(number: int, what: str) -> str:
    """Return a number with the name of what it counts, in the plural where there is not exactly one."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def listed(names: Sequence[str]) -> str:
    """Return names as a list in words: all of them, or the first three and how many others."""
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} others"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def listed_in_order(names: Sequence[str], order: Sequence[str]) -> str:
    """Return systems of a table: all names, or of many that follow one another the first and the last.

    `order` has the systems as the table has them, so that none is counted in that only stands between two of `names`.
    """
    if len(names) <= _NAMED:
        return listed(names)
    members = set(names)
    stretches = [list(each) for inside, each in groupby(order, key=members.__contains__) if inside]
    parts = [part for each in stretches for part in _stretch(each)]
    if len(parts) > _NAMED:
        return f"{names[0]} and {len(names) - 1} others"
    return f"{listed(parts)} ({len(names)} systems)"


def _stretch(names: Sequence[str]) -> Sequence[str]:
    """Return neighbours as what is said of them: one or two by name, more as from the first to the last."""
    return [f"{names[0]} to {names[-1]}"] if names[1:-1] else names


def on_documents(documents: int, sources: int | None) -> str:
    """Return the number of documents, and of their sources where some share one (else None)."""
    return count(documents, "document") + ("" if sources is None else f" of {count(sources, 'source')}")


def points(value: Value) -> str:
    """Return what differences are counted in: points of scaled scores and of shares in per cent, else the unit."""
    return "points" if value.scale != 1 or value.unit == PER_CENT else value.unit


def shown_difference(difference: float, value: Value) -> str:
    """Return a difference with the decimals of its table and what it is counted in: `1.20 points`."""
    return f"{value.scale * difference:z.{value.decimals}f} {points(value)}".strip()
