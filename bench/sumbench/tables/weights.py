"""The table of `sumbench weights`."""

from collections.abc import Iterable
from pathlib import Path

from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.weights.listing import ListedModel

_ACCEPTED = {True: ", accepted", False: ", to be accepted", None: ""}


def weights_table(models: Iterable[ListedModel], home: Path) -> Table:
    """Return the table of the models that can be fetched, and of those in the store, whose folder is `home`."""
    rows = tuple(
        Row(
            (
                model.name,
                model.kind,
                model.licence + _ACCEPTED[model.accepted],
                f"{model.download / 1e6:.0f} MB" if model.download else "",
                "yes" if model.installed else "no",
                model.description,
            )
        )
        for model in models
    )
    titles = ("weights", "kind", "licence", "download", "at hand", "what")
    notes = ("fetch them with: sumbench weights pull NAME…", f"the store is {home} (set by SUMBENCH_HOME)")
    return Table("weights", tuple(Column(title, title) for title in titles), (Section("", rows),), notes)
