"""The table of a dry run: the work of each system, and what all of it comes to."""

from collections.abc import Iterable
from collections.abc import Sequence

from sumbench.runs.forecast import Forecast
from sumbench.runs.forecast import MetricForecast
from sumbench.stats.phrases import count
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table

MINUTE, HOUR = 60, 3600


def forecast_table(
    corpus: str, plans: Iterable[Forecast], notes: Sequence[str] = (), metrics: Sequence[MetricForecast] = ()
) -> Table:
    """Return the table of what a run would do, system by system; `notes` come before its own, which add all up.

    `metrics` are those for which weights would be fetched.
    What is not known is said beside a sum, and is no part of it.
    """
    rows = list(plans)
    priced = any(one.priced for one in rows)
    columns = (
        Column("system", "system"),
        Column("documents", "documents", 0),
        Column("summaries", "summaries", 0),
        Column("reused", "reused", 0),
        Column("fetch", "weights to fetch"),
        Column("download", "MB", 0),
        Column("seconds", "estimated s", 1),
        *([Column("cost", "estimated cost", 4)] if priced else []),
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
                *([one.cost] if priced else []),
            )
        )
        for one in rows
    ]
    fetched = [f"for the metric {one.metric}: weights {one.fetch} to fetch, {_size(one.download)}" for one in metrics]
    own = (*fetched, _download([*rows, *metrics]), _time(rows), _cost(rows))
    return Table(f"{corpus}: what a run would do", columns, (Section("", tuple(cells)),), (*notes, *filter(None, own)))


def _size(download: int | None) -> str:
    return "of unknown size" if download is None else f"{download / 1e6:,.0f} MB"


def _download(rows: Sequence[Forecast | MetricForecast]) -> str:
    """Return the sum of the downloads; weights that several systems or metrics need are fetched once."""
    sizes = {one.fetch: one.download for one in rows if one.fetch is not None}
    known = [size for size in sizes.values() if size is not None]
    unsized = ", ".join(name for name, size in sizes.items() if size is None)
    if not known:
        return f"to fetch in all: {f'{unsized}, of unknown size' if unsized else 'nothing'}"
    return f"to fetch in all: {sum(known) / 1e6:,.0f} MB" + (f", and {unsized}, of unknown size" if unsized else "")


def _time(rows: Sequence[Forecast]) -> str:
    known = [one.seconds for one in rows if one.seconds is not None]
    total = f"about {_duration(sum(known))} by earlier runs on this machine, loading not counted"
    return f"time in all: {_without(total, len(known), len(rows))}"


def _cost(rows: Sequence[Forecast]) -> str:
    priced = [one for one in rows if one.priced]
    known = [one.cost for one in priced if one.cost is not None]
    total = f"about {sum(known):.4g}, if summaries cost what earlier ones did"
    return f"cost in all: {_without(total, len(known), len(priced))}" if priced else ""


def _without(total: str, known: int, number: int) -> str:
    """Return a sum over the systems that are known, with how many of the `number` are not."""
    if not known:
        return "unknown"
    return total + (
        f"; not counted: {count(number - known, 'system')} of which nothing is known" if known < number else ""
    )


def _duration(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
