"""Directions of metrics: turns signs so that all other statistics can take higher for better."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import TypeVar

from sumbench.errors import UsageError
from sumbench.manifest import Direction
from sumbench.manifest import Value

Item = TypeVar("Item")

SIGNS = {Direction.HIGHER: 1.0, Direction.LOWER: -1.0}


def judged(value: Value) -> bool:
    """Tell whether one score of the value can be better than another; a property's cannot."""
    return value.direction in SIGNS


def sign(value: Value) -> float:
    """Return what a score is multiplied by so that higher is better: 1 or -1; raise UsageError for a property."""
    if not judged(value):
        raise UsageError(f"{value.name} is a property: neither more nor less is better, so nothing is judged by it")
    return SIGNS[value.direction]


def best_first(items: Iterable[Item], score: Callable[[Item], float | None], value: Value) -> list[Item]:
    """Return items by their scores, best first; those of a property keep their order. Without a score is last.

    Ties keep their order. None and NaN are no scores.
    """
    turned = SIGNS.get(value.direction, 0.0)

    def key(item: Item) -> tuple[bool, float]:
        of_item = score(item)
        if of_item is None or of_item != of_item:  # noqa: PLR0124 - NaN
            return True, 0.0
        return False, -turned * of_item

    return sorted(items, key=key)
