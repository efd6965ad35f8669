"""The tables of agreement among raters, of pairwise preferences, and of metrics against these."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from sumbench.stats import Interval
from sumbench.stats import Settings
from sumbench.stats.correlation.preferences import MetricAgreement
from sumbench.stats.correlation.preferences import RaterAgreement
from sumbench.stats.correlation.preferences import WinRate
from sumbench.stats.correlation.verdict import shown
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.phrases import count
from sumbench.tables.correlation import span
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import CORRECTED


class Alphas(NamedTuple):
    """Krippendorff's alpha of one quality: over how many summaries with two ratings or more, by how many raters."""

    quality: str
    raters: int
    summaries: int
    nominal: float | None
    ordinal: float | None
    interval: float | None
    bounds: Interval | None


def raters_table(corpus: str, alphas: Sequence[Alphas], level: float) -> Table:
    """Return the table of agreement among raters, a row a quality."""
    columns = (
        Column("quality", "quality"),
        Column("raters", "raters", 0),
        Column("summaries", "summaries", 0),
        Column("interval", "α interval", 2),
        Column("bounds", f"{100 * level:g} % interval"),
        Column("ordinal", "α ordinal", 2),
        Column("nominal", "α nominal", 2),
    )
    rows = tuple(
        Row((each.quality, each.raters, each.summaries, each.interval, span(each.bounds), each.ordinal, each.nominal))
        for each in alphas
    )
    note = (
        "α: Krippendorff's, of summaries with two raters or more; 1 is agreement, 0 what chance gives; for ratings "
        "taken as numbers (interval), as an order, or as names"
    )
    return Table(f"{corpus}: agreement among raters", columns, (Section("", rows),), (note,))


def preference_table(
    corpus: str, rates: Sequence[WinRate], raters: RaterAgreement, first: tuple[int, int], settings: Settings
) -> Table:
    """Return the table of win rates, a row a pair of systems."""
    level = f"{100 * settings.level:g} %"
    columns = (
        Column("pair", "pair"),
        Column("documents", "documents", 0),
        Column("wins", "wins", 0),
        Column("ties", "ties", 0),
        Column("losses", "losses", 0),
        Column("rate", "win rate %", 1),
        Column("interval", f"{level} interval"),
        Column("p", "p (corrected)", 4),
        Column("low", "low", 1, detail=True),
        Column("high", "high", 1, detail=True),
    )
    rows = tuple(
        Row(
            (
                f"{each.a} – {each.b}",
                each.wins + each.ties + each.losses,
                each.wins,
                each.ties,
                each.losses,
                None if each.rate is None else 100 * each.rate,
                per_cent(each.interval),
                each.corrected,
                None if each.interval is None else 100 * each.interval.low,
                None if each.interval is None else 100 * each.interval.high,
            )
        )
        for each in rates
    )
    how = (
        "win rate: of the documents decided, the share in which the first is preferred; several raters of a document "
        "count as their majority; the interval is exact (Clopper-Pearson), p that of the exact sign test "
        f"({CORRECTED[settings.correction]} over {count(len(rates), 'pair')})"
    )
    notes = [how, *_on_raters(raters)]
    if first[1]:
        notes.append(f"the summary shown first was preferred in {first[0]} of {first[1]} decided judgements")
    return Table(
        f"{corpus}: preferences", columns, (Section("", rows),), tuple(notes), verdict=_preferred(rates, settings)
    )


def _on_raters(raters: RaterAgreement) -> Iterator[str]:
    if raters.same is not None:
        alpha = "" if raters.alpha is None else f", Krippendorff's α {shown(raters.alpha)} (nominal)"
        yield (
            f"{raters.raters} raters: of {count(raters.items, 'pair')} of summaries judged by several, two judgements "
            f"are the same in {100 * raters.same:.0f} %{alpha}"
        )


def per_cent(interval: Interval | None) -> str | None:
    """Return the interval of a share in per cent, None for none."""
    return None if interval is None else f"{100 * interval.low:.1f}–{100 * interval.high:.1f}"


def _preferred(rates: Sequence[WinRate], settings: Settings) -> tuple[str, ...]:
    told, untold = [], []
    for each in rates:
        if each.rate is None or each.corrected is None:
            continue
        winner, loser = (each.a, each.b) if each.wins >= each.losses else (each.b, each.a)
        most, decided = max(each.wins, each.losses), each.wins + each.losses
        if each.corrected <= settings.alpha:
            told.append(f"People prefer {winner} to {loser} in {most} of {decided} documents decided.")
        else:
            untold.append(f"{each.a} and {each.b} cannot be told apart by {count(decided, 'decided document')}.")
    rest = [f"Of {len(untold)} further pairs none can be told apart."] if len(untold) > 1 else untold
    more = [f"So {len(told)} of {len(rates)} pairs are told apart."] if len(told) > 2 else []  # noqa: PLR2004
    return (*told[: 2 - bool(rest and more)], *more, *rest)[:3] or ("Nothing was decided.",)


def metric_agreement_table(
    corpus: str,
    found: Mapping[str, MetricAgreement],
    titles: Mapping[str, str],
    controls: Sequence[str],
    settings: Settings,
) -> Table:
    """Return the table of how often each metric prefers what people prefer."""
    columns = (
        Column("metric", "metric"),
        Column("share", "agrees %", 1),
        Column("interval", f"{100 * settings.level:g} % interval"),
        Column("agreeing", "agrees", 0),
        Column("opposed", "opposes", 0),
        Column("tied", "equal scores", 0),
    )

    def row(name: str) -> Row:
        each = found[name]
        share = None if each.share is None else 100 * each.share
        return Row((titles.get(name, name), share, per_cent(each.interval), each.agreeing, each.opposed, each.tied))

    def share_of(name: str) -> float:
        return found[name].share or 0.0

    metrics = sorted((name for name in found if name not in controls), key=share_of, reverse=True)
    sections = [("", metrics), ("controls", [name for name in found if name in controls])]
    how = (
        "agrees: of the decided judgements (the majority of each document's raters) the share in which the preferred "
        "summary has the better score, equal scores left out; the interval is exact (Clopper-Pearson), or resamples "
        f"documents where some were judged more than once ({FEWEST_UNITS} at least)"
    )
    best = metrics[0] if metrics else None
    verdict: tuple[str, ...] = ()
    if best is not None and found[best].share is not None:
        decided = found[best].agreeing + found[best].opposed
        often = f"in {found[best].agreeing} of {decided} decided judgements"
        verdict = (f"{titles.get(best, best)} agrees most often with people: {often}.",)
    made = tuple(Section(title, tuple(map(row, names))) for title, names in sections if names)
    return Table(f"{corpus}: metrics against preferences", columns, made, (how,), verdict=verdict)
