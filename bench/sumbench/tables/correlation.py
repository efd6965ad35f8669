"""The table of metrics against people's ratings, and the line on them under a result table."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Final

from sumbench.manifest import Direction
from sumbench.manifest import Value
from sumbench.stats import Interval
from sumbench.stats.correlation.analysis import Correlation
from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.analysis import QualityCorrelations
from sumbench.stats.correlation.coefficients import TITLES
from sumbench.stats.correlation.controls import CONTROLS
from sumbench.stats.correlation.resampling import FEWEST_SYSTEMS
from sumbench.stats.correlation.verdict import correlation_verdict
from sumbench.stats.correlation.verdict import shown
from sumbench.stats.intervals import FEWEST_UNITS
from sumbench.stats.phrases import count
from sumbench.tables.model import Cell
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table
from sumbench.tables.notes import CORRECTED
from sumbench.tables.notes import merged

WHERE: Final[Mapping[str, str]] = {
    "system": "of the systems' means",
    "summary": "within documents",
    "pooled": "of all summaries",
}

_LEVELS: Final[Mapping[str, str]] = {
    "system": "over the systems' means",
    "summary": "over the systems within each document, mean over documents",
    "pooled": "over all summaries together",
}

_DRAWN: Final[Mapping[str, str]] = {
    "documents": "documents, for these systems (--units both counts other systems in, too)",
    "systems": "systems, for these documents",
    "both": "documents and systems",
}

_EXCHANGED: Final[Mapping[str, str]] = {
    "documents": "whole documents",
    "systems": "whole systems",
    "both": "single summaries",
}


def correlation_table(  # noqa: PLR0913 - the parts of a table
    corpus: str,
    found: Correlations,
    values: Mapping[str, Value],
    signatures: Mapping[str, str],
    notes: Sequence[str] = (),
    *,
    partial: bool = False,
) -> Table:
    """Return one row a metric, a column a quality; with `partial` readers see correlations given length, too."""
    titles = {name: values[name].title if name in values else name for name in found.names}
    columns = [Column("metric", "metric")]
    for quality in found.qualities:
        name = quality.quality
        columns += [
            Column(name, name, 2),
            Column(f"{name}_interval", f"{100 * found.settings.level:g} % interval"),
            *(Column(f"{name}_{part}", part, 3, detail=True) for part in ("low", "high")),
            Column(f"{name}_given_length", "given length", 2, detail=not partial),
            Column(f"{name}_documents", "documents", 0, detail=True),
        ]
    kept = [
        index
        for index, column in enumerate(columns)
        if index == 0 or any(_cells(found, name, titles)[index] not in {None, ""} for name in found.names)
    ]
    properties = [name for name in found.controls if name in values]
    sections = [
        ("", _ordered(found, found.metrics)),
        ("properties", _ordered(found, properties)),
        ("controls", [name for name in found.controls if name not in values]),
    ]
    shown_sections = tuple(
        Section(title, tuple(_row(found, name, titles, kept) for name in names)) for title, names in sections if names
    )
    coefficient, level = found.question.coefficient, found.question.level
    title = f"{corpus}: metrics against people, {TITLES[coefficient]} {WHERE[level]}"
    lines = [*_notes(found, values), *notes]
    lines += [f"signature: {line}" for line in merged(signatures[name] for name in found.names if name in signatures)]
    verdict = correlation_verdict(found, titles)
    return Table(title, tuple(columns[index] for index in kept), shown_sections, tuple(lines), verdict=verdict)


def _ordered(found: Correlations, names: Sequence[str]) -> list[str]:
    """Return names by their mean correlation over the qualities, best first."""

    def mean(name: str) -> float:
        known = [value for quality in found.qualities if (value := quality.by_metric[name].value) is not None]
        return sum(known) / len(known) if known else -2.0

    return sorted(names, key=mean, reverse=True)


def _cells(found: Correlations, name: str, titles: Mapping[str, str]) -> list[Cell]:
    cells: list[Cell] = [titles[name]]
    for quality in found.qualities:
        one = quality.by_metric[name]
        cells += [
            one.value,
            span(one.interval),
            one.interval and one.interval.low,
            one.interval and one.interval.high,
            one.given_length,
            one.documents or None,
        ]
    return cells


def span(interval: Interval | None) -> str | None:
    """Return an interval of a correlation as text, None for none."""
    return None if interval is None else f"{shown(interval.low)} to {shown(interval.high)}"


def _row(found: Correlations, name: str, titles: Mapping[str, str], kept: Sequence[int]) -> Row:
    cells = _cells(found, name, titles)
    width = (len(cells) - 1) // max(1, len(found.qualities))
    best, marks = set(), {}
    for number, quality in enumerate(found.qualities):
        index = 1 + number * width
        if index not in kept:
            continue
        at = kept.index(index)
        if quality.by_metric[name].letters:
            marks[at] = quality.by_metric[name].letters
        if name in outstanding(found, quality):
            best.add(at)
    return Row(tuple(cells[index] for index in kept), frozenset(best), marks)


def outstanding(found: Correlations, quality: QualityCorrelations) -> list[str]:
    """Return the best metric and those not told from it, where that leaves out some; else none."""
    best = quality.best(found.metrics)
    if best is None or not quality.tests:
        return []
    leaders = [best, *quality.untold(best, found.metrics)]
    known = [name for name in found.metrics if quality.by_metric[name].value is not None]
    return leaders if len(leaders) < len(known) else []


def _notes(found: Correlations, values: Mapping[str, Value]) -> Iterator[str]:
    question, settings = found.question, found.settings
    what = f"{TITLES[question.coefficient]} {_LEVELS[question.level]}, of each metric with people's mean rating"
    if question.closest is not None:
        what += (
            f"; of the {100 * question.closest:g} % of the pairs of systems whose means lie closest under the metric "
            "(Deutsch et al. 2022)"
        )
    yield what
    if question.coefficient == "accuracy" and question.level != "system":
        yield (
            "a metric's scores count as tied up to the difference at which most pairs are right (acc_eq with tie "
            "calibration, Deutsch, Foster & Freitag 2023), which is found in these data"
        )
    if question.coefficient == "soft":
        yield "1 less the mean distance of the systems' p-values (Thompson et al. 2024); intervals by their limit"
    yield from _on_counts(found)
    yield from _on_intervals(found)
    tests = max((quality.tests for quality in found.qualities), default=0)
    if tests:
        yield (
            f"metrics that share a letter cannot be told apart at {settings.alpha:g} (permutation test that exchanges "
            f"{_EXCHANGED[question.units]}, Deutsch et al. 2021; {CORRECTED[settings.correction]} over "
            f"{count(tests, 'pair')} within a quality); bold: the best and those not told from it, where others are"
        )
    else:
        yield "no tests between metrics: of this coefficient none is made, or none could have shown anything"
    lower = [values[name].title for name in found.names if name in values and values[name].direction == Direction.LOWER]
    if lower:
        yield f"signs are turned where lower is better: {', '.join(lower)}"
    said = [f"{name}: {what}" for name, what in CONTROLS.items() if name in found.controls]
    if said:
        yield f"controls measure no quality: {'; '.join(said)}"
    if found.unscored:
        named = ", ".join(values[name].title if name in values else name for name in found.unscored)
        yield f"without any score of the rated summaries: {named}"


def _on_counts(found: Correlations) -> Iterator[str]:
    counts = {(each.summaries, each.documents, each.systems) for each in found.qualities}
    if len(counts) == 1:
        ((summaries, documents, systems),) = counts
        yield _counted("", summaries, documents, systems)
    else:
        for each in found.qualities:
            yield _counted(f"{each.quality}: ", each.summaries, each.documents, each.systems)
    if found.question.level == "summary":
        constant = [f"{each.quality} {each.constant}" for each in found.qualities if each.constant]
        if constant:
            yield f"documents left out because all their ratings are equal: {', '.join(constant)}"
        fewer = {
            name: min(each.by_metric[name].documents for each in found.qualities)
            for name in found.names
            if any(0 < each.by_metric[name].documents < each.documents - each.constant for each in found.qualities)
        }
        if fewer:
            left = ", ".join(f"{name} ({documents} documents left)" for name, documents in fewer.items())
            yield (
                f"documents in which a metric's scores are all equal are left out of it, too: {left}; one that tells "
                "systems apart in fewer than half of the documents is not called the best"
            )
    lost = [f"{each.quality} {each.left_out}" for each in found.qualities if each.left_out]
    if lost:
        yield f"rated summaries left out because some metric has no score of them: {', '.join(lost)}"


def _counted(before: str, summaries: int, documents: int, systems: int) -> str:
    return f"{before}{summaries:,} rated summaries of {count(documents, 'document')} by {count(systems, 'system')}"


def _on_intervals(found: Correlations) -> Iterator[str]:
    settings = found.settings
    resampled = [quality for quality in found.qualities if quality.resampled is not None]
    if resampled:
        yield (
            f"interval: {100 * settings.level:g} % percentile bootstrap of {_DRAWN[found.question.units]}, "
            f"{settings.resamples} resamples (Deutsch et al. 2021)"
        )
        missing = [
            name
            for name in found.names
            if any(
                each.by_metric[name].value is not None and each.by_metric[name].interval is None for each in resampled
            )
        ]
        if missing:
            yield f"no interval, as in many resamples nothing is left to correlate, or too much: {', '.join(missing)}"
    few = [quality.quality for quality in found.qualities if quality.resampled is None]
    if few:
        what = f"no intervals of {', '.join(few)}" if resampled else "no intervals"
        least = f"{FEWEST_UNITS} documents (or sources)"
        yield f"{what}: it takes {least} and, where systems are resampled, {FEWEST_SYSTEMS} of these"


def agreement_line(found: Correlations, metric: str, values: Mapping[str, Value]) -> str | None:
    """Return the line under a result table that says what the ranking metric and people agree on; None for nothing."""
    said = []
    for quality in found.qualities:
        one: Correlation | None = quality.by_metric.get(metric)
        if one is not None and one.value is not None:
            bounds = "" if one.interval is None else f" ({span(one.interval)})"
            said.append(f"{quality.quality} {shown(one.value)}{bounds}")
    if not said:
        return None
    title = values[metric].title if metric in values else metric
    return (
        f"people: {title} agrees with their ratings in {', '.join(said)} (Kendall's τ-b within documents, mean over "
        f"{count(found.documents, 'document')} and {count(found.systems, 'system')}; `sumbench correlate` says more)"
    )
