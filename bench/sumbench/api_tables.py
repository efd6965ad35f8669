"""Shows tables to users of the Python API: as text, as HTML, as data frames."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sumbench.tables import Table


def as_frame(table: "Table") -> "pd.DataFrame":
    """Return a table as a data frame, at full precision."""
    import pandas as pd

    columns = ["section", *(column.key for column in table.columns)]
    rows = [(section.title, *row.cells) for section in table.sections for row in section.rows]
    return pd.DataFrame(rows, columns=columns)


def as_text(table: "Table") -> str:
    """Return a table as text for a terminal."""
    from sumbench.tables.terminal import render

    return render(table)


def as_html(table: "Table") -> str:
    """Return a table as a fragment of HTML."""
    from sumbench.tables.html import render

    return render(table)
