"""CSV format of a table, for programs: full precision, no notes."""

import csv
import io

from sumbench.tables.model import Table


def render(table: Table) -> str:
    """Return the table as CSV with a header: a column `section`, then the table's own by their keys."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["section", *(column.key for column in table.columns)])
    for section in table.sections:
        writer.writerows([section.title, *row.cells] for row in section.rows)
    return text.getvalue()
