"""Checks and fetches the model weights of a run's systems and metrics before any of them works."""

from collections.abc import Sequence
from pathlib import Path

from sumbench.errors import MetricError
from sumbench.errors import StoppedError
from sumbench.errors import UsageError
from sumbench.errors import WeightsError
from sumbench.metrics import Metric
from sumbench.metrics import UsesWeights
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.weights import Store
from sumbench.weights import licences
from sumbench.weights import local
from sumbench.weights.catalog import find_model


def check(systems: Sequence[System], context: Context, metrics: Sequence[Metric] = ()) -> None:
    """Raise UsageError for weights that a user must provide or accept before anything can run.

    These are a name that means nothing, a folder that holds no model, weights whose terms were not accepted, and
    missing weights when nothing may be fetched. No network is used.
    """
    named = [("system", system.name, system.weights) for system in systems]
    named += [("metric", metric.name, weights_of(metric)) for metric in metrics]
    for kind, name, weights in named:
        if weights is None:
            continue
        try:
            _check(context.store, weights)
        except WeightsError as error:
            raise UsageError(f"{kind} {name}: {error}") from None


def weights_of(metric: Metric) -> str | None:
    """Return the name of the weights that a metric computes with, None for none."""
    return metric.model_weights if isinstance(metric, UsesWeights) else None


def fetch_for_metrics(metrics: Sequence[Metric], store: Store) -> None:
    """Fetch the metrics' weights that are missing, and verify those that are there.

    Raises MetricError, naming the metric, for what cannot be had: before hours of work, and not behind them.
    """
    for metric in metrics:
        if (weights := weights_of(metric)) is not None:
            try:
                store.folder(weights)
            except WeightsError as error:
                raise MetricError(f"metric {metric.name}: {error}") from None


def _check(store: Store, name: str) -> None:
    if store.is_local(name):
        local.check_local_model(Path(name))
        return
    store.model_folder(name)
    if not there(store, name):
        if store.offline:
            raise WeightsError(
                f"weights {name!r} are not in the store {store.home}, and nothing is fetched offline: "
                f"sumbench weights pull {name}"
            )
        licences.require_accepted(store.home, name, find_model(name, store.models))


def there(store: Store, name: str) -> bool:
    """Tell whether the store holds the weights `name`, damaged or not."""
    try:
        return store.installed(name)
    except WeightsError:
        return True


def fetch(systems: Sequence[System], context: Context, *, fail_fast: bool = False) -> dict[str, str]:
    """Fetch the weights that are missing and verify those that are there; return by name why some are not available.

    With `fail_fast` the first of these raises StoppedError.
    """
    faults: dict[str, str] = {}
    for system in systems:
        if system.weights is None or system.weights in faults:
            continue
        try:
            context.store.folder(system.weights)
        except WeightsError as error:
            if fail_fast:
                raise StoppedError(f"{system.name} failed: {error}") from None
            faults[system.weights] = str(error)
    return faults
