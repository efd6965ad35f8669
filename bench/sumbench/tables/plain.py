"""Replaces the characters of a table that an encoding lacks, so that it can be printed anywhere."""

import unicodedata
from dataclasses import replace

from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

_SIGNS = {
    "–": "-",
    "—": "-",
    "−": "-",
    "†": "+",
    "‡": "++",
    "×": "x",
    "±": "+/-",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "↑": "^",
    "↓": "v",
    "′": "'",
    "α": "alpha",
    "ρ": "rho",
    "τ": "tau",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
}


def in_encoding(table: Table, encoding: str) -> Table:
    """Return the table with every character that `encoding` lacks replaced by one of ASCII that means the same.

    A letter with an accent loses it; what has nothing like it in ASCII becomes a question mark.
    """

    def row(each: Row) -> Row:
        cells = tuple(_plain(cell, encoding) if isinstance(cell, str) else cell for cell in each.cells)
        return replace(each, cells=cells, marks={key: _plain(mark, encoding) for key, mark in each.marks.items()})

    return Table(
        _plain(table.title, encoding),
        tuple(replace(column, title=_plain(column.title, encoding)) for column in table.columns),
        tuple(Section(_plain(each.title, encoding), tuple(map(row, each.rows))) for each in table.sections),
        tuple(_plain(note, encoding) for note in table.notes),
        table.origin,
        tuple(_plain(sentence, encoding) for sentence in table.verdict),
        tuple(in_encoding(each, encoding) for each in table.further),
    )


def _plain(text: str, encoding: str) -> str:
    return "".join(character if _has(encoding, character) else _like(character) for character in text)


def _like(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if part.isascii()) or "?"


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
