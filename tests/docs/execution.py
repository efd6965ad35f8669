"""Runs the notebook in a kernel of its own."""

import os
from pathlib import Path
from typing import Any

from tests.docs.notebooks import kept

TIMED = "timed"
"""The tag of cells whose output is another one each time: it is not kept, and not compared."""


def executed(folder: Path) -> Any:  # noqa: ANN401 - nbformat's nodes
    """Return the notebook with the outputs of a run in a folder."""
    from nbclient import NotebookClient

    book = kept()
    client = NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, "IPYTHONDIR": str(folder / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                output.pop("execution_count", None)
                if output.output_type == "execute_result":
                    output.execution_count = None
    return book


def printed(cell: Any) -> str:  # noqa: ANN401 - nbformat's nodes
    """Return the text that a cell shows; none of a timed cell. What is printed may come in several pieces."""
    if TIMED in cell.metadata.get("tags", []):
        return ""
    return "".join(output.get("text") or output["data"]["text/plain"] for output in cell.get("outputs", []))
