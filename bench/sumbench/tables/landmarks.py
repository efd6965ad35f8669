"""Floors and ceilings of a run as a line under a table: what to read a score against."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from sumbench.run import Run
from sumbench.seeds import stream
from sumbench.stats import Estimate
from sumbench.stats import Settings
from sumbench.stats import estimates
from sumbench.stats import matrices
from sumbench.stats import position
from sumbench.stats.analysis import CEILING
from sumbench.stats.analysis import FLOOR
from sumbench.tables.results import NAMES
from sumbench.tables.results import title


@dataclass(frozen=True)
class Landmarks:
    """The figures of a run's floors and ceilings, by metric and system."""

    figures: Mapping[str, Mapping[str, Estimate]]

    def position(self, score: float | None, metric: str) -> float | None:
        """Return where a score lies between `random` (0) and reference agreement (100), None without both."""
        of_metric = self.figures.get(metric, {})
        floor, ceiling = of_metric.get(FLOOR), of_metric.get(CEILING)
        return position(score, floor and floor.value, ceiling and ceiling.value)

    def notes(self) -> list[str]:
        """Return a line a metric."""
        return [
            f"{title(metric)} to read these by: {', '.join(_shown(name, each) for name, each in of_metric.items())}"
            for metric, of_metric in self.figures.items()
            if of_metric
        ]


def landmarks(run: Run, metrics: Sequence[str], documents: Sequence[str], settings: Settings) -> Landmarks:
    """Return the floors and ceilings of a run over `documents`, each with its interval; draws come from its seed."""
    roles = {entry.name: entry.role for entry in run.manifest.systems}
    names = [name for name, role in roles.items() if role != "ranked"]
    names += sorted({score.system for score in run.scores}.difference(roles))
    sources = run.manifest.corpus.clusters
    arrays = matrices(run.scores, names, documents) if names else {}
    figures = {
        metric: dict(
            zip(
                names,
                estimates(
                    arrays[metric],
                    stream(run.manifest.seed, "landmarks"),
                    clusters=[sources[document] for document in documents] if sources else None,
                    method=settings.method,
                    level=settings.level,
                    resamples=settings.resamples,
                ),
                strict=True,
            )
        )
        for metric in metrics
        if metric in arrays
    }
    return Landmarks(figures)


def _shown(name: str, figure: Estimate) -> str:
    shown = NAMES.get(name, name)
    if figure.value is None:
        return f"{shown} none"
    interval = figure.interval
    span = f" ({100 * interval.low:.1f}–{100 * interval.high:.1f})" if interval else ""
    return f"{shown} {100 * figure.value:.2f}{span}"
