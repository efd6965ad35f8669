"""The result table of a run, and the further ones below it: ranked systems, floors, ceilings."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

from sumbench.manifest import Manifest
from sumbench.manifest import Value
from sumbench.metrics.protocol import WITHOUT_REFERENCES
from sumbench.stats import Analysis
from sumbench.stats import Standing
from sumbench.stats.analysis import CEILING
from sumbench.stats.phrases import count
from sumbench.stats.verdict import LEAD
from sumbench.stats.verdict import verdict
from sumbench.tables.further import REFERENCES
from sumbench.tables.further import SECTIONS
from sumbench.tables.further import further_tables
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import NAMES
from sumbench.tables.notes import result_notes
from sumbench.tables.notes import trained_on_it
from sumbench.tables.values import column
from sumbench.tables.values import rows_of
from sumbench.tables.values import scaled
from sumbench.tables.values import shown
from sumbench.tables.values import span

COSTS = (
    Column("words", "words", 1),
    Column("seconds", "s/document", 2),
    Column("seen", "seen %", 1),
    Column("cost", "cost/document", 5),
    Column("failed", "failed", 0, detail=True),
    Column("failed_draws", "failed draws", 0, detail=True),
)
"""Columns beside the scores, each left out where no row has a value."""


def results(record: Manifest, analysis: Analysis) -> Table:
    """Return the result table of a run, of which `analysis` holds the statistics.

    Systems are sorted by the value that ranks the run, best first, with the interval of that figure and its position
    between `random` and reference agreement; those of the other values are details. The best ranked score of each
    value, and those that cannot be told from it, are marked. Values that readers do not see in it are details; those
    of further tables stand in these, too.
    """
    values = list(record.values.values())
    order = record.ranked_by
    rows = analysis.ranking(order)
    shown_rows = rows_of(rows, record.in_result)
    cells = {row.system: _cells(row, values, analysis, order) for row in rows}
    for entry in trained_on_it(record):
        if entry.name in cells:
            cells[entry.name]["system"] = f"{cells[entry.name]['system']} ‡"
    if CEILING in cells and all(value.table == WITHOUT_REFERENCES for value in record.shown[""]):
        cells[CEILING]["system"] = REFERENCES
    kept = {"system", *record.in_result}
    columns = tuple(
        one
        for one in _columns(record, analysis.settings.level)
        if one.key in kept or any(_there(cells[row.system][one.key], one) for row in rows)
    )
    sections = tuple(
        Section(
            title,
            tuple(
                replace(_row(row, cells[row.system], columns, analysis), detail=row not in shown_rows)
                for row in rows
                if row.role == role
            ),
        )
        for role, title in SECTIONS.items()
        if any(row.role == role for row in rows)
    )
    corpus = record.corpus
    title = f"{corpus.name}: {count(corpus.documents, 'document')}, {count(corpus.references, 'reference')}"
    notes = tuple(result_notes(record, analysis, columns, order))
    metrics = {value.name: metric.name.partition(",")[0] for metric in record.metrics for value in metric.values}
    origin = Origin(corpus.name, corpus.fingerprint, record.signatures, metrics)
    further = tuple(further_tables(record, analysis))
    return Table(title, columns, sections, notes, origin, verdict(analysis, order), further)


def _there(cell: Cell, of: Column) -> bool:
    """Tell whether a cell is worth a column; for readers, a count of nothing is not."""
    return cell is not None and cell != "" if of.detail else bool(cell)


def _columns(record: Manifest, level: float) -> list[Column]:
    order = record.ranked_by
    columns = [Column("system", "system")]
    for value in record.shown[""]:
        metric, decimals = value.name, value.decimals
        columns.append(column(value))
        if metric == order:
            columns += [
                Column("interval", f"{100 * level:g} % interval"),
                Column("draws", "draws"),
                Column("position", "position", 0),
                Column("answered", "answered %", 1),
                Column("samples", "samples", 0, detail=True),
                *_PLACES,
                Column("lead_difference", "over lead", decimals, detail=True),
                Column("lead_p", "p against lead", 4, detail=True),
            ]
        columns += [Column(f"{metric}_{part}", part, decimals, detail=True) for part in ("low", "high")]
        columns.append(Column(f"{metric}_between_draws", "between draws", decimals, detail=True))
        columns.append(Column(f"{metric}_letters", "letters", detail=True))
        columns.append(Column(f"{metric}_position", "position", 1, detail=True))
        columns += [Column(f"{metric}_position_{part}", f"position {part}", 1, detail=True) for part in ("low", "high")]
    for value in record.values.values():
        if value.name not in record.in_result:
            columns += _details(value)
    return [*columns, *COSTS]


def _details(value: Value) -> list[Column]:
    """Return the columns, for programs, of a value that readers do not see in the result table."""
    columns = [column(value, detail=True)]
    if value.main:
        parts = {"low": "low", "high": "high", "between_draws": "between draws"}
        columns += [Column(f"{value.name}_{part}", title, value.decimals, detail=True) for part, title in parts.items()]
        columns.append(Column(f"{value.name}_letters", "letters", detail=True))
    return columns


_PLACES = (
    Column("place_low", "place from", 0, detail=True),
    Column("place_high", "place to", 0, detail=True),
    Column("place_kept", "place kept %", 1, detail=True),
    Column("above_next", "above next %", 1, detail=True),
)
"""How the order of the table holds over resamples of the documents."""


def _drawn(row: Standing, order: Value | None) -> str | None:
    """Return a system's number of draws, and how far they lie apart."""
    if row.role == "ceiling" and row.words is None:
        return None
    if order is None or order.name not in row.spread:
        return str(row.draws)
    return f"{row.draws} ± {shown(row.spread[order.name], order)}"


