"""Describes what systems and metrics work with: fingerprint, weights, device, number format."""

from collections.abc import Mapping
from typing import Any

from sumbench import plugins
from sumbench.errors import WeightsError
from sumbench.executors.devices import resolved
from sumbench.manifest import SystemEntry
from sumbench.manifest import WeightsEntry
from sumbench.metrics import Metric
from sumbench.metrics import MetricContext
from sumbench.metrics import UsesWeights
from sumbench.systems import Context
from sumbench.systems import System
from sumbench.weights import Store


def describe(system: System, context: Context, faults: Mapping[str, str] | None = None) -> SystemEntry:
    """Return the system's entry in the manifest before it has run, with the checksum of the weights it will use.

    It is null for weights that are missing, and for those in `faults`, which says by name why they are not available.
    """
    weights, error = None, None
    with plugins.own_faults("system", system.name, system):
        parts = dict(system.fingerprint())
    if system.weights is not None:
        error = (faults or {}).get(system.weights)
        weights = None if error else _weights(context.store, system.weights)
        parts |= {"weights": weights and weights.sha256} | _device(parts, context)
        if context.store.trusts(system.weights):
            parts["trust_remote_code"] = True
    if system.seeded:
        parts["seed"] = context.seed
    return SystemEntry(
        system.name,
        system.role.value,
        tuple(system.trained_on),
        parts,
        weights,
        error,
        telemetry=None,
        samples=system.samples,
        prompt=system.prompt_text,
    )


def describe_model(metric: Metric, context: MetricContext) -> str:
    """Return what signatures say of the model that a metric computes with: its weights' SHA-256, and the device.

    It is "" for a metric without one. Weights that are not there yet are `none`.
    """
    if not isinstance(metric, UsesWeights) or metric.model_weights is None:
        return ""
    found = _weights(context.store, metric.model_weights)
    code = "|remote-code:trusted" if context.store.trusts(metric.model_weights) else ""
    device = resolved(context.device, context.store.home)["device"]
    return f"weights:{found.sha256[:16] if found else 'none'}|device:{device}{code}"


def _device(parts: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return the kind of device that a system with these `parts` works on, and its number format if that follows."""
    found = resolved(context.device, context.store.home)
    return {"device": found["device"], **({"dtype": found["dtype"]} if parts.get("dtype") == "by device" else {})}


def _weights(store: Store, name: str) -> WeightsEntry | None:
    try:
        if store.installed(name):
            return WeightsEntry(name, source=store.origin(name), sha256=store.fingerprint(name))
    except WeightsError:
        # Fetching will say what is wrong with them.
        pass
    return None
