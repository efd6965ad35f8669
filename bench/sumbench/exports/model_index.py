"""model-index export: the YAML of model cards on the Hugging Face hub.

It is made from the result table, so that a card can only say what the table says: the same rows, and figures rounded
alike. The table's origin has the corpus and the signatures, which tell the metrics among the columns. A card describes
one model, and the hub's own reader gives every result of a `model-index` to the last model in it; so each ranked system
has a YAML document of its own, to be put at the top of its README.md. Floors and ceilings are no models and have none.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sumbench.errors import UsageError
from sumbench.exports.source import ExportSource
from sumbench.files import write_text
from sumbench.tables.further import SECTIONS
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Table

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

TASK = "summarization"
_OTHERS = {SECTIONS["floor"], SECTIONS["ceiling"]}
_MARKS = " †‡"


def export(source: ExportSource, place: str | None) -> list[str]:
    """Write the cards into the file `place` (default: NAME-model-index.yaml here), and return its name."""
    file = source.file(place, "-model-index.yaml")
    write_text(file, render(source.table))
    return [str(file)]


def render(table: Table) -> str:
    """Return one YAML document a ranked system; raise UsageError for a table that shows no scores of a run."""
    from huggingface_hub import ModelCardData

    origin = table.origin
    if origin is None:
        raise UsageError(f"{table.title}: model-index is made from the results of a run, and this table shows others")
    table = table.readers()
    cards = []
    for section in table.sections:
        for row in section.rows if section.title not in _OTHERS else ():
            results = list(_results(table, row, origin))
            if results:
                name = str(row.cells[0]).rstrip(_MARKS)
                cards.append(ModelCardData(model_name=name, eval_results=results).to_yaml() + "\n")
    if not cards:
        raise UsageError(f"{table.title}: no ranked system has a score, so there is no model-index")
    return "---\n".join(cards)


def _results(table: Table, row: Row, origin: Origin) -> Iterator["EvalResult"]:
    from huggingface_hub import EvalResult

    for column, cell in zip(table.columns, row.cells, strict=True):
        if column.key in origin.signatures and cell is not None:
            yield EvalResult(
                task_type=TASK,
                task_name="Summarization",
                dataset_type=origin.corpus.removeprefix("hub:"),
                dataset_name=table.title,
                dataset_args={"sha256": origin.sha256},
                metric_type=origin.metrics.get(column.key, column.key),
                metric_name=column.title,
                metric_value=float(column.shown(cell)),
                metric_args={"signature": origin.signatures[column.key]},
            )
