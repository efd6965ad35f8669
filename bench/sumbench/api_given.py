"""What callers of the Python API give (specs, objects, single names) in the form that jobs take."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeAlias

from sumbench.errors import UsageError

if TYPE_CHECKING:
    from sumbench.jobs.requests import Given
    from sumbench.jobs.requests import Request
    from sumbench.metrics import Metric
    from sumbench.systems import System

SystemLike: TypeAlias = "str | System | Callable[[str], str]"
"""A system as on the command line, a system object, or any function from a text to its summary."""


def names_of(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return names; a text is a name, or several with commas between them."""
    return tuple(name.strip() for name in given.split(",")) if isinstance(given, str) else tuple(given)


def metrics_of(given: "str | Metric | Iterable[str | Metric] | None") -> "list[str | Metric] | None":
    """Return metrics, a list of specs in one text among them one by one; None for the default."""
    from sumbench.plugins import split_specs

    if given is None:
        return None
    if isinstance(given, str):
        return list(split_specs(given))
    return list(given) if isinstance(given, Iterable) else [given]


def systems_of(
    given: "SystemLike | Iterable[SystemLike] | Mapping[str, SystemLike] | None",
) -> "list[str | System] | None":
    """Return systems, functions as systems of their names; None for the default.

    Raises UsageError for a class, of which an object is wanted, and for functions of one name without names.
    """
    from sumbench.plugins import split_specs
    from sumbench.systems.function import Function

    if given is None:
        return None
    if isinstance(given, str):
        return list(split_specs(given))
    if isinstance(given, Mapping):
        return [_named(name, system) for name, system in given.items()]
    if callable(given) or not isinstance(given, Iterable):
        given = [given]
    made = [_function(system, _name(system)) if callable(system) else system for system in given]
    names = Counter(system.name for system in made if isinstance(system, Function))
    if doubled := next((name for name, number in names.items() if number > 1), None):
        raise UsageError(f"systems: several functions are called {doubled}: name them, {{'NAME': function, …}}")
    return made


def run_request(  # noqa: PLR0913 - what of a request is given otherwise than it stands there
    corpus: Any,  # noqa: ANN401 - a name, a path, or any objects that make a corpus
    systems: "SystemLike | Iterable[SystemLike] | Mapping[str, SystemLike] | None",
    metrics: "str | Metric | Iterable[str | Metric] | None",
    *,
    ids: str | Path | None,
    filters: Mapping[str, str] | None,
    statistics: Mapping[str, Any] | None,
    language: str | None = None,
    **fields: Any,  # noqa: ANN401 - those of a Request
) -> "tuple[Request, Given]":
    """Return the request of a run, and the objects that override it; `fields` are those of a Request as they stand.

    What is named by specs alone stands in the request, so that the run's folder can say how to repeat it.
    """
    from sumbench.corpus.spec import said_language
    from sumbench.corpus.spec import with_columns
    from sumbench.jobs.requests import Given
    from sumbench.jobs.requests import Request

    if language is not None and corpus is None:
        raise UsageError("--language goes with a corpus: name the one whose language it is")
    named = str(corpus) if isinstance(corpus, str | Path) else None
    chosen, scored = systems_of(systems), metrics_of(metrics)
    system_specs, metric_specs = _specs(chosen), _specs(scored)
    request = Request(
        corpus=named if named is None or language is None else with_columns(named, language=language),
        systems=system_specs,
        metrics=metric_specs,
        ids=None if ids is None else str(ids),
        filters=[f"{key}={value}" for key, value in (filters or {}).items()],
        statistics=dict(statistics or {}),
        **fields,
    )
    given = Given(
        corpus=None if named is not None else corpus,
        systems=None if system_specs else chosen,
        metrics=None if metric_specs else scored,
        language=said_language(language),
    )
    return request, given


def _specs(given: "Sequence[str | System] | Sequence[str | Metric] | None") -> list[str] | None:
    specs = [each for each in given or () if isinstance(each, str)]
    return specs if given and len(specs) == len(given) else None


def _named(name: str, system: "SystemLike") -> "str | System":
    from sumbench.spec_text import quoted

    if isinstance(system, str):
        return f"{system},as={quoted(name)}"
    if callable(system):
        return _function(system, name)
    return replace(system, name=name)  # type: ignore[type-var] # every system is a frozen dataclass


def _name(function: Callable[[str], str]) -> str:
    return getattr(function, "__name__", type(function).__name__).strip("<>")


def _function(function: Callable[[str], str], name: str) -> "System":
    from sumbench.systems.function import Function

    if isinstance(function, type):
        raise UsageError(f"systems: {function.__name__} is a class: give an object, {function.__name__}(…)")
    return Function(name=name, function=function)
