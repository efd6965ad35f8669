"""The tables of `sumbench corpora`, and of a dry run."""

import inspect
from collections.abc import Iterable
from collections.abc import Sequence

from sumbench.corpus import SHIPPED
from sumbench.corpus import presets
from sumbench.corpus.plugin import REGISTRY as CORPORA
from sumbench.corpus.spec import OPTIONS
from sumbench.errors import UsageError
from sumbench.registry import Registry
from sumbench.runs.forecast import Forecast
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.model import count


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
        *SHIPPED.items(),
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


def forecast_table(corpus: str, plans: Iterable[Forecast], notes: Sequence[str] = ()) -> Table:
    """Return the table of what a run would do, system by system; `notes` come before its own."""
    rows = list(plans)
    columns = (
        Column("system", "system"),
        Column("documents", "documents", 0),
        Column("summaries", "summaries", 0),
        Column("reused", "reused", 0),
        Column("fetch", "weights to fetch"),
        Column("download", "MB", 0),
        Column("seconds", "estimated s", 1),
    )
    cells = [
        Row(
            (
                one.system,
                one.documents,
                one.summaries,
                one.reused,
                one.fetch,
                one.download and one.download / 1e6,
                one.seconds,
            )
        )
        for one in rows
    ]
    known = [one.seconds for one in rows if one.seconds is not None]
    unsized = [one.fetch for one in rows if one.fetch and one.download is None]
    unknown = len(rows) - len(known)
    own = [f"estimates are from earlier runs on this machine: {sum(known):.0f} s in all"] if known else []
    own += [f"nothing is known of the time of {count(unknown, 'system')}"] if unknown else []
    own += [f"size unknown: {', '.join(unsized)}"] if unsized else []
    return Table(f"{corpus}: what a run would do", columns, (Section("", tuple(cells)),), (*notes, *own))
