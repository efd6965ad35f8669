"""Tables: one model of a table, and a module a format."""

from collections.abc import Sequence

from bench.registry import Registry
from bench.tables.model import Cell
from bench.tables.model import Column
from bench.tables.model import Row
from bench.tables.model import Section
from bench.tables.model import Table
from bench.tables.results import results

__all__ = ["FORMATS", "Cell", "Column", "Row", "Section", "Table", "render", "results"]

FORMATS = Registry(
    kind="format",
    listed_by="--help",
    targets={
        "terminal": "bench.tables.terminal:render",
        "markdown": "bench.tables.markdown:render",
        "csv": "bench.tables.csv:render",
        "latex": "bench.tables.latex:render",
        "html": "bench.tables.html:render",
        "json": "bench.tables.json:render",
        "model-index": "bench.tables.model_index:render",
    },
)


def render(tables: Sequence[Table], format_: str) -> str:
    """Return several tables in one format: one behind the other, or as a list where the format is JSON."""
    texts = [FORMATS[format_](table) for table in tables]
    return "[\n" + ",\n".join(texts) + "]\n" if format_ == "json" else "\n".join(texts)
