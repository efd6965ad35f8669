"""Tables: one table model, and a module for each format."""

import re
from collections.abc import Sequence
from pathlib import Path

from sumbench.errors import UsageError
from sumbench.files import write_text
from sumbench.registry import Registry
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.results import results

__all__ = ["FORMATS", "Cell", "Column", "Row", "Section", "Table", "render", "results", "write_each"]

FORMATS = Registry(
    kind="format",
    listed_by="--help",
    targets={
        "terminal": "sumbench.tables.terminal:render",
        "markdown": "sumbench.tables.markdown:render",
        "csv": "sumbench.tables.csv:render",
        "latex": "sumbench.tables.latex:render",
        "html": "sumbench.tables.html:render",
        "json": "sumbench.tables.json:render",
    },
    group="sumbench.formats",
    misfit=lambda render: "" if callable(render) else "is no function: a format is render(table) -> str",
)


SUFFIXES = {"terminal": "txt", "markdown": "md", "latex": "tex"}
"""Suffixes of files, where they are not the format's name."""


def render(tables: Sequence[Table], format_: str) -> str:
    """Return several tables in one format: one behind the other, or as a list where the format is JSON.

    Raises UsageError for several tables as CSV, which holds one.
    """
    if format_ == "csv" and len(tables) > 1:
        raise UsageError(f"--format csv holds one table, not {len(tables)}: give --out DIR for a file each")
    texts = [FORMATS[format_](table) for table in tables]
    return "[\n" + ",\n".join(texts) + "]\n" if format_ == "json" else "\n".join(texts)


def write_each(tables: Sequence[Table], format_: str, folder: Path) -> list[Path]:
    """Write each table into a file of its own, named by number and title; return the files.

    Raises UsageError where no folder can be made, RunError where a file cannot be written.
    """
    written = []
    for number, table in enumerate(tables, 1):
        name = re.sub(r"[^a-z0-9]+", "-", table.title.lower()).strip("-")[:40].strip("-")
        file = folder / f"{number}-{name}.{SUFFIXES.get(format_, format_)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--out {folder}: no folder can be made here: {error.strerror}") from None
        write_text(file, FORMATS[format_](table))
        written.append(file)
    return written
