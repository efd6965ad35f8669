"""The command line: one module for each command; turns errors into one line and an exit code."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from sumbench.cli import start
from sumbench.cli.examples import Example
from sumbench.cli.examples import epilog
from sumbench.cli.exits import FAULT
from sumbench.cli.exits import INTERRUPTED
from sumbench.cli.parsing import Parser
from sumbench.errors import BenchError
from sumbench.version import __version__

COMMANDS = (
    *("run", "score", "compare", "power"),
    *("systems", "suites", "corpora", "metrics", "prompts"),
    *("weights", "cache", "completion"),
)

EXAMPLES = (
    Example("three systems on the articles that ship", "sumbench run --systems lead,textrank,luhn"),
    Example("what a command does, with examples", "sumbench run --help"),
    Example("the systems that there are", "sumbench systems"),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = Parser(
        prog="sumbench",
        description="Which summarizer should I use on text like mine, and is the difference real?",
        epilog=epilog(EXAMPLES),
    )
    top.add_argument("--version", action="version", version=f"sumbench {__version__}")
    top.set_defaults(run=start.run)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"sumbench.cli.{name}")
        end = epilog(getattr(module, "EXAMPLES", ()), getattr(module, "DETAILS", ""))
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, epilog=end)
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
