"""The table of what a metric makes of the summaries that ship, beside what was expected of it."""

from sumbench.metrics.checks import Checked
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.options import broken

TEXT, WHAT = 40, 18
"""Widths in characters to which summaries, and what they are, are broken."""


def check_table(checked: Checked) -> Table:
    """Return a row for each summary: what it is, whether its document supports it, and its scores.

    The last column says with how many of the document's summaries of the other kind it is in the right order.
    """
    decides = checked.deciding
    columns = (
        Column("summary", "summary"),
        Column("what", "what it is"),
        Column("expected", "expected"),
        *(Column(value.name, value.title, value.decimals) for value in checked.values),
        Column("right", "right"),
    )
    sections: dict[str, list[Row]] = {claim.document: [] for claim in checked.claims}
    for index, claim in enumerate(checked.claims):
        cells = [
            None if index in checked.failures else float(checked.scores[value.name][index]) * value.scale
            for value in checked.values
        ]
        right = ""
        if decides is not None and index not in checked.failures:
            points, most = checked.right(decides, index)
            right = f"{points:g} of {most}"
        expected = "supported" if claim.supported else "not"
        row = Row((broken(claim.text, TEXT), broken(claim.what, WHAT), expected, *cells, right))
        sections[claim.document].append(row)
    notes = ["right: with how many of the document's summaries of the other kind it is in the right order"]
    notes += [f"{value.title} ({value.name}): {value.direction.value} is better" for value in checked.values]
    titled = tuple(Section(f"document: {name}", tuple(rows)) for name, rows in sections.items())
    return Table(f"check: {checked.metric}", columns, titled, tuple(notes), verdict=(_verdict(checked),))


def _verdict(checked: Checked) -> str:
    fault, value = checked.fault(), checked.deciding
    if fault or value is None:
        return fault
    pairs = f"{checked.share(value):.0%} of the pairs of a supported and another summary of a document"
    return f"{checked.metric} tells supported summaries from others: {value.name} has {pairs} in the right order"
