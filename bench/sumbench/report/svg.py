"""SVG of plots: elements, scales and axes; colours and type come from the page's style by class names."""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from markupsafe import escape

from sumbench.visible import visible

WIDTH = 640
"""The width of a plot in its own units, which are about pixels."""


def element(name: str, *children: Markup | str, **attributes: float | str | None) -> Markup:
    """Return an element; texts in it are made visible and escaped, attributes that are None are left out.

    A trailing underscore of an attribute's name is dropped, other underscores become hyphens.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else escape(visible(child)) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>")  # noqa: S704 - every part is escaped above


def _number(value: float | str) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def joined(parts: Iterable[Markup]) -> Markup:
    """Put elements behind one another."""
    return Markup("").join(parts)


_FEW_TICKS = 2


@dataclass(frozen=True)
class Scale:
    """A linear or logarithmic scale from the values `low` to `high` to the positions `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        low, high, at = (math.log10(one) if self.log else one for one in (self.low, self.high, value))
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return about so many round values within the scale."""
        if self.log:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            every = max(1, math.ceil(len(powers) / (wanted + 1)))
            found = [10.0**power for power in powers[::every]]
            if len(found) > _FEW_TICKS:
                return found
            # Within less than about two powers of ten, twice and five times these are round values, too.
            first = math.floor(math.log10(self.low))
            steps = (times * 10.0**power for power in range(first, first + 5) for times in (1, 2, 5))
            return [step for step in steps if self.low <= step <= self.high]
        step = round_step((self.high - self.low) / wanted)
        first = math.ceil(self.low / step - 1e-9)
        return [step * number for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= least * (1 - 1e-9))


def spanning(values: Iterable[float], start: float, end: float, *, log: bool = False, zero: bool = False) -> Scale:
    """Return a scale with a little room around the values; with `zero` it begins there, if no value lies below.

    A logarithmic scale goes over the values above 0 alone.
    """
    known = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if log:
        low, high = (low, high) if known else (1.0, 10.0)
        return Scale(10 ** (math.log10(low) - 0.15), 10 ** (math.log10(high) + 0.15), start, end, log=True)
    if zero and low >= 0:
        low = 0.0
    room = 0.04 * (high - low) or abs(high) * 0.1 or 1.0
    return Scale(0.0 if zero and low == 0 else low - room, high + room, start, end)


def tick_text(value: float) -> str:
    """Return a tick's label, with as many digits as it needs."""
    return f"{value:,.6g}".replace("-", "−") if abs(value) < 1e6 else f"{value:.0e}"  # noqa: PLR2004 - room of a label


def figure(height: float, label: str, *children: Markup, width: float = WIDTH) -> Markup:
    """Return a plot of so many units, with the label that screen readers say."""
    return element(
        "svg",
        element("title", label),
        *children,
        viewBox=f"0 0 {_number(float(width))} {_number(float(height))}",
        width=width,
        height=height,
        role="img",
        class_="plot",
    )


def text(  # noqa: PLR0913, PLR0917 - what SVG asks for
    x: float, y: float, content: str, class_: str = "", anchor: str | None = None, title: str = ""
) -> Markup:
    """Return a text; `anchor` is start, middle or end."""
    inner = [element("title", title)] if title else []
    return element("text", content, *inner, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def axis_x(scale: Scale, y: float, title: str, *, top: float | None = None, wanted: int = 6) -> Markup:
    """Return a horizontal axis below a plot at height `y`; with `top` thin lines rise from its ticks to there."""
    parts = [element("line", x1=scale.start, x2=scale.end, y1=y, y2=y, class_="axis")]
    for tick in scale.ticks(wanted):
        x = scale(tick)
        parts.append(element("line", x1=x, x2=x, y1=y if top is None else top, y2=y + 4, class_="grid"))
        parts.append(text(x, y + 17, tick_text(tick), "tick", "middle"))
    parts.append(text((scale.start + scale.end) / 2, y + 36, title, "axis-title", "middle"))
    return joined(parts)


def axis_y(scale: Scale, x: float, title: str, right: float, *, wanted: int = 5) -> Markup:
    """Return a vertical axis left of a plot at `x`; thin lines go from its ticks to `right`, its title stands above."""
    parts = []
    for tick in scale.ticks(wanted):
        y = scale(tick)
        parts.append(element("line", x1=x, x2=right, y1=y, y2=y, class_="grid"))
        parts.append(text(x - 6, y + 4, tick_text(tick), "tick", "end"))
    parts.append(text(0, scale.end - 12, title, "axis-title"))
    return joined(parts)


def spread_labels(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places near the given ones that are at least `gap` apart and within `low` to `high`, where they can be."""
    order = sorted(range(len(places)), key=lambda at: places[at])
    moved = [places[at] for at in order]
    for _ in range(60):
        for one in range(len(moved) - 1):
            lacking = gap - (moved[one + 1] - moved[one])
            if lacking > 0:
                moved[one] -= lacking / 2
                moved[one + 1] += lacking / 2
        moved = [min(max(each, low), high) for each in moved]
    found = [0.0] * len(places)
    for at, place in zip(order, moved, strict=True):
        found[at] = place
    return found
