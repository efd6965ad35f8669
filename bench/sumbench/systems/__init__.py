"""Summarization systems: building systems from specs."""

from collections.abc import Sequence

from sumbench.length import BUDGETS
from sumbench.options import options
from sumbench.plugins import split_specs
from sumbench.specs import make
from sumbench.systems.naming import parse_system
from sumbench.systems.naming import system_names
from sumbench.systems.protocol import Context
from sumbench.systems.protocol import Role
from sumbench.systems.protocol import Summarizer
from sumbench.systems.protocol import System
from sumbench.systems.registry import REGISTRY

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


def build_system(
    spec: str, *, sentences: int | None = None, words: int | None = None, batch_size: str | None = None
) -> System:
    """Make the system that `spec` names, as `build_systems` makes it in a run of its own."""
    return build_systems([spec], sentences=sentences, words=words, batch_size=batch_size)[0]


def build_systems(
    named: Sequence[str | System],
    *,
    sentences: int | None = None,
    words: int | None = None,
    batch_size: str | None = None,
) -> list[System]:
    """Make every system that is `named` by a spec (`NAME[,key=value…]`), and take the others as they are.

    NAME is a registered system or a checkpoint of the catalog; `as=LABEL` gives it a name of the user's own in tables.
    `sentences` or `words` is the run's length budget (one of them) and `batch_size` the run's, for the systems that
    take one and whose spec does not set its own. An unknown name or option, a value of the wrong type, two length
    budgets and a name twice raise UsageError.
    """
    parsed = [parse_system(each) for each in named if isinstance(each, str)]
    names = system_names(parsed, [each.name for each in named if not isinstance(each, str)])
    shared = {"sentences": sentences, "words": words, "batch_size": batch_size}
    made = iter(
        [make(REGISTRY, spec, name, shared, exclusive=BUDGETS) for spec, name in zip(parsed, names, strict=True)]
    )
    return [next(made) if isinstance(each, str) else each for each in named]
