"""The command line: one module for each command; turns errors into one line and an exit code."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from sumbench.cli.exits import FAULT
from sumbench.cli.exits import INTERRUPTED
from sumbench.cli.exits import USAGE
from sumbench.errors import BenchError
from sumbench.version import __version__

COMMANDS = ("run", "score", "compare", "power", "systems", "corpora", "metrics", "weights", "cache")


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error with a hint at --help, and exit with code 2."""
        self.exit(USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="sumbench", description="Which summarizer should I use on text like mine, and is the difference real?"
    )
    top.add_argument("--version", action="version", version=f"sumbench {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"sumbench.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done; 1 a gate failed; 2 wrong usage or unusable input; 3 done, but some systems or documents failed; 4 a fault
    of sumbench itself; 130 interrupted.
    """
    parsed = parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except BenchError as error:
        sys.stderr.write(f"sumbench: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("sumbench: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; what is still to be flushed at exit must go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - exit code 1 means a failed gate and nothing else
        traceback.print_exc()
        sys.stderr.write(
            f"sumbench: a fault of sumbench itself ({type(error).__name__}): please report the lines above\n"
        )
        return FAULT
