"""The table of `sumbench corpora`, and the descriptions of registered names."""

import inspect
from collections.abc import Sequence

from sumbench.corpus import SHIPPED
from sumbench.corpus import presets
from sumbench.corpus.plugin import REGISTRY as CORPORA
from sumbench.corpus.spec import OPTIONS
from sumbench.errors import UsageError
from sumbench.registry import Registry
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].removesuffix(".")


def describe_name(registry: Registry, name: str) -> str:
    """Describe a registered name in one line; a plug-in has a second line with its distribution, or why it fails."""
    origin = registry.origin(name)
    try:
        line = _first_line(registry[name])
    except UsageError as error:
        if not origin:
            raise
        return f"cannot be used:\n{error}"
    return f"{line}\n(of {origin})" if origin else line


def _listing(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], notes: tuple[str, ...]) -> Table:
    return Table(
        title, tuple(Column(name, name) for name in columns), (Section("", tuple(Row(row) for row in rows)),), notes
    )


def corpora_table() -> Table:
    """Return the table of the corpora: presets, and how other corpora are named."""
    builtin = {*SHIPPED, *presets()}
    rows = [
        *((name, f"{corpus.what}; {corpus.licence}") for name, corpus in SHIPPED.items()),
        *((preset.name, preset.what) for preset in presets().values()),
        *((name, describe_name(CORPORA, name)) for name in CORPORA if name not in builtin),
        ("FOLDER", "a folder with article.txt and reference-*.txt, or a folder of such folders"),
        ("FILE", "a table: .jsonl, .json, .csv, .tsv or .parquet, perhaps .gz or .zst; or a pattern of such names"),
        ("hub:NAME", "a data set of the Hugging Face hub, or a folder with a copy of one"),
    ]
    notes = (
        "name one with --corpus, options behind it: NAME[,key=value…], for example hub:owner/name,split=validation",
        f"options: {', '.join(OPTIONS)}",
        "more of one: sumbench corpora NAME; what is in one: sumbench corpora check NAME",
        *CORPORA.overruled(builtin),
    )
    return _listing("corpora", ("corpus", "what"), rows, notes)
