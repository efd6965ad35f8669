"""A lazy registry: names on the command line to the classes behind them, with a hint for a misspelt name."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from sumbench.errors import UsageError


def unknown(kind: str, name: str, known: list[str], *, listed_by: str = "") -> UsageError:
    """Return the error for a `name` that is no `kind`, with the nearest known name and where to find all of them."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
    more = f" ({listed_by} lists them)" if listed_by else ""
    return UsageError(f"unknown {kind} {name!r}: {hint}{more}")


@dataclass(frozen=True)
class Registry:
    """Names and the objects they stand for, each imported only when it is asked for.

    `targets` maps a name to `"module:attribute"`.
    """

    kind: str
    listed_by: str
    targets: Mapping[str, str]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in the order in which they were registered."""
        return iter(self.targets)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each registry knows what it holds
        """Import and return what `name` stands for; raise UsageError for a name that is not registered."""
        if name not in self.targets:
            raise unknown(self.kind, name, list(self.targets), listed_by=self.listed_by)
        module, _, attribute = self.targets[name].partition(":")
        return getattr(import_module(module), attribute)
