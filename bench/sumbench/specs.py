"""Builds systems and metrics from specs: `NAME[,key=value…]`, with `as=LABEL` for another name."""

import pickle
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sumbench.errors import BenchError
from sumbench.errors import UsageError
from sumbench.errors import failure_line
from sumbench.options import needed
from sumbench.options import options
from sumbench.options import read_option
from sumbench.plugins import join_options
from sumbench.plugins import split_options
from sumbench.registry import Registry
from sumbench.registry import unknown
from sumbench.spec_text import unquoted

LABEL = "as"
"""The option that everything takes: what it is called."""


@dataclass(frozen=True)
class ParsedSpec:
    """A spec in its parts: the registered name and its class, the options as written, the label (None without `as=`).

    `options` are pairs of a key and its text, quotes included, in the order in which they were given.
    """

    name: str
    cls: type
    options: Sequence[tuple[str, str]] = ()
    label: str | None = None

    def named(self, unnamed: Collection[str] = ()) -> str:
        """Return the spec as a name for tables: its label, else what was written but for the `unnamed` options."""
        told = [f"{key}={text}" for key, text in self.options if key not in unnamed]
        return self.label or join_options(self.name, told)

    def given(self, option: str) -> str | None:
        """Return what an option was given as, without quotes; None where it was not given."""
        return next((unquoted(text) for key, text in self.options if key == option), None)


def parse(registry: Registry, spec: str, *, reserved: Collection[str] = ()) -> ParsedSpec:
    """Take a spec apart; `reserved` are names that no label may be.

    Raises UsageError for an unknown name or option, one that is given twice, and a label that is another thing's name.
    """
    name, pairs = split_options(spec.strip())
    cls, kind = registry[name], registry.kind
    known = options(cls)
    given: dict[str, str] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"{kind} {name}: {pair!r} is no key=value")
        if key not in {LABEL, *known}:
            raise unknown(f"option of {name}", key, [*known, LABEL])
        if key in given:
            raise UsageError(f"{kind} {name}: {key}= is given twice: once will do")
        given[key] = text
    written = given.pop(LABEL, None)
    label = None if written is None else unquoted(written)
    if label is not None and label in {"", *reserved, *registry} - {name}:
        raise UsageError(f"{kind} {name}: {LABEL}={label} is no name for it: give one that nothing else has")
    return ParsedSpec(name, cls, tuple(given.items()), label)


def make(
    registry: Registry,
    spec: ParsedSpec,
    name: str,
    shared: Mapping[str, Any] | None = None,
    *,
    exclusive: Collection[str] = (),
) -> Any:  # noqa: ANN401 - what the registry holds
    """Make what a spec names in a registry of dataclasses whose fields are their options, under a `name` for tables.

    `shared` are settings of the run, for those that have such an option and whose spec does not set its own (None:
    not set). Of the `exclusive` options a spec gives one at most, and then none of them is taken from the run.
    Raises UsageError for a value of the wrong type, two exclusive options, an option that is missing, and a plug-in
    that cannot be built.
    """
    cls, what = spec.cls, f"{registry.kind} {spec.name}"
    known = options(cls)
    given = {key: read_option(what, cls, key, text) for key, text in spec.options}
    own = [key for key in exclusive if key in given]
    several = [f"{key}={given[key]}" for key in own if given[key]]
    if len(several) > 1:
        raise UsageError(f"{what}: {' and '.join(several)} do not go together: give one of them")
    for key, setting in (shared or {}).items():
        if setting is not None and key in known and not (own and key in exclusive):
            given.setdefault(key, setting)
    missing = [key for key in needed(cls) if key not in given]
    if missing:
        raise UsageError(f"{what} needs {' and '.join(f'{key}=…' for key in missing)}")
    return _made(registry, cls, spec.name, {"name": name, **given})


def build(registry: Registry, spec: str) -> Any:  # noqa: ANN401 - what the registry holds
    """Make what `spec` names in a registry, under its label or else under the spec itself; see `parse` and `make`."""
    parsed = parse(registry, spec)
    return make(registry, parsed, parsed.named())


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
