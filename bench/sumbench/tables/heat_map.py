"""Draws correlations as a heat map (SVG): a row a metric, a column a quality, blue above 0 and orange below."""

from collections.abc import Iterator
from collections.abc import Sequence
from html import escape
from typing import Final

from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.verdict import shown
from sumbench.tables.model import Column
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.visible import visible

_CELL, _ROW, _LETTER, _EDGE, _GAP = 118, 30, 8.2, 16, 12
"""Width of a cell, height of a row, width of a letter, and the spaces around and between sections (pixels)."""

_FONT: Final = 'font-family="system-ui, sans-serif" font-size="13"'

_ABOVE, _BELOW, _NONE = (0x1B, 0x6C, 0xA8), (0xC0, 0x5A, 0x0A), (0xFF, 0xFF, 0xFF)
"""Colours of 1, -1 and 0, which colour-blind eyes tell apart."""

_DARK: Final = 0.9
"""Beyond so large a share of the strongest colour its text is white."""


def heat_map(table: Table, found: Correlations) -> str:
    """Return the table's correlations as a picture, in its order of rows and with its title and verdict."""
    names = [quality.quality for quality in found.qualities]
    sections = [section for section in table.sections if section.rows]
    left = _EDGE + _LETTER * max([6, *(len(str(row.cells[0])) for each in sections for row in each.rows)]) + 10
    width = max(left + _CELL * len(names) + _EDGE, _LETTER * len(table.title) + 2 * _EDGE)
    top = _EDGE + 56
    height = top + sum(_ROW * len(each.rows) + _GAP + (18 if each.title else 0) for each in sections) + 34
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {_FONT}>',
        f"<title>{_text(table.title)}</title>",
        f"<desc>{_text(' '.join(table.verdict))}</desc>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_EDGE}" y="{_EDGE + 8}" font-weight="bold">{_text(table.title)}</text>',
        *(
            f'<text x="{left + _CELL * (index + 0.5):.1f}" y="{top - 10}" text-anchor="middle">{_text(name)}</text>'
            for index, name in enumerate(names)
        ),
    ]
    y = float(top)
    for section in sections:
        if section.title:
            parts.append(
                f'<text x="{_EDGE}" y="{y + 12:.1f}" fill="#555" font-style="italic">{_text(section.title)}</text>'
            )
            y += 18
        parts += _rows(section, found, table.columns, left, y)
        y += _ROW * len(section.rows) + _GAP
    parts += [*_legend(left, y, found), "</svg>"]
    return "\n".join(parts) + "\n"


def _rows(section: Section, found: Correlations, columns: Sequence[Column], left: float, top: float) -> Iterator[str]:
    keys = [column.key for column in columns]
    for number, row in enumerate(section.rows):
        y = top + _ROW * number
        yield f'<text x="{left - 10:.1f}" y="{y + 20:.1f}" text-anchor="end">{_text(str(row.cells[0]))}</text>'
        cells = dict(zip(keys, row.cells, strict=True))
        for index, quality in enumerate(found.qualities):
            value, interval = (cells.get(f"{quality.quality}{part}") for part in ("", "_interval"))
            x = left + _CELL * index
            if not isinstance(value, float):
                yield f'<text x="{x + _CELL / 2:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="#555">–</text>'
                continue
            strength = _strength(value, found)
            ink = "#fff" if abs(strength) > _DARK else "#111"
            weight = ' font-weight="bold"' if keys.index(quality.quality) in row.best else ""
            said = f"{row.cells[0]}, {quality.quality}: {shown(value)}" + (f" ({interval})" if interval else "")
            yield (
                f"<g><title>{_text(said)}</title>"
                f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{_CELL - 2}" height="{_ROW - 2}" '
                f'fill="{_colour(strength)}"/>'
                f'<text x="{x + _CELL / 2:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="{ink}"{weight}>'
                f"{shown(value)}</text></g>"
            )


def _legend(left: float, y: float, found: Correlations) -> Iterator[str]:
    low = "-1" if found.question.coefficient in COEFFICIENTS else "0"
    steps = 24
    for step in range(steps):
        strength = 2 * step / (steps - 1) - 1
        yield f'<rect x="{left + 26 + 6 * step:.1f}" y="{y:.1f}" width="6" height="12" fill="{_colour(strength)}"/>'
    yield f'<text x="{left + 20:.1f}" y="{y + 11:.1f}" text-anchor="end" fill="#333">{low}</text>'
    yield f'<text x="{left + 32 + 6 * steps:.1f}" y="{y + 11:.1f}" fill="#333">1</text>'


def _strength(value: float, found: Correlations) -> float:
    """Return a value on the scale of colours, -1 to 1: an accuracy of a half has none."""
    return value if found.question.coefficient in COEFFICIENTS else 2 * value - 1


def _colour(strength: float) -> str:
    end, share = (_ABOVE if strength >= 0 else _BELOW), min(1.0, abs(strength))
    mixed = (round(none + share * (full - none)) for none, full in zip(_NONE, end, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _text(text: str) -> str:
    return escape(visible(text))
