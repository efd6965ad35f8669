"""What correlations with people say, in words: at most three sentences, and never more than the numbers carry."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from sumbench.stats.correlation.analysis import Correlations
from sumbench.stats.correlation.analysis import QualityCorrelations
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.controls import CONTROLS
from sumbench.stats.correlation.controls import LENGTH
from sumbench.stats.phrases import listed


def correlation_verdict(found: Correlations, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return which metric follows people best, what cannot be told from it, and whether length alone does better.

    `titles` are the metrics' names for readers. Statements that one metric does better rest on corrected tests.
    """
    known = [each for each in found.qualities if each.best(found.metrics) is not None]
    if not known:
        return tuple(_without_metrics(found))
    said = (_best(found, known, titles), _untold(found, known, titles), _controls(found, known))
    return tuple(filter(None, said))


def _without_metrics(found: Correlations) -> Iterator[str]:
    if not found.metrics:
        yield "No metric has a score of the rated summaries: there are only the controls."


def _best(found: Correlations, known: Sequence[QualityCorrelations], titles: Mapping[str, str]) -> str:
    by_best: defaultdict[str, list[str]] = defaultdict(list)
    for each in known:
        best = str(each.best(found.metrics))
        by_best[best].append(f"{each.quality} ({shown(each.by_metric[best].value)})")
    where = f"On these {found.documents} documents and {found.systems} systems"
    if found.question.closest is not None:
        where += f", among the {100 * found.question.closest:g} % closest pairs,"
    if len(found.metrics) == 1:
        ((name, qualities),) = by_best.items()
        return f"{where} {titles[name]} follows people in {listed(qualities)}{_doubt(found, known)}."
    parts = [f"{titles[name]} in {listed(qualities)}" for name, qualities in by_best.items()]
    return f"{where} the metric that follows people best is {listed(parts)}{_doubt(found, known)}."


def _doubt(found: Correlations, known: Sequence[QualityCorrelations]) -> str:
    """Say where the interval of the best metric does not lie above chance."""
    if found.question.coefficient not in COEFFICIENTS:
        return ""
    doubted = [each.quality for each in known if not _shown(each, str(each.best(found.metrics)))]
    if not doubted:
        return ""
    if len(doubted) == len(known):
        return "; that is not beyond chance" if len(known) == 1 else "; in none is that beyond chance"
    return f"; in {listed(doubted)} that is not beyond chance"


def _shown(quality: QualityCorrelations, metric: str) -> bool:
    """Tell whether a metric's interval lies above chance; where there is none, nothing is doubted."""
    interval = quality.by_metric[metric].interval
    return interval is None or interval.low > 0


def _untold(found: Correlations, known: Sequence[QualityCorrelations], titles: Mapping[str, str]) -> str:
    if len(found.metrics) < 2:  # noqa: PLR2004 - nothing to be told apart
        return ""
    tested = [each for each in known if each.tests]
    if not tested:
        return "Nothing tells two metrics apart here: no test was made, or none could have shown anything."
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for each in tested:
        best = str(each.best(found.metrics))
        others = [titles[name] for name in each.untold(best, found.metrics)]
        if not others:
            said = "the best is told from every other metric"
        elif len(others) == len(found.metrics) - 1:
            said = "no other metric can be told from the best"
        else:
            said = f"{listed(others)} cannot be told from the best"
        alike[said].append(each.quality)
    if len(alike) == 1 and len(known) > 1:
        ((said, _),) = alike.items()
        return _sentence(f"{said} in any quality" if said.startswith("no ") else f"in every quality {said}")
    return _sentence("; ".join(f"in {listed(qualities)} {said}" for said, qualities in alike.items()))


def _controls(found: Correlations, known: Sequence[QualityCorrelations]) -> str:
    """Say what length alone reaches, and where another control does better than every metric beyond doubt."""
    parts = []
    for control in filter(CONTROLS.__contains__, found.controls):
        better, as_well, not_worse = _against(found, known, control)
        said = [f"does better than every metric in {listed(better)}"] if better else []
        if control == LENGTH:
            said += [f"does as well as the best metric in {listed(as_well)}"] if as_well else []
            said += [f"cannot be told from the best metric in {listed(not_worse)}"] if not_worse else []
            if not said and all(each.tests for each in known):
                said = ["does worse than the best metric"]
        if said:
            parts.append(f"{control} alone {listed(said)}")
    return _sentence("; ".join(parts)) if parts else ""


def _against(
    found: Correlations, known: Sequence[QualityCorrelations], control: str
) -> tuple[list[str], list[str], list[str]]:
    """Return where a control does better beyond doubt, where it does at least as well, and where it is not told."""
    better: list[str] = []
    as_well: list[str] = []
    not_worse: list[str] = []
    for each in known:
        best = str(each.best(found.metrics))
        value, metric = each.by_metric[control].value, each.by_metric[best].value
        if value is None or metric is None:
            continue
        told = frozenset((best, control)) in each.apart
        which = f"{each.quality} ({shown(value)} against {shown(metric)})"
        if value >= metric:
            (better if told else as_well).append(which)
        elif not told and each.tests:
            not_worse.append(each.quality)
    return better, as_well, not_worse


def shown(value: float | None) -> str:
    """Return a coefficient as readers see it: two decimals, no zero before the point."""
    if value is None:
        return ""
    text = f"{value:z.2f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
