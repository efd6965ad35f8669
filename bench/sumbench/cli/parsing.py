"""The argument parser: help in groups, and mistakes said in one line with what was perhaps meant."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any
from typing import NoReturn
from typing import TypeAlias

from sumbench.cli.exits import USAGE
from sumbench.registry import nearest
from sumbench.visible import screen_line

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

ArgumentGroup: TypeAlias = argparse._ArgumentGroup  # noqa: SLF001 - argparse has no public name for what it returns
"""A named group of a command's arguments."""

USED = "parser"
"""Where the parsed arguments keep the parser of the command that was given."""


MAY_BE_EMPTY = frozenset({"--language-column"})
"""Flags to which an empty value means something."""


def _empty(arguments: Sequence[str]) -> str | None:
    """Return the flag whose value is empty, "" for a positional argument, None where nothing is."""
    before = ""
    for each in arguments:
        flag = before if not each else each[:-1] if re.fullmatch(r"--[a-z-]+=", each) else None
        if flag is not None and flag not in MAY_BE_EMPTY:
            return flag if flag.startswith("-") else ""
        before = each
    return None


class HelpFormatter(argparse.HelpFormatter):
    """Breaks the lines of a description, and leaves a text that has line breaks (examples) as it is."""

    def __init__(self, prog: str) -> None:
        """Give flags and their metavars enough room for most helps to begin on their line."""
        super().__init__(prog, max_help_position=30)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - those of argparse
        """Take argparse's settings."""
        super().__init__(**{"formatter_class": HelpFormatter, **settings})
        self.set_defaults(**{USED: self})

    def error(self, message: str) -> NoReturn:
        """Print the error with a hint at --help, and exit with code 2."""
        self.exit(USAGE, f"{self.prog}: {screen_line(message)} (see {self.prog} --help)\n")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """Print a message; argparse's own way is to pass over a stream that takes no more."""
        (file or sys.stderr).write(message or "")

    def parse_args(  # type: ignore[override] # argparse declares it for any namespace
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse a command line.

        A flag that the command does not have is an error that names the nearest. So is an empty value, which is mostly
        a shell's variable that is not set: `--corpus "$CORPUS"` would mean the usual corpus.
        """
        given = sys.argv[1:] if args is None else list(args)
        if (flag := _empty(given)) is not None:
            self.error(f"nothing is given{f' behind {flag}' if flag else ''}: an argument is empty")
        parsed, rest = self.parse_known_args(given, namespace)
        if rest:
            used: Parser = getattr(parsed, USED)
            used.error(used.not_taken(rest))
        return parsed

    def not_taken(self, rest: Sequence[str]) -> str:
        """Return the line about arguments that the command does not take."""
        flag = next((each.partition("=")[0] for each in rest if each.startswith("-")), None)
        if flag is None:
            return f"unexpected argument{'s' * (len(rest) > 1)}: {' '.join(rest)}"
        known = [name for action in self._actions for name in action.option_strings]
        near = nearest(flag, known)
        return f"no flag {flag}" + (f": did you mean {near}?" if near else "")

    def _check_value(self, action: argparse.Action, value: Any) -> None:  # noqa: ANN401 - as argparse has it
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:  # noqa: SLF001
            near = nearest(value, list(action.choices))
            hint = f": did you mean {near}?" if near else ""
            what = str(action.metavar).lower()
            self.exit(
                USAGE, f"{self.prog}: no {what} {screen_line(repr(value))}{hint} ({self.prog} --help lists them)\n"
            )
        super()._check_value(action, value)
