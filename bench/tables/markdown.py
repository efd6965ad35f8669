"""A table in GitHub's Markdown."""

from bench.tables.model import Row
from bench.tables.model import Table


def render(table: Table) -> str:
    """Return the table in Markdown: the best values bold, a section's heading in italics on a row of its own."""
    table = table.readers()
    lines = [f"**{_escaped(table.title)}**", ""]
    lines.append(_line([_escaped(column.title) for column in table.columns]))
    lines.append(_line(["---" if column.decimals is None else "---:" for column in table.columns]))
    for section in table.sections:
        if section.title:
            lines.append(_line([f"*{_escaped(section.title)}*", *("" for _ in table.columns[1:])]))
        lines += [_line(_cells(table, row)) for row in section.rows]
    lines += ["", *(f"- {_escaped(note)}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def _cells(table: Table, row: Row) -> list[str]:
    shown = [_escaped(text).rstrip() for text in table.texts(row)]
    return [f"**{text}**" if place in row.best else text for place, text in enumerate(shown)]


def _escaped(text: str) -> str:
    return "".join("\\" + character if character in "\\`*_|<>" else character for character in text)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