def _cells(row: Standing, values: Sequence[Value], analysis: Analysis, order: str) -> dict[str, Cell]:
    several = any(each.draws > 1 for each in analysis.standings)
    incomplete = any(each.failed or each.failed_draws for each in analysis.standings)
    cells: dict[str, Cell] = {
        "system": NAMES.get(row.system, row.system) + (" †" if row.cut else ""),
        "interval": None,
        "position": analysis.position(row.system, order) if order in row.means else None,
        "words": row.words,
        "seconds": row.seconds,
        "seen": None if row.seen is None else 100 * row.seen,
        "cost": row.cost,
        "failed": row.failed if any(each.failed for each in analysis.standings) else None,
        "failed_draws": row.failed_draws if any(each.failed_draws for each in analysis.standings) else None,
        "draws": _drawn(row, analysis.values.get(order)) if several else None,
        "samples": row.draws if several else None,
        "answered": 100 * row.answered if row.answered is not None and incomplete else None,
        **_standing_among(row, analysis, order),
    }
    for value in values:
        cells |= _scores(row, value, analysis)
        if value.name == order:
            cells["interval"] = span(analysis.interval(row.system, order), value)
    return cells


def _standing_among(row: Standing, analysis: Analysis, order: str) -> dict[str, Cell]:
    """Return the cells, for programs, on a ranked system's place and on how it differs from `lead`."""
    place = analysis.stability.places.get(row.system) if analysis.stability else None
    over = analysis.against(LEAD, order).get(row.system) if order in analysis.values else None
    above = place.above_next if place else None
    return {
        "place_low": place and place.low,
        "place_high": place and place.high,
        "place_kept": place and 100 * place.kept,
        "above_next": None if above is None else 100 * above,
        "lead_difference": over and scaled(over.effect.difference, analysis.values[order]),
        "lead_p": over and over.corrected,
    }


def _scores(row: Standing, value: Value, analysis: Analysis) -> dict[str, Cell]:
    """Return a system's cells of one value: the mean, and for those in the main table all that belongs to it."""
    metric = value.name
    known = metric in row.means
    cells: dict[str, Cell] = {metric: scaled(row.means.get(metric), value)}
    if not value.main:
        return cells
    interval = analysis.interval(row.system, metric) if known else None
    low, high = (scaled(interval.low, value), scaled(interval.high, value)) if interval else (None, None)
    position = analysis.position_interval(row.system, metric)
    return {
        **cells,
        f"{metric}_low": low,
        f"{metric}_high": high,
        f"{metric}_between_draws": scaled(row.spread.get(metric), value),
        f"{metric}_letters": analysis.letters(row.system, metric) if known else None,
        f"{metric}_position": analysis.position(row.system, metric) if known else None,
        f"{metric}_position_low": position and position.low,
        f"{metric}_position_high": position and position.high,
    }


def _row(row: Standing, cells: Mapping[str, Cell], columns: Sequence[Column], analysis: Analysis) -> Row:
    keys = [each.key for each in columns]
    metrics = [metric for metric in row.means if metric in keys and analysis.values[metric].main]
    return Row(
        tuple(cells[key] for key in keys),
        frozenset(keys.index(metric) for metric in metrics if row.system in analysis.outstanding(metric)),
        {keys.index(metric): analysis.letters(row.system, metric) for metric in metrics},
    )
