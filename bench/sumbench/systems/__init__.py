"""Summarization systems: the registry, and building systems from specs."""

from collections.abc import Sequence
from functools import partial

from sumbench import specs
from sumbench.errors import UsageError
from sumbench.length import BUDGETS
from sumbench.options import misfit
from sumbench.options import options
from sumbench.plugins import split_specs
from sumbench.registry import Registry
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Role
from sumbench.systems.protocol import Summarizer
from sumbench.systems.protocol import System

__all__ = [
    "REGISTRY",
    "Context",
    "Role",
    "Summarizer",
    "System",
    "build_system",
    "build_systems",
    "options",
    "split_specs",
]

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


def build_system(
    spec: str, *, sentences: int | None = None, words: int | None = None, batch_size: str | None = None
) -> System:
    """Make the system that `spec` names (`NAME[,key=value…]`); `as=LABEL` gives it a name of the user's own in tables.

    `sentences` or `words` is the run's length budget (one of them) and `batch_size` the run's, for the systems that
    take one and whose spec does not set its own.
    An unknown name or option, a value of the wrong type, or two length budgets, raises UsageError.
    """
    shared = {"sentences": sentences, "words": words, "batch_size": batch_size}
    # How many draws are made of a document changes no draw: it is no part of what the system is called.
    system: System = specs.build(REGISTRY, spec, shared, reserved={RESERVED}, unnamed={"samples"}, exclusive=BUDGETS)
    return system


def build_systems(
    named: Sequence[str | System],
    *,
    sentences: int | None = None,
    words: int | None = None,
    batch_size: str | None = None,
) -> list[System]:
    """Make every system that is `named` by a spec, and take the others as they are; the same name twice is refused."""
    systems = [
        build_system(each, sentences=sentences, words=words, batch_size=batch_size) if isinstance(each, str) else each
        for each in named
    ]
    names = [system.name for system in systems]
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise UsageError(f"system {twice!r} is named twice")
    return systems
