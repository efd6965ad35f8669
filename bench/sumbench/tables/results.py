"""The result table of a run: ranked systems, floors, ceilings."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sumbench.corpus import preset_name
from sumbench.errors import one_line
from sumbench.manifest import SystemEntry
from sumbench.run import Run
from sumbench.stats import Analysis
from sumbench.stats import Settings
from sumbench.stats import Standing
from sumbench.stats import analyse
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Origin
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.model import count

if TYPE_CHECKING:
    from sumbench.records import Summary

SECTIONS: Mapping[str, str] = {"ranked": "", "floor": "floors", "ceiling": "ceilings"}

COSTS = (
    Column("words", "words", 1),
    Column("seconds", "s/document", 2),
    Column("seen", "seen %", 1),
    Column("cost", "cost/document", 5),
    Column("failed", "failed", 0),
    Column("failed_draws", "failed draws", 0),
)
"""Columns beside the scores, each left out where no row has a value."""

METHODS: Mapping[str, str] = {"bca": "BCa", "percentile": "percentile"}

CORRECTED: Mapping[str, str] = {"holm": "Holm", "benjamini-hochberg": "Benjamini-Hochberg", "none": "uncorrected"}

NAMES: Mapping[str, str] = {"references": "reference agreement"}


def results(run: Run) -> Table:
    """Return the run's result table.

    Systems stand by ROUGE-2 F1, best first (by the first metric where ROUGE-2 was not computed), with the interval of
    that figure and its position between `random` and reference agreement; those of the other metrics are details.
    Scores are times 100. The best ranked value of each metric, and those that cannot be told from it, are marked.
    """
    analysis = analyse(run)
    metrics = [name for name, value in run.manifest.values.items() if value.main]
    order = run.manifest.ranked_by
    rows = sorted(analysis.standings, key=lambda row: row.means.get(order, -1.0), reverse=True)
    cells = {row.system: _cells(row, metrics, analysis, order) for row in rows}
    for entry in _trained_on_it(run):
        if entry.name in cells:
            cells[entry.name]["system"] = f"{cells[entry.name]['system']} ‡"
    columns = tuple(
        column
        for column in _columns(metrics, order, analysis.settings.level)
        if column.key in {"system", *metrics} or any(cells[row.system][column.key] for row in rows)
    )
    sections = tuple(
        Section(title, tuple(_row(row, cells[row.system], columns, analysis) for row in rows if row.role == role))
        for role, title in SECTIONS.items()
        if any(row.role == role for row in rows)
    )
    corpus = run.manifest.corpus
    title = f"{corpus.name}: {count(corpus.documents, 'document')}, {count(corpus.references, 'reference')}"
    notes = tuple(_notes(run, analysis, columns, order))
    return Table(title, columns, sections, notes, Origin(corpus.name, corpus.fingerprint, run.manifest.signatures))


def _trained_on_it(run: Run) -> list[SystemEntry]:
    """Return the systems that were trained on the run's corpus, be that named by its preset or by the hub's name."""
    asked = str((run.manifest.request or {}).get("corpus") or "")
    names = {run.manifest.corpus.name, preset_name(asked)}
    return [entry for entry in run.manifest.systems if names & set(entry.trained_on)]


def _columns(metrics: Sequence[str], order: str, level: float) -> list[Column]:
    columns = [Column("system", "system")]
    for metric in metrics:
        columns.append(Column(metric, title(metric), 2))
        if metric == order:
            columns += [
                Column("interval", f"{100 * level:g} % interval"),
                Column("draws", "draws"),
                Column("position", "position", 0),
            ]
            columns.append(Column("samples", "samples", 0, detail=True))
        columns += [Column(f"{metric}_{part}", part, 2, detail=True) for part in ("low", "high")]
        columns.append(Column(f"{metric}_between_draws", "between draws", 2, detail=True))
        columns.append(Column(f"{metric}_letters", "letters", detail=True))
        columns.append(Column(f"{metric}_position", "position", 1, detail=True))
        columns += [Column(f"{metric}_position_{part}", f"position {part}", 1, detail=True) for part in ("low", "high")]
    return [*columns, *COSTS]


def title(metric: str) -> str:
    """Return a metric's name as a reader knows it: ROUGE-2 for rouge2, ROUGE-Lsum for rougeLsum."""
    return metric.replace("rouge", "ROUGE-", 1)


def _drawn(row: Standing, order: str) -> str | None:
    """Return a system's number of draws, and how far they lie apart."""
    if row.role == "ceiling" and row.words is None:
        return None
    return f"{row.draws} ± {100 * row.spread[order]:.2f}" if order in row.spread else str(row.draws)


