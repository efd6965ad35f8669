r"""LaTeX format of a table, for `\input`; it needs booktabs, graphicx and siunitx (2 or 3)."""

import math
import re
from collections.abc import Iterator
from collections.abc import Sequence

from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

_ESCAPES = str.maketrans(
    {
        **{character: f"\\{character}" for character in "#$%&_{}"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "`": r"\textasciigrave{}",
        # A long signature may be broken behind each of its parts.
        "|": r"\textbar\allowbreak{}",
        "\u2060": "{}",
        "–": "--",
        "—": "---",
        "−": "$-$",
        "†": r"\dag{}",
        "‡": r"\ddag{}",
        "×": r"$\times$",
        "±": r"$\pm$",
        "≤": r"$\leq$",
        "≥": r"$\geq$",
        "→": r"$\rightarrow$",
        "↑": r"$\uparrow$",
        "↓": r"$\downarrow$",
        "′": "$'$",
        "α": r"$\alpha$",
        "ρ": r"$\rho$",
        "τ": r"$\tau$",
        "…": r"\dots{}",
        "“": "``",
        "”": "''",
        "‘": r"\textquoteleft{}",
        "’": "'",
        "\u00a0": "~",
    }
)

_ABOVE = r"""% \usepackage{booktabs,graphicx,siunitx}
\begin{table}
\centering
\small"""

_FITTED = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
"""A table that is wider than the text is made smaller, another is left as it is."""


def render(table: Table) -> str:
    """Return a `table` environment: numbers in `S` columns, the best bold, marks raised, notes in a minipage.

    Further tables are environments of their own.
    """
    return "\n".join(line for each in table.each() for line in _lines(each)) + "\n"


def escaped(text: str) -> str:
    """Return the text as LaTeX prints it, on one line."""
    # Two hyphens would become a dash; a word joiner between them keeps them apart.
    return re.sub("-(?=-)", "-\u2060", " ".join(text.split())).translate(_ESCAPES)


def _lines(table: Table) -> Iterator[str]:
    room = table.mark_widths()
    yield _ABOVE
    said = "".join(f". {sentence.removesuffix('.')}" for sentence in table.verdict)
    yield rf"\caption{{{escaped(table.title + said)}}}"
    yield _FITTED
    yield r"\begin{tabular}{@{}"
    rows = [row for section in table.sections for row in section.rows]
    for index, column in enumerate(table.columns):
        yield "  " + _specification(column, [row.cells[index] for row in rows], room[index])
    yield "@{}}"
    yield r"\toprule"
    yield _line([_heading(column) for column in table.columns])
    for section in table.sections:
        yield r"\midrule"
        yield from _section(table, section)
    yield r"\bottomrule"
    yield r"\end{tabular}}"
    if table.notes:
        yield r"\par\medskip"
        yield r"\begin{minipage}{\linewidth}"
        yield r"\footnotesize\raggedright"
        yield from (rf"\hangindent=1em\relax {escaped(note)}\par" for note in table.notes)
        yield r"\end{minipage}"
    yield r"\end{table}"


def _section(table: Table, section: Section) -> Iterator[str]:
    if section.title:
        yield rf"\multicolumn{{{len(table.columns)}}}{{@{{}}l}}{{\textit{{{escaped(section.title)}}}}} \\"
    cells = [[_cell(table.columns[index], row, index) for index in range(len(table.columns))] for row in section.rows]
    width = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield _line([f"{text:{room}}" for text, room in zip(row, width, strict=True)])


def _line(cells: Sequence[str]) -> str:
    line = " & ".join(cells).rstrip() + r" \\"
    # At the beginning of a row, after a rule or the end of another row, TeX would take these for an option of that.
    return "{}" + line if line.startswith(("[", "*")) else line


def _specification(column: Column, cells: Sequence[Cell], room: int) -> str:
    """Return the column's type; an `S` column declares the width of its numbers and marks."""
    if column.decimals is None:
        return "l"
    shown = [column.shown(cell) for cell in cells if _is_number(cell)]
    digits = max((len(text.lstrip("-").partition(".")[0]) for text in shown), default=1)
    sign = "-" if any(text.startswith("-") for text in shown) else ""
    marks = rf", table-space-text-post={{\textsuperscript{{{'m' * room}}}}}" if room else ""
    return f"S[table-format={sign}{digits}.{column.decimals}, detect-weight, mode=text{marks}]"


def _heading(column: Column) -> str:
    return escaped(column.title) if column.decimals is None else f"{{{escaped(column.title)}}}"


def _cell(column: Column, row: Row, index: int) -> str:
    cell, best, mark = row.cells[index], index in row.best, row.marks.get(index)
    raised = rf"\textsuperscript{{{escaped(mark)}}}" if mark and cell is not None else ""
    if _is_number(cell) and column.decimals is not None:
        return (r"\bfseries " if best else "") + column.shown(cell) + (f" {{{raised}}}" if raised else "")
    text = escaped(column.shown(cell))
    text = (rf"\textbf{{{text}}}" if best and text else text) + raised
    return f"{{{text}}}" if text and column.decimals is not None else text


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and math.isfinite(cell)
