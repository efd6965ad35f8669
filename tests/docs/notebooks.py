"""The notebook of the documentation as a page."""

import re
from typing import Any

import nbformat

from tests.docs.pages import DOCS

NOTEBOOK = DOCS / "notebook.ipynb"

HEAD = """<!-- made of notebook.ipynb by python -m tests.docs -->
"""


def kept() -> Any:  # noqa: ANN401 - nbformat's nodes
    """Return the notebook as its file has it."""
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def page() -> str:
    """Return the page: texts, code, and of the outputs what is text."""
    book = kept()
    parts = [HEAD]
    for cell in book.cells:
        if cell.cell_type == "markdown":
            parts.append(f"{cell.source.strip()}\n")
            continue
        parts.append(f"```python\n{cell.source.strip()}\n```\n")
        parts += [f"```text\n{text}\n```\n" for text in map(_text, cell.outputs) if text]
    return "\n".join(parts)


def _text(output: Any) -> str:  # noqa: ANN401 - nbformat's nodes
    """Return an output as text without colours, empty for one that has none."""
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    text = "\n".join(line.rstrip() for line in str(text).splitlines())
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip("\n")
