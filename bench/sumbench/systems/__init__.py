"""Summarizers: the registry of the families, and the reading of a system's name and options."""

import pickle
from functools import partial
from typing import Any

from sumbench.errors import BenchError
from sumbench.errors import UsageError
from sumbench.errors import one_line
from sumbench.options import convert
from sumbench.options import misfit
from sumbench.options import needed
from sumbench.options import options
from sumbench.plugins import split_options
from sumbench.plugins import split_specs
from sumbench.registry import Registry
from sumbench.registry import unknown
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Role
from sumbench.systems.protocol import Summarizer
from sumbench.systems.protocol import System

__all__ = ["REGISTRY", "Context", "Role", "Summarizer", "System", "build", "build_all", "options", "split_specs"]

LABEL = "as"
"""The option that every system takes: what it is called."""

RESERVED = "references"
"""What the references are called where they are scored against each other."""

REGISTRY = Registry(
    kind="system",
    listed_by="sumbench systems",
    targets={
        "random": "sumbench.systems.baselines:Random",
        "lead": "sumbench.systems.baselines:Lead",
        "oracle": "sumbench.systems.baselines:Oracle",
        "textrank": "sumbench.systems.classic:TextRank",
        "lexrank": "sumbench.systems.classic:LexRank",
        "lsa": "sumbench.systems.classic:Lsa",
        "luhn": "sumbench.systems.classic:Luhn",
        "sumbasic": "sumbench.systems.classic:SumBasic",
        "kl": "sumbench.systems.classic:KullbackLeibler",
        "minilm": "sumbench.systems.embedding:Embedding",
        "outputs": "sumbench.systems.outputs:Outputs",
        "causal": "sumbench.systems.causal:Causal",
        "smollm2-135m": "sumbench.systems.causal:Causal",
        "gemma-3-270m": "sumbench.systems.causal:Gemma",
        "seq2seq": "sumbench.systems.seq2seq:Seq2Seq",
        "endpoint": "sumbench.systems.endpoint:Endpoint",
    },
    group="sumbench.systems",
    misfit=partial(misfit, protocol=System),
)


def build(spec: str, *, sentences: int | None = None, batch_size: str | None = None) -> System:
    """Make the system that `spec` names (`NAME[,key=value…]`); `as=LABEL` gives it a name of the user's own in tables.

    `sentences` is the suite's length budget and `batch_size` the run's, for the systems that take one and whose spec
    does not set its own.
    An unknown name or option, or a value of the wrong type, raises UsageError.
    """
    name, pairs = split_options(spec.strip())
    cls = REGISTRY[name]
    known = options(cls)
    given: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"system {name}: {pair!r} is no key=value")
        if key not in {LABEL, *known}:
            raise unknown(f"option of {name}", key, [*known, LABEL])
        given[key] = value if key == LABEL else convert(f"system {name}", cls, key, value)
    label = given.pop(LABEL, None)
    if label is not None and label in {"", RESERVED, *REGISTRY} - {name}:
        raise UsageError(f"system {name}: {LABEL}={label} is no name for it: give one that nothing else has")
    shared: dict[str, Any] = {"sentences": sentences, "batch_size": batch_size}
    for key, setting in shared.items():
        if setting is not None and key in known:
            given.setdefault(key, setting)
    missing = [key for key in needed(cls) if key not in given]
    if missing:
        raise UsageError(f"system {name} needs {' and '.join(f'{key}=…' for key in missing)}")
    # How many draws are made of a document changes no draw: it is no part of what the system is called.
    told = [pair for pair in pairs if not pair.startswith("samples=")]
    return _made(cls, name, {"name": label or ",".join((name, *told)), **given})


def _made(cls: type, name: str, given: dict[str, Any]) -> System:
    """Make a system; what goes wrong with a plug-in's, which must be picklable to reach a worker, is a UsageError."""
    try:
        system: System = cls(**given)
        if name not in REGISTRY.targets:
            pickle.dumps(system)
    except BenchError:
        raise
    except Exception as error:
        if name in REGISTRY.targets:
            raise
        raise UsageError(f"system {name}: cannot be built: {one_line(f'{type(error).__name__}: {error}')}") from None
    return system


def build_all(specs: list[str], *, sentences: int | None = None, batch_size: str | None = None) -> list[System]:
    """Make every system of `specs`, in order; the same one twice is a UsageError."""
    systems = [build(spec, sentences=sentences, batch_size=batch_size) for spec in specs]
    names = [system.name for system in systems]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise UsageError(f"system {twice!r} is named twice")
    return systems
