"""Metrics: the metric protocol, the registry, and building metrics from specs."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
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
from sumbench.metrics.protocol import UsesWeights
from sumbench.metrics.scoring import LoadedMetric
from sumbench.metrics.scoring import ScoredBatch
from sumbench.metrics.scoring import with_model
from sumbench.options import misfit
from sumbench.registry import Registry
from sumbench.registry import nearest

__all__ = [
    "AGREEMENT",
    "EVALUATE",
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
    "UsesWeights",
    "build_metrics",
    "listed_metric",
    "with_model",
]

EVALUATE = "evaluate"
"""The metric whose options name code, which no run folder has run again."""

REGISTRY = Registry(
    kind="metric",
    listed_by="sumbench metrics",
    targets={
        "bertscore": "sumbench.metrics.meaning.bertscore:BertScore",
        "entailment": "sumbench.metrics.consistency.entailment:Entailment",
        "grounding": "sumbench.metrics.consistency.grounding:Grounding",
        "hallucination": "sumbench.metrics.consistency.hallucination:Hallucination",
        "rouge": "sumbench.metrics.rouge:RougeMetric",
        "text": "sumbench.metrics.text:TextMetric",
        "copying": "sumbench.metrics.copying:CopyingMetric",
        "bleu": "sumbench.metrics.bleu:BleuMetric",
        "chrf": "sumbench.metrics.chrf:ChrfMetric",
        EVALUATE: "sumbench.metrics.evaluation_module:EvaluateMetric",
        "similarity": "sumbench.metrics.meaning.similarity:Similarity",
        "smart": "sumbench.metrics.meaning.smart:Smart",
        "judge": "sumbench.metrics.judge:JudgeMetric",
        "judge-pairs": "sumbench.metrics.judge:PairJudgeMetric",
        "support": "sumbench.metrics.support:SupportMetric",
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


ALL = "all"
"""The name that stands for every metric that works anywhere."""


def _expanded(named: Sequence[str | Metric]) -> Iterator[str | Metric]:
    """Yield what is named, with every metric that needs no device, service or option of its own in place of `all`.

    One that is named beside it is as it is named.
    """
    others = {plugins.split_options(each.strip())[0] if isinstance(each, str) else each.name for each in named}
    for each in named:
        if not isinstance(each, str) or each.strip() != ALL:
            yield each
            continue
        for name in REGISTRY:
            with suppress(Exception):  # what cannot be built without options, or is broken, works not everywhere
                metric: Metric = specs.build(REGISTRY, name)
                if name not in others and not (metric.needs.device or metric.needs.service):
                    yield metric


def build_metrics(named: Iterable[str | Metric]) -> list[Metric]:
    """Make every metric that is named by a spec, and take the others as they are.

    `all` stands for those that need no device, no service, and no option without a default. Raises UsageError for two
    that yield values of one name.
    """
    metrics = [build_metric(each) if isinstance(each, str) else each for each in _expanded(list(named))]
    owners: dict[str, str] = {}
    for metric in metrics:
        with plugins.own_faults("metric", metric.name, metric):
            values = metric.values()
        for value in values:
            if value.name in owners:
                raise UsageError(f"metrics {owners[value.name]} and {metric.name} both yield {value.name}: name one")
            owners[value.name] = metric.name
    return metrics
