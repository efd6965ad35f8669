"""Tables: one table model, and a module for each format."""

from collections.abc import Sequence

from sumbench.registry import Registry
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.results import results

__all__ = ["FORMATS", "Cell", "Column", "Row", "Section", "Table", "render", "results"]

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
        "model-index": "sumbench.tables.model_index:render",
    },
    group="sumbench.formats",
    misfit=lambda render: "" if callable(render) else "is no function: a format is render(table) -> str",
)


def render(tables: Sequence[Table], format_: str) -> str:
    """Return several tables in one format: one behind the other, or as a list where the format is JSON."""
    texts = [FORMATS[format_](table) for table in tables]
    return "[\n" + ",\n".join(texts) + "]\n" if format_ == "json" else "\n".join(texts)