def _cells(row: Standing, metrics: Sequence[str], analysis: Analysis, order: str) -> dict[str, Cell]:
    several = any(each.draws > 1 for each in analysis.standings)
    cells: dict[str, Cell] = {
        "system": NAMES.get(row.system, row.system) + (" †" if row.cut else ""),
        "interval": None,
        "position": analysis.position(row.system, order) if order in row.means else None,
        "words": row.words,
        "seconds": row.seconds,
        "seen": None if row.seen is None else 100 * row.seen,
        "cost": row.cost,
        "failed": row.failed,
        "failed_draws": row.failed_draws,
        "draws": _drawn(row, order) if several else None,
        "samples": row.draws if several else None,
    }
    for metric in metrics:
        known = metric in row.means
        interval = analysis.interval(row.system, metric) if known else None
        low, high = (100 * interval.low, 100 * interval.high) if interval else (None, None)
        cells[metric] = 100 * row.means[metric] if known else None
        cells |= {f"{metric}_low": low, f"{metric}_high": high}
        cells[f"{metric}_between_draws"] = 100 * row.spread[metric] if metric in row.spread else None
        cells[f"{metric}_letters"] = analysis.letters(row.system, metric) if known else None
        cells[f"{metric}_position"] = analysis.position(row.system, metric) if known else None
        place = analysis.position_interval(row.system, metric)
        cells |= {f"{metric}_position_low": place and place.low, f"{metric}_position_high": place and place.high}
        if metric == order and interval:
            cells["interval"] = f"{low:.1f}–{high:.1f}"
    return cells


def _row(row: Standing, cells: Mapping[str, Cell], columns: Sequence[Column], analysis: Analysis) -> Row:
    keys = [column.key for column in columns]
    metrics = [metric for metric in row.means if metric in keys]
    return Row(
        tuple(cells[key] for key in keys),
        frozenset(keys.index(metric) for metric in metrics if row.system in analysis.leaders(metric)),
        {keys.index(metric): analysis.letters(row.system, metric) for metric in metrics},
    )


def _notes(run: Run, analysis: Analysis, columns: Sequence[Column], order: str) -> list[str]:
    metrics = [name for name, value in run.manifest.values.items() if value.main]
    corpus = run.manifest.corpus
    rows = analysis.standings
    notes = ["scores are mean F1 × 100 over the documents"]
    notes += _on_statistics(analysis, {column.key for column in columns}, order)
    if any(row.draws > 1 for row in rows):
        notes.append(
            f"draws: how many summaries a system draws of each document ± the standard deviation between the draws' "
            f"mean {title(order)}; scores, intervals and tests are of each document's mean over its draws, seconds and "
            "cost of all of them together"
        )
    if corpus.clusters:
        sources = count(len(set(corpus.clusters.values())), "source")
        notes.append(f"documents share {sources}: intervals and tests draw whole sources")
    notes += [
        f"† read less than all of the input: {row.system}, {count(row.cut, 'document')}" for row in rows if row.cut
    ]
    notes += [
        f"‡ {entry.name} was trained on {corpus.name}: its scores are no measure of how it does on other text"
        for entry in _trained_on_it(run)
    ]
    notes += [
        f"{NAMES.get(row.system, row.system)}: scored on {row.scored} of {count(corpus.documents, 'document')}"
        for row in rows
        if row.scored < corpus.documents
    ]
    notes += [f"{entry.name} could not be loaded: {entry.error}" for entry in run.manifest.systems if entry.error]
    notes += _on_failures(run)
    notes += [f"metric {metric.name} failed: {metric.error}" for metric in run.manifest.metrics if metric.error]
    notes += [f"signature: {line}" for line in merged(run.manifest.signatures[name] for name in metrics)]
    return [*notes, f"corpus: {corpus.name}, sha256 {corpus.fingerprint[:16]}", *corpus.notes]


def _on_failures(run: Run) -> list[str]:
    """Say of each system that loaded why its first document failed, and how many others did."""
    unloaded = {entry.name for entry in run.manifest.systems if entry.error}
    failures: defaultdict[str, list[Summary]] = defaultdict(list)
    for summary in run.summaries:
        if summary.error and summary.system not in unloaded:
            failures[summary.system].append(summary)
    notes = []
    for system, (first, *others) in failures.items():
        more = f" (and {len(others)} more: summaries.jsonl has every reason)" if others else ""
        notes.append(f"{system} failed on {first.document}: {one_line(first.error or '')}{more}")
    return notes


def _on_statistics(analysis: Analysis, columns: set[str], order: str) -> list[str]:
    notes = []
    settings = analysis.settings
    if "interval" in columns:
        notes.append(f"interval: {bootstrap(settings)} over documents, {settings.resamples} resamples")
    else:
        notes.append("one document (or one source) cannot support an interval, nor a test")
    if "position" in columns:
        notes.append(f"position: where {title(order)} lies between random (0) and reference agreement (100)")
    tested = next((each for each in analysis.comparisons.values() if each.letters), None)
    if "interval" in columns and tested and tested.differences:
        pairs = count(len(tested.differences), "pair")
        kind = "exact paired" if tested.differences[0].exact else "paired approximate"
        notes.append(
            f"systems that share a letter do not differ at {settings.alpha:g} ({kind} randomization test, "
            f"{CORRECTED[settings.correction]} over {pairs} within a metric); bold: the best and those not told from it"
        )
    return notes


def bootstrap(settings: Settings) -> str:
    """Return in words how intervals were made."""
    return f"{100 * settings.level:g}% {METHODS[settings.method]} bootstrap"


def merged(signatures: Iterable[str]) -> list[str]:
    """Join the signatures that differ in nothing but the name they begin with."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in signatures:
        name, _, settings = line.partition("|")
        names[settings].append(name)
    return [f"{','.join(of_settings)}|{settings}" for settings, of_settings in names.items()]
