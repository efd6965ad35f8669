"""Cells of the listings of systems and metrics: options with types and defaults, and long texts broken into lines."""

import inspect
import textwrap
from dataclasses import MISSING
from dataclasses import Field

from sumbench.errors import UsageError
from sumbench.options import options
from sumbench.options import reader
from sumbench.options import written
from sumbench.registry import Registry
from sumbench.tables.model import Column
from sumbench.tables.model import Row
from sumbench.tables.model import Section
from sumbench.tables.model import Table


def option_table(registry: Registry, name: str) -> Table:
    """Return the table of the options of what a registry has under `name`, with all that its docstring says below."""
    cls = registry[name]
    rows = tuple(Row((key, _type(cls, key), _default(field))) for key, field in options(cls).items())
    lines = (inspect.getdoc(cls) or "").split("\n\n")
    origin = registry.origin(name)
    lines += [f"of the distribution {origin}"] if origin else []
    return Table(
        f"{registry.kind}s: {name}",
        columns("option", "type", "default"),
        (Section("", rows),),
        tuple(" ".join(line.split()) for line in lines),
    )


def options_in_short(registry: Registry, name: str) -> str:
    """Return the options with their defaults, in one line; "" where what the name stands for cannot be used."""
    try:
        found = options(registry[name])
    except UsageError:
        # What is wrong stands beside it.
        return ""
    return ", ".join(f"{key}={_default(field)}" for key, field in found.items())


def columns(*names: str) -> tuple[Column, ...]:
    """Return columns of text with these names."""
    return tuple(Column(name, name) for name in names)


def broken(text: str, width: int) -> str:
    """Return a text with its lines broken to a width in characters."""
    lines = (textwrap.wrap(line, width, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join(part for line in lines for part in line)


def _default(field: "Field[object]") -> str:
    value = field.default if field.default_factory is MISSING else field.default_factory()
    return "…" if value is MISSING else written(value)


def _type(cls: type, option: str) -> str:
    return reader(cls, option).wanted.removeprefix("a ")
