"""Builds systems and metrics from specs: `NAME[,key=value…]`, with `as=LABEL` for another name."""

import pickle
from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

from sumbench.errors import BenchError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.options import needed
from sumbench.options import options
from sumbench.options import read_option
from sumbench.plugins import split_options
from sumbench.registry import Registry
from sumbench.registry import unknown

LABEL = "as"
"""The option that everything takes: what it is called."""


def build(  # noqa: PLR0913 - what the systems and the metrics differ in
    registry: Registry,
    spec: str,
    shared: Mapping[str, Any] | None = None,
    *,
    reserved: Collection[str] = (),
    unnamed: Collection[str] = (),
    exclusive: Collection[str] = (),
) -> Any:  # noqa: ANN401 - what the registry holds
    """Make what `spec` names in a registry of dataclasses whose fields are their options.

    `shared` are settings of the run, for those that have such an option and whose spec does not set its own (None:
    not set). `reserved` are names that no label may be, `unnamed` the options that are no part of the name in tables.
    Of the `exclusive` options a spec gives one at most, and then none of them is taken from the run.
    Raises UsageError for an unknown name or option, a value of the wrong type, two exclusive options, and a plug-in
    that cannot be built.
    """
    name, pairs = split_options(spec.strip())
    cls, kind = registry[name], registry.kind
    known = options(cls)
    given: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{kind} {name}: {pair!r} is no key=value")
        if key not in {LABEL, *known}:
            raise unknown(f"option of {name}", key, [*known, LABEL])
        given[key] = value if key == LABEL else read_option(f"{kind} {name}", cls, key, value)
    label = given.pop(LABEL, None)
    if label is not None and label in {"", *reserved, *registry} - {name}:
        raise UsageError(f"{kind} {name}: {LABEL}={label} is no name for it: give one that nothing else has")
    own = [key for key in exclusive if key in given]
    several = [f"{key}={given[key]}" for key in own if given[key]]
    if len(several) > 1:
        raise UsageError(f"{kind} {name}: {' and '.join(several)} do not go together: give one of them")
    for key, setting in (shared or {}).items():
        if setting is not None and key in known and not (own and key in exclusive):
            given.setdefault(key, setting)
    missing = [key for key in needed(cls) if key not in given]
    if missing:
        raise UsageError(f"{kind} {name} needs {' and '.join(f'{key}=…' for key in missing)}")
    told = [pair for pair in pairs if pair.partition("=")[0] not in unnamed]
    return _made(registry, cls, name, {"name": label or ",".join((name, *told)), **given})


def _made(registry: Registry, cls: type, name: str, given: dict[str, Any]) -> Any:  # noqa: ANN401
    """Make the object; what goes wrong with a plug-in's, which must be picklable to reach a worker, is a UsageError."""
    try:
        made = cls(**given)
        if name not in registry.targets:
            pickle.dumps(made)
    except BenchError:
        raise
    except Exception as error:
        if name in registry.targets:
            raise
        reason = failure_line(error)
        raise UsageError(f"{registry.kind} {name}: cannot be built: {reason}") from None
    return made
