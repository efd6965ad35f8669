"""How scores are shown: scaled, rounded, with their unit and direction in words."""

from collections.abc import Collection
from collections.abc import Iterable

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats import Interval
from sumbench.stats import Standing
from sumbench.stats.analysis import CEILING
from sumbench.stats.phrases import PER_CENT
from sumbench.tables.model import Column

_BETTER = {Direction.HIGHER: "", Direction.LOWER: "lower is better", Direction.NEITHER: "a property, not ranked"}


def scaled(score: float | None, value: Value) -> float | None:
    """Return a score as tables show it, None for none."""
    return None if score is None else value.scale * score


def column(value: Value, *, detail: bool = False) -> Column:
    """Return the column of a value's scores."""
    return Column(value.name, value.title, value.decimals, detail=detail)


def shown(score: float, value: Value) -> str:
    """Return a score as text."""
    return f"{value.scale * score:z.{value.decimals}f}"


def span(interval: Interval | None, value: Value) -> str | None:
    """Return an interval of a mean as text, with one decimal fewer than its column, but one where that has any."""
    if interval is None:
        return None
    decimals = max(min(1, value.decimals), value.decimals - 1)
    low, high = (f"{value.scale * end:z.{decimals}f}" for end in (interval.low, interval.high))
    return f"{low}–{high}"


def rows_of(rows: Iterable[Standing], names: Collection[str]) -> list[Standing]:
    """Return the rows of a table of these values: every system, and the references where they have a score of one."""
    return [row for row in rows if row.system != CEILING or not row.means.keys().isdisjoint(names)]


def signed_span(interval: Interval | None, value: Value) -> str | None:
    """Return an interval of a difference as text."""
    if interval is None:
        return None
    low, high = (f"{value.scale * end:+z.{value.decimals}f}" for end in (interval.low, interval.high))
    return f"{low} to {high}"


def unit(value: Value) -> str:
    """Return what a shown score is, such as `F1 × 100`; empty for a plain number."""
    # A share in per cent needs no word on how it became one.
    factor = "" if value.scale == 1 or value.unit == PER_CENT else f"× {value.scale:g}"
    return f"{value.unit} {factor}".strip()


def better(value: Value) -> str:
    """Say which scores are better, where it is not the higher ones."""
    return _BETTER[value.direction]


def kind(value: Value) -> tuple[str, Direction]:
    """Return what a reader must know of a value: two that agree in it need no word to tell them apart."""
    return unit(value), value.direction


def explain_values(values: Iterable[Value]) -> str:
    """Say what shown scores are: once where all are of one kind, else for each kind with the titles of its columns."""
    kinds: dict[tuple[str, Direction], list[Value]] = {}
    for value in values:
        kinds.setdefault(kind(value), []).append(value)
    said = {
        ", ".join(value.title for value in alike): ", ".join(
            part for part in (unit(alike[0]) or "plain numbers", better(alike[0])) if part
        )
        for alike in kinds.values()
    }
    return "; ".join(what if len(said) == 1 else f"{titles}: {what}" for titles, what in said.items())
