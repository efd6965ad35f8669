"""`sumbench completion`: prints the script with which a shell completes sumbench's commands and flags."""

import argparse
import sys
from collections.abc import Iterator

from sumbench.cli.examples import Example

HELP = "print the script with which a shell completes commands and flags"

SHELLS = ("bash", "zsh", "fish")

PATHS = frozenset({"RUN", "FILE", "DIR", "CORPUS", "SUITE", "PLACE"})
"""What arguments are called that a file or folder may be given for."""

EXAMPLES = (
    Example("in bash, for this session", 'eval "$(sumbench completion bash)"'),
    Example(
        "in bash, for good",
        "sumbench completion bash > ~/.local/share/bash-completion/completions/sumbench",
    ),
    Example("in zsh, in a folder of $fpath", "sumbench completion zsh > ~/.zfunc/_sumbench"),
    Example("in fish", "sumbench completion fish > ~/.config/fish/completions/sumbench.fish"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    group = parser.add_argument_group("what is printed")
    group.add_argument("shell", choices=SHELLS, help="the shell")


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from sumbench.cli import parser

    top = parser()
    for action in _actions(top):
        if action.metavar in PATHS:
            action.complete = shtab.FILE  # type: ignore[attr-defined] # how shtab is told
    sys.stdout.write(shtab.complete(top, arguments.shell) + "\n")
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a parser and of all its commands."""
    for action in parser._actions:  # noqa: SLF001 - no public list
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in action.choices.values():
                yield from _actions(command)
