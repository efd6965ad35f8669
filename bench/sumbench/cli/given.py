"""Finds the flags that the user gave, to refuse combinations that do not go together."""

import argparse
from collections.abc import Collection


def remember(parser: argparse.ArgumentParser) -> None:
    """Keep the default of every argument that was declared so far, so that `others` can tell what was given."""
    arguments = [action.dest for action in parser._actions if action.dest != "help"]  # noqa: SLF001 - no public list
    parser.set_defaults(defaults={name: parser.get_default(name) for name in arguments})


def others(arguments: argparse.Namespace, allowed: Collection[str]) -> list[str]:
    """Return the flags (`--limit`; a positional argument by its name) that were given and are not `allowed`."""
    given = [name for name, default in arguments.defaults.items() if getattr(arguments, name) != default]
    return [f"--{name.replace('_', '-')}" for name in given if name not in allowed]
