"""A lazy registry: maps names on the command line to objects, built in or plugged in."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from sumbench import plugins
from sumbench.errors import UsageError

_FEW = 20
"""So many names fit into a line of an error."""


def unknown(kind: str, name: str, known: list[str], *, listed_by: str = "") -> UsageError:
    """Return the error for a `name` that is no `kind`, with the nearest known name and where to find all of them."""
    near = nearest(name, known)
    hint = f": did you mean {near!r}?" if near else f": known: {', '.join(sorted(known))}"
    if listed_by and not near and len(known) > _FEW:
        hint = ""
    more = f" ({listed_by} lists them)" if listed_by else ""
    return UsageError(f"unknown {kind} {name!r}{hint}{more}")


def nearest(name: str, known: Collection[str]) -> str:
    """Return the one of the `known` names that is most like `name`, whatever the case; "" where none is like it."""
    by_case = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_case, n=1, cutoff=0.5)
    return by_case[near[0]] if near else ""


@dataclass(frozen=True)
class Registry:
    """Names and the objects behind them, each imported when it is first used.

    `targets` maps a built-in name to `"module:attribute"`; `aliases` returns further built-in names, which whoever asks
    the registry takes for one of these with options. Other names are those that installed distributions declare in the
    entry-point `group`, and `./own.py:NAME` is an object of a Python file; `misfit` says in one line what is wrong with
    such an object, "" for nothing. A built-in name means what is built in, whoever else declares it.
    """

    kind: str
    listed_by: str
    targets: Mapping[str, str]
    aliases: Callable[[], Collection[str]] = tuple
    group: str = ""
    misfit: Callable[[Any], str] = lambda _object: ""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, the built-in ones first, each in the order in which it was registered."""
        yield from self.targets
        yield from (name for name in plugins.entry_points(self.group) if self._declared(name))

    def __contains__(self, name: object) -> bool:
        """Tell whether there is something of this name, as far as that is known without importing it."""
        if not isinstance(name, str):
            return False
        return name in self.targets or plugins.in_file(name) or self._declared(name)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each registry knows what it holds
        """Import and return the object behind `name`.

        Raises UsageError, in one line, for an unknown name, and for a plug-in that cannot be imported or
        does not fit.
        """
        if name in self.targets:
            module, _, attribute = self.targets[name].partition(":")
            return getattr(import_module(module), attribute)
        if plugins.is_path(name):
            found = plugins.from_file(self.kind, name)
        elif self._declared(name):
            found = plugins.from_distribution(self.kind, self.group, name)
        elif hint := plugins.path_hint(name):
            raise UsageError(f"unknown {self.kind} {name!r}: {hint}")
        else:
            raise unknown(self.kind, name, [*self, *self.aliases()], listed_by=self.listed_by)
        if fault := self.misfit(found):
            origin = self.origin(name)
            raise UsageError(f"{self.kind} {name}{origin and f' of {origin}'}: {fault}")
        return found

    def _declared(self, name: str) -> bool:
        """Tell whether a distribution declares the name, and nothing that is built in has it."""
        return name in plugins.entry_points(self.group) and name not in {*self.targets, *self.aliases()}

    def origin(self, name: str) -> str:
        """Return the distribution that declares `name` (`demo 1.0`); "" for a built-in name or a file's."""
        return "" if name in self.targets else plugins.declared_by(self.group, name)

    def overruled(self, builtin: Collection[str] | None = None) -> list[str]:
        """Return a line for each `builtin` name (default: targets and aliases) that a distribution declares, too."""
        taken = {*self.targets, *self.aliases()} if builtin is None else builtin
        both = [name for name in plugins.entry_points(self.group) if name in taken]
        return [
            f"{name} of {plugins.declared_by(self.group, name)} is not to be had: the name is built in" for name in both
        ]
