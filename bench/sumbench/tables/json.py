"""JSON format of a table, for programs: everything that the table holds, at full precision.

This module is the format's documentation. The file is one object:

- `schema`: the version of the format; it rises when a key changes its meaning or goes.
- `title`: what the table is about.
- `columns`: objects with `key` (the column's name in files), `title` (as readers see it), `decimals` (how many of
  them readers see; null for a column of texts) and `detail` (true for one that only programs are shown).
- `sections`: objects with `title` (which may be empty) and `rows`. A row has `cells`, one a column and in their
  order: a text, a number, or null for nothing. `best` lists the columns, counted from 0, of the cells that stand out
  as the best; `marks` has by column what is shown behind a cell, such as the letters of significance. `detail` is true
  for a row that only programs are shown.
- `verdict`: sentences that say what the table shows, for a reader who sees nothing else.
- `notes`: the lines under the table.
- `origin`: what the scores of a run's table are of, null for other tables: an object with `corpus` (its name), `sha256`
  (of its content), and by a column's `key` in `signatures` the line that reproduces its figures, in `metrics` the name
  of the metric that they are of.
- `further`: the tables below it, as readers see them: objects like this one, without `schema`. The figures of those
  of the same rows are among the details of this table, too; tables by language have a row a language.

A number that JSON cannot hold stands as the text "nan", "inf" or "-inf".
"""

import json
import math
from dataclasses import asdict
from typing import Any

from sumbench.errors import UsageError
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

SCHEMA = 1


def render(table: Table) -> str:
    """Return the table as an indented JSON object, the details among its columns."""
    content = {"schema": SCHEMA, **_content(table)}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def parse(text: str) -> Table:
    """Return the table that `render` wrote; raise UsageError for a text that holds none, or one of a newer schema."""
    try:
        content = json.loads(text)
        if content["schema"] > SCHEMA:
            raise UsageError(
                f"table: schema {content['schema']} is newer than this sumbench reads ({SCHEMA}): update sumbench"
            )
        return _table(content)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"table: this is no table that sumbench wrote as JSON: {error}") from None


def _content(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [asdict(column) for column in table.columns],
        "sections": [
            {"title": section.title, "rows": [_written(row) for row in section.rows]} for section in table.sections
        ],
        "verdict": table.verdict,
        "notes": table.notes,
        "origin": table.origin and asdict(table.origin),
        "further": [_content(each) for each in table.further],
    }


def _table(content: dict[str, Any]) -> Table:
    return Table(
        content["title"],
        tuple(Column(**column) for column in content["columns"]),
        tuple(
            Section(section["title"], tuple(_read(row) for row in section["rows"])) for section in content["sections"]
        ),
        tuple(content["notes"]),
        None if content.get("origin") is None else Origin(**content["origin"]),
        tuple(content.get("verdict", ())),
        tuple(map(_table, content.get("further", ()))),
    )


def _written(row: Row) -> dict[str, Any]:
    return {
        "cells": [_finite(cell) for cell in row.cells],
        "best": sorted(row.best),
        "marks": {str(index): mark for index, mark in sorted(row.marks.items())},
        "detail": row.detail,
    }


def _finite(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell


def _read(row: dict[str, Any]) -> Row:
    marks = {int(index): mark for index, mark in row["marks"].items()}
    return Row(tuple(row["cells"]), frozenset(row["best"]), marks, row.get("detail", False))
