"""The result table of a run: ranked systems, floors, ceilings."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from bench.records import Run
from bench.stats import Standing
from bench.stats import standings
from bench.tables.model import Cell
from bench.tables.model import Column
from bench.tables.model import Row
from bench.tables.model import Section
from bench.tables.model import Table
from bench.tables.model import count

RANKED_BY = "rouge2"

TITLES: Mapping[str, str] = {
    **{f"rouge{n}": f"ROUGE-{n}" for n in range(1, 10)},
    "rougeL": "ROUGE-L",
    "rougeLsum": "ROUGE-Lsum",
}

SECTIONS: Mapping[str, str] = {"ranked": "", "floor": "floors", "ceiling": "ceilings"}

COSTS = (
    Column("words", "words", 1),
    Column("seconds", "s/document", 2),
    Column("seen", "seen %", 1),
    Column("failed", "failed", 0),
)
"""Columns beside the scores, each left out where no row has a value."""

NAMES: Mapping[str, str] = {"references": "reference agreement"}


def results(run: Run) -> Table:
    """Return the run's result table.

    Systems stand by ROUGE-2 F1, best first (by the first metric where ROUGE-2 was not computed); scores are times
    100; the best ranked value of each metric is marked.
    """
    metrics = list(run.manifest.signatures)
    order = RANKED_BY if RANKED_BY in metrics else metrics[0]
    rows = sorted(standings(run), key=lambda row: row.means.get(order, -1.0), reverse=True)
    columns = (
        Column("system", "system"),
        *(Column(metric, TITLES.get(metric, metric), 2) for metric in metrics),
        *(column for column in COSTS if any(getattr(row, column.key) for row in rows)),
    )
    best = {
        metric: max((row.means.get(metric, -1.0) for row in rows if row.role == "ranked"), default=0.0)
        for metric in metrics
    }
    sections = tuple(
        Section(title, tuple(_row(row, columns, metrics, best) for row in rows if row.role == role))
        for role, title in SECTIONS.items()
        if any(row.role == role for row in rows)
    )
    corpus = run.manifest.corpus
    title = f"{corpus.name}: {count(corpus.documents, 'document')}, {count(corpus.references, 'reference')}"
    return Table(title, columns, sections, tuple(_notes(run, rows)))


def _row(row: Standing, columns: Sequence[Column], metrics: Sequence[str], best: Mapping[str, float]) -> Row:
    values: dict[str, Cell] = {
        "system": NAMES.get(row.system, row.system) + (" †" if row.cut else ""),
        **{metric: 100 * value for metric, value in row.means.items()},
        "words": row.words,
        "seconds": row.seconds,
        "seen": None if row.seen is None else 100 * row.seen,
        "failed": row.failed,
    }
    marked = {metric for metric in metrics if row.role == "ranked" and row.means.get(metric) == best[metric]}
    return Row(
        tuple(values.get(column.key) for column in columns),
        frozenset(place for place, column in enumerate(columns) if column.key in marked),
    )


def _notes(run: Run, rows: Sequence[Standing]) -> list[str]:
    corpus = run.manifest.corpus
    notes = ["scores are mean F1 × 100 over the documents"]
    notes += [
        f"† read less than all of the input: {row.system}, {count(row.cut, 'document')}" for row in rows if row.cut
    ]
    notes += [
        f"{NAMES.get(row.system, row.system)}: scored on {row.scored} of {count(corpus.documents, 'document')}"
        for row in rows
        if row.scored < corpus.documents
    ]
    notes += [f"{entry.name} could not be loaded: {entry.error}" for entry in run.manifest.systems if entry.error]
    notes += [f"metric {name} failed: {error}" for name, error in run.manifest.metric_errors.items()]
    notes += [f"signature: {line}" for line in _merged(run.manifest.signatures.values())]
    return [*notes, f"corpus: {corpus.name}, sha256 {corpus.fingerprint[:16]}"]


def _merged(signatures: Iterable[str]) -> list[str]:
    """Join the signatures that differ in nothing but the name they begin with."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in signatures:
        name, _, settings = line.partition("|")
        names[settings].append(name)
    return [f"{','.join(of_settings)}|{settings}" for settings, of_settings in names.items()]
