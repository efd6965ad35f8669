"""Tables: one model of a table, and a module a format."""

from bench.registry import Registry
from bench.tables.model import Cell
from bench.tables.model import Column
from bench.tables.model import Row
from bench.tables.model import Section
from bench.tables.model import Table
from bench.tables.results import results

__all__ = ["FORMATS", "Cell", "Column", "Row", "Section", "Table", "results"]

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
