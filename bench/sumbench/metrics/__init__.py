"""Metrics: the metric protocol, the registry, and building metrics from specs."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from sumbench import plugins
from sumbench import specs
from sumbench.errors import UsageError
from sumbench.metrics.notes import NoteTally
from sumbench.metrics.protocol import AGREEMENT
from sumbench.metrics.protocol import BatchNote
from sumbench.metrics.protocol import BatchScores
from sumbench.metrics.protocol import Metric
from sumbench.metrics.protocol import MetricContext
from sumbench.metrics.protocol import Needs
from sumbench.metrics.protocol import Scorer
from sumbench.metrics.scoring import LoadedMetric
from sumbench.metrics.scoring import ScoredBatch
from sumbench.options import misfit
from sumbench.registry import Registry
from sumbench.registry import nearest

__all__ = [
    "AGREEMENT",
    "REGISTRY",
    "BatchNote",
    "BatchScores",
    "LoadedMetric",
    "Metric",
    "MetricContext",
    "Needs",
    "NoteTally",
    "ScoredBatch",
    "Scorer",
    "build_metrics",
    "listed_metric",
]

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "rouge": "sumbench.metrics.rouge:RougeMetric",
        "judge": "sumbench.metrics.judge:JudgeMetric",
        "judge-pairs": "sumbench.metrics.judge:PairJudgeMetric",
    },
    group="sumbench.metrics",
    misfit=partial(misfit, protocol=Metric),
)


def build_metric(spec: str) -> Metric:
    """Make the metric that `spec` names (`NAME[,key=value…]`); raise UsageError for what there is not."""
    check_metric_name(plugins.split_options(spec.strip())[0])
    metric: Metric = specs.build(REGISTRY, spec)
    return metric


def listed_metric(name: str) -> Metric:
    """Make the metric called `name` as listings show it: by default, else with its class' `shown_with` options.

    Raises UsageError where it cannot be made so.
    """
    try:
        return build_metric(name)
    except UsageError:
        shown = getattr(REGISTRY[name], "shown_with", "")
        if not shown:
            raise
        return build_metric(f"{name},{shown}")


def check_metric_name(name: str) -> None:
    """Raise UsageError, with the metric that is meant, for a name that is a metric's value, or like one."""
    if name not in REGISTRY and not plugins.is_path(name) and (hint := _value_hint(name)):
        raise UsageError(f"unknown metric {name!r}: {hint} ({REGISTRY.listed_by} lists them)")


def _value_hint(name: str) -> str:
    """Return what to write in place of a name that is a metric's value, or more like one than like a metric."""
    owners: dict[str, str] = {}
    for metric in REGISTRY:
        with suppress(Exception):  # what cannot be built, be it a plug-in that is broken, has no values to be meant
            owners |= {value.name: metric for value in listed_metric(metric).values()}
    if name in owners:
        return f"{name} is a value of the metric {owners[name]}: name that"
    near = nearest(name, [*REGISTRY, *owners])
    return f"did you mean the metric {owners[near]}, with its value {near}?" if near in owners else ""


def build_metrics(named: Iterable[str | Metric]) -> list[Metric]:
    """Make every metric that is named by a spec, and take the others as they are.

    Raises UsageError for two that yield values of one name.
    """
    metrics = [build_metric(each) if isinstance(each, str) else each for each in named]
    owners: dict[str, str] = {}
    for metric in metrics:
        with plugins.own_faults("metric", metric.name, metric):
            values = metric.values()
        for value in values:
            if value.name in owners:
                raise UsageError(f"metrics {owners[value.name]} and {metric.name} both yield {value.name}: name one")
            owners[value.name] = metric.name
    return metrics
