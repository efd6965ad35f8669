"""Finds the flags that the user gave, to refuse combinations that do not go together."""

import argparse
from collections.abc import Collection


def remember(parser: argparse.ArgumentParser) -> None:
    """Keep default and name of every argument that was declared so far, so that `others` can tell what was given."""
    arguments = [action for action in parser._actions if action.dest != "help"]  # noqa: SLF001 - no public list
    parser.set_defaults(
        defaults={action.dest: parser.get_default(action.dest) for action in arguments},
        names={action.dest: _name(action) for action in arguments},
    )


def others(arguments: argparse.Namespace, allowed: Collection[str]) -> list[str]:
    """Return the flags (`--limit`; a positional argument by its metavar) that were given and are not `allowed`."""
    given = [name for name, default in arguments.defaults.items() if getattr(arguments, name) != default]
    return [arguments.names[name] for name in given if name not in allowed]


def _name(action: argparse.Action) -> str:
    return max(action.option_strings, key=len, default=str(action.metavar))
